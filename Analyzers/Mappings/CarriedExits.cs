using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <summary>Watches what a body does to what the structs carry that it is given, and what it leaves in them.</summary>
internal sealed class CarriedExits(IMethodSymbol method)
{
    private readonly SeenEffects<Carried> _seen = new();
    private readonly Dictionary<Slot, HandleEffect> _effects = [];
    private readonly HashSet<Slot> _given = [];
    private readonly HashSet<Slot> _onlyWithPointer = [];
    private readonly Dictionary<Slot, NullPromise> _promises = [];
    private readonly List<CarriedExit> _exits = [];
    private bool _isUnclear;

    /// <summary>Null if nobody can tell.</summary>
    public HelperCarriage? Carriage
    {
        get
        {
            if (_isUnclear || _exits.Count == 0 || CarriedOutcome.Of(method, _exits) is not { } acquired)
                return null;

            var effects = _given.ToImmutableDictionary(slot => slot, EffectOn);
            var taken = acquired.SelectMany(a => a.Slots).Select(s => s.Slot).ToImmutableHashSet();
            var contents = _exits[0].Contents.Keys.Where(slot => !taken.Contains(slot))
                .ToImmutableDictionary(slot => slot, ContentOf);
            return new HelperCarriage(effects, new CallOutcome(contents, acquired, _promises.Where(p => p.Value != NullPromise.None).Select(p => (p.Key, p.Value)).ToImmutableArray()));
        }
    }

    public void Saw(Carried field, MappingEvent seen) => _seen.Add(field, seen);

    public void Left(Exit exit, Scene scene, CarriedFields carried)
    {
        var result = exit.Value is { } returned ? scene.ValueOf(returned) : null;
        var contents = new Dictionary<Slot, SlotHolding>();
        foreach (var (ordinal, holder, type, isGiven) in Holders(exit, carried))
        {
            foreach (var field in Carriers.FieldsOf(type))
            {
                var slot = new Slot(ordinal, field);
                if (holder is null)
                {
                    if (ordinal == Slot.Result && CarriedFields.IsEmpty(exit.Value!))
                        contents.Add(slot, field.Type is IPointerTypeSymbol ? SlotHolding.Nothing : default);
                    else
                        _isUnclear |= !isGiven;

                    continue;
                }

                var given = isGiven ? carried.Begun(holder, field, null) : null;
                if (given is not null)
                    Affect(slot, given, holder, exit, result, scene, carried);
                if (ordinal == Slot.Result || carried.IsOutward(holder))
                    contents.Add(slot, SlotHolding.Of(carried.Read(holder, field, scene.World!), given, scene));
            }
        }

        var acquired = contents.Values.Select(c => c.Site).OfType<Site>().ToImmutableHashSet();
        _isUnclear |= method.Parameters.Any(p => p.RefKind is RefKind.Ref or RefKind.Out && scene.ValueOf(p) is Value.From from && acquired.Contains(from.Site));
        _exits.Add(new CarriedExit(result, contents, acquired.ToImmutableDictionary(site => site, site => scene[site]!.Value)));
    }

    private IEnumerable<(int Ordinal, object? Holder, ITypeSymbol Type, bool IsGiven)> Holders(Exit exit, CarriedFields carried)
    {
        if (CarriedFields.ThisOf(method) is { } self)
            yield return (Slot.This, carried.This(self), self, true);

        foreach (var parameter in method.Parameters)
        {
            if (Carriers.Is(parameter.Type))
                yield return (parameter.Ordinal, carried.IsCarried(parameter) ? parameter : null, parameter.Type, parameter.RefKind != RefKind.Out);
        }

        if (exit.Value is { } returned && Carriers.Is(method.ReturnType) && method.RefKind == RefKind.None)
            yield return (Slot.Result, carried.HolderOf(returned), method.ReturnType, false);
    }

    private void Affect(Slot slot, Site given, object holder, Exit exit, Value? result, Scene scene, CarriedFields carried)
    {
        if (slot.Field!.Type is IPointerTypeSymbol)
            Promise(slot, given, result, scene);

        var effect = IsPassedOn(given, new Carried(holder, slot.Field), exit, scene, carried) ? HandleEffect.Unknown
            : scene[given] is { } state ? HelperOutcome.EffectOf(state)
            : HandleEffect.None;

        // Where the pointer is null there is no lock of it.
        if (effect == HandleEffect.None && slot.Field.Type is not IPointerTypeSymbol && HasNull(holder, scene, carried))
        {
            _onlyWithPointer.Add(slot);
            effect = null;
        }

        _given.Add(slot);
        if (effect is { } known)
            _effects[slot] = !_effects.TryGetValue(slot, out var before) || before == known ? known : HandleEffect.Unknown;
    }

    private static bool HasNull(object holder, Scene scene, CarriedFields carried) =>
        Carriers.FieldsOf(TypeOf(holder)).Any(f => f.Type is IPointerTypeSymbol && scene[carried.Begun(holder, f, null)] is { Nullness: Nullness.Null });

    /// <summary>Whether the caller gets it back in another place.</summary>
    private static bool IsPassedOn(Site given, Carried own, Exit exit, Scene scene, CarriedFields carried)
    {
        var returned = exit.Value is { } value ? carried.HolderOf(value.Unconverted()) : null;
        return scene.World!.HoldersOf(given).Any(place => place.Key switch
        {
            IParameterSymbol parameter => parameter.RefKind is RefKind.Ref or RefKind.Out,
            Carried holding => holding.Holder.Equals(returned) || (!holding.Equals(own) && carried.IsOutward(holding.Holder)),
            _ => false,
        })
        || (exit.Value is not null && scene.ValueOf(exit.Value) is Value.From from && from.Site == given);
    }

    private void Promise(Slot slot, Site given, Value? result, Scene scene)
    {
        var now = scene[given]?.Nullness ?? Nullness.Maybe;
        var test = result is Value.Test told && told.Site == given ? told : null;
        var seen = new NullPromise(
            now,
            result is Value.Constant { Content: false } ? Nullness.Lost : test?.WhenTrue ?? now,
            result is Value.Constant { Content: true } ? Nullness.Lost : test?.WhenFalse ?? now);
        _promises[slot] = _promises.TryGetValue(slot, out var before) ? before.Join(seen, method is { ReturnsVoid: false, ReturnType.SpecialType: not SpecialType.System_Boolean }) : seen;
    }

    private SlotContent ContentOf(Slot slot) =>
        _exits.TrueForAll(e => e.Contents[slot].Content == SlotContent.Same) ? SlotContent.Same
        : _exits.TrueForAll(e => e.Contents[slot].IsNull) ? SlotContent.Empty
        : SlotContent.Unknown;

    private HandleEffect EffectOn(Slot slot)
    {
        var effect = _seen.Complete(FieldOf(slot), _effects.TryGetValue(slot, out var known) ? known : HandleEffect.None);
        return effect != HandleEffect.Unknown && _onlyWithPointer.Contains(slot) ? effect | HandleEffect.UsesTested : effect;
    }

    private Carried FieldOf(Slot slot) =>
        new(slot.Ordinal == Slot.This ? method.ContainingType : method.Parameters[slot.Ordinal], slot.Field!);

    private static ITypeSymbol? TypeOf(object holder) => (holder as IParameterSymbol)?.Type ?? holder as ITypeSymbol;
}

/// <summary>What a field holds where a body is left.</summary>
/// <param name="Content">What became of what it was given with.</param>
/// <param name="Site">The handle that was made in the body; null: none.</param>
/// <param name="Aspect">What of it.</param>
internal readonly record struct SlotHolding(SlotContent Content, Site? Site, Aspect Aspect)
{
    public static SlotHolding Nothing => new(SlotContent.Empty, null, Aspect.Handle) { IsNull = true };

    /// <summary>Whether that is null.</summary>
    public bool IsNull { get; init; }

    public static SlotHolding Of(Value? value, Site? given, Scene scene) => value switch
    {
        Value.From from when from.Site == given => new(SlotContent.Same, null, Aspect.Handle) { IsNull = scene[given] is { Nullness: Nullness.Null } },
        Value.Constant { IsZero: true, Content: null } => Nothing,
        Value.From { Site: { Acquisition.Tag: MapperFacts } site, Aspect: var aspect } when scene[site] is { } state =>
            state.Nullness == Nullness.Null ? aspect == Aspect.Handle ? Nothing : default
            : state.IsMapped() || state.IsLocked() ? new(SlotContent.Unknown, site, aspect)
            : default,
        _ => default,
    };
}

/// <summary>One case in which a body is left.</summary>
/// <param name="Result">What it returns.</param>
/// <param name="Contents">What the fields hold that the caller can see.</param>
/// <param name="States">The states of the handles in them that were made in the body.</param>
internal sealed record CarriedExit(Value? Result, Dictionary<Slot, SlotHolding> Contents, ImmutableDictionary<Site, SiteState> States);
