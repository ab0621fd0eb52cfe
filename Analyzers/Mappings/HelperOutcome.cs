using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <summary>Watches what a body does to its parameters.</summary>
internal sealed class HelperOutcome(IMethodSymbol method) : IMappingObserver
{
    private static readonly Acquisition s_pointer = new(null, null, Nullness.Maybe, (int)MappingState.Mapped, typeof(IParameterSymbol));

    private readonly Dictionary<int, HandleEffect> _effects = [];
    private readonly SeenEffects<int> _seen = new();
    private readonly CarriedExits? _carried = CarriedFields.MayCarry(method) ? new(method) : null;
    private MappingState? _handedOut;
    private bool _handsOutSeveral;

    public HelperSummary Summary => new(
        method.Parameters.Where(p => IsFollowed(p) || _effects.ContainsKey(p.Ordinal)).ToImmutableDictionary(p => p.Ordinal, Effect),
        _handsOutSeveral ? null : _handedOut,
        _carried?.Carriage);

    public Acquisition? Given(IParameterSymbol parameter) => IsFollowed(parameter) ? s_pointer : null;

    public Acquisition? Given(IFieldSymbol field) => field.Type is IPointerTypeSymbol ? s_pointer : null;

    public void Saw(MappingEvent seen)
    {
        if (Ordinal(seen.Site) is { } ordinal)
            _seen.Add(ordinal, seen);
        else if (seen.Site.Origin is Carried field)
            _carried?.Saw(field, seen);
    }

    public bool SeesBranches => false;

    public void Took(ControlFlowBranch branch, Scene scene)
    {
    }

    public void Left(Exit exit, Scene scene)
    {
        foreach (var parameter in method.Parameters)
        {
            var site = scene.Handles.Select(h => h.Key).FirstOrDefault(s => Ordinal(s) == parameter.Ordinal);
            var effect = site is not null && scene[site] is { } state ? EffectOf(state)
                : IsFollowed(parameter) || parameter.Type.IsReferenceType ? HandleEffect.Unknown
                : HandleEffect.None;

            // Nothing was mapped there, so nothing is to be learned.
            if (effect is not { } known)
                continue;

            // What is computed from a number is not followed.
            if (IsPassedOn(parameter, exit, scene) || (known == HandleEffect.None && exit.Value is not null && parameter.Type is not IPointerTypeSymbol && IsFollowed(parameter)))
                known = HandleEffect.Unknown;

            _effects[parameter.Ordinal] = !_effects.TryGetValue(parameter.Ordinal, out var before) || before == known ? known : HandleEffect.Unknown;
        }

        HandOut(exit, scene);
        if (scene.Carried is { } carried)
            _carried?.Left(exit, scene, carried);
    }

    /// <summary>Whether the caller gets it back in another place.</summary>
    private bool IsPassedOn(IParameterSymbol parameter, Exit exit, Scene scene)
    {
        return scene.Carried?.Gives(IsGiven, exit.Value, scene.World!) == true
            || (exit.Value is { } returned && scene.ValueOf(returned) is Value.From { Site: var site } && IsGiven(site))
            || method.Parameters.Any(p => p.RefKind is RefKind.Out or RefKind.Ref && p.Ordinal != parameter.Ordinal && scene.ValueOf(p) is Value.From from && IsGiven(from.Site));

        bool IsGiven(Site given) => Ordinal(given) == parameter.Ordinal;
    }

    private void HandOut(Exit exit, Scene scene)
    {
        var value = method.Parameters.FirstOrDefault(MethodSummary.IsHandle) is { } handle && method.ReturnType is not IPointerTypeSymbol ? scene.ValueOf(handle)
            : exit.Value is { } returned ? scene.ValueOf(returned)
            : null;
        switch (value)
        {
            case Value.From { Aspect: Aspect.Handle, Site: { Acquisition: not null } site } when scene[site] is { } state:
                if (state.Nullness == Nullness.Null || Ordinal(site) is not null)
                    return;

                _handsOutSeveral |= _handedOut is { } before && before != state.Of();
                _handedOut = state.Of();
                break;

            // What was mapped elsewhere, and is not the caller's to end.
            case not Value.Constant { IsZero: true }:
                _handsOutSeveral = true;
                break;
        }
    }

    private HandleEffect Effect(IParameterSymbol parameter) =>
        _seen.Complete(parameter.Ordinal, _effects.TryGetValue(parameter.Ordinal, out var known) ? known : HandleEffect.None);

    /// <summary>What has been done to a handle in this state, of which nothing was known; null: it is null, and nothing is to be learned.</summary>
    public static HandleEffect? EffectOf(SiteState state) => state switch
    {
        { Nullness: Nullness.Null } => null,
        { States: (int)MappingState.Mapped } => HandleEffect.None,
        { States: (int)MappingState.Unmapped } => HandleEffect.Unmaps,
        { States: (int)MappingState.Locked } => HandleEffect.Locks,
        { States: (int)MappingState.Unlocked } => HandleEffect.Unlocks,
        _ => HandleEffect.Unknown,
    };

    private int? Ordinal(Site site) => site.Origin is IParameterSymbol parameter && SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, method) ? parameter.Ordinal : null;

    private static bool IsFollowed(IParameterSymbol parameter) => parameter.RefKind == RefKind.None && HandleEffects.IsPointerLike(parameter.Type);
}
