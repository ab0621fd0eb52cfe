using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <content>Structs that carry a mapping and its lock from one method to the next.</content>
internal sealed partial class MappingProtocol
{
    public override bool SeesCarriers => true;

    public override Acquisition? Given(IFieldSymbol field) => observer.Given(field);

    public override CallOutcome? Outcome(IInvocationOperation call) => Carriage(call)?.Outcome;

    public override void Hidden(Site site, Scene scene)
    {
        if (scene[site] is { } state)
            scene.Set(site, state.WithLock(MappingState.LockEscaped));
    }

    /// <summary>What a call does to the mappings in the structs that it is given.</summary>
    private void Carry(IInvocationOperation call, CarriedFields carried, Scene scene)
    {
        var carriage = Carriage(call);
        var effects = new List<(Value.From Held, HandleEffect Effect, IOperation Operand)>();
        foreach (var (ordinal, operand, holder) in carried.Given(call))
        {
            if (ordinal == Slot.This && HandleEffects.OnInstance(call.TargetMethod) == HandleEffect.None)
                continue;

            foreach (var field in Carriers.FieldsOf(operand.Type))
            {
                if (scene.World is { } world && carried.Read(holder, field, world) is Value.From held)
                    effects.Add((held, carriage?.On(new Slot(ordinal, field)) ?? HandleEffect.Unknown, operand));
            }
        }

        Apply(effects, scene);
        Renew(call, carriage?.Outcome.Acquired ?? ImmutableArray<CarriedAcquisition>.Empty, carried, scene);
    }

    /// <remarks>In which order a call does what it does is not known: it uses before it ends.</remarks>
    private void Apply(List<(Value.From Held, HandleEffect Effect, IOperation Operand)> effects, Scene scene)
    {
        foreach (var (held, effect, operand) in effects)
        {
            if (effect.HasFlag(HandleEffect.Unknown) || (held.Aspect == Aspect.Handle ? IsUnclearLock(held, effect, scene) : effect.HasFlag(HandleEffect.Unmaps)))
            {
                Escape(held, scene);
                if (held.Aspect == Aspect.Handle)
                    Doubt(held.Site, scene);
            }
            else if (held.Aspect == Aspect.Handle)
            {
                if (effect.HasFlag(HandleEffect.Stores))
                    Store(held.Site, operand, operand.Syntax, scene);
                if (effect.HasFlag(HandleEffect.Uses) || (effect.HasFlag(HandleEffect.UsesTested) && scene[held.Site] is { Nullness: Nullness.NotNull }))
                    Use(held.Site, operand, operand.Syntax, scene);
            }
        }

        var ended = effects.Where(e => e.Held.Aspect == Aspect.Handle && e.Effect.HasFlag(HandleEffect.Unmaps) && !e.Effect.HasFlag(HandleEffect.Unknown)).ToList();
        var together = ended.Select(e => e.Held.Site).ToList();
        foreach (var (held, _, operand) in ended)
            Unmap(held.Site, operand, scene, together);

        foreach (var (held, effect, operand) in effects)
        {
            if ((effect & (HandleEffect.Locks | HandleEffect.Unlocks)) == HandleEffect.None || effect.HasFlag(HandleEffect.Unknown) || IsUnclearLock(held, effect, scene))
                continue;

            // Who tests the pointer first leaves the lock of null alone.
            var isUse = held.Aspect == Aspect.Companion && (!effect.HasFlag(HandleEffect.UsesTested) || scene[held.Site] is { Nullness: Nullness.NotNull });
            Operate(held, operand, effect.HasFlag(HandleEffect.Locks), isUse, scene);
        }
    }

    /// <summary>Whether a lock that is only released where a pointer is not null belongs to no pointer.</summary>
    private static bool IsUnclearLock(Value.From held, HandleEffect effect, Scene scene) =>
        held.Aspect == Aspect.Handle && effect.HasFlag(HandleEffect.UsesTested) && (effect & (HandleEffect.Locks | HandleEffect.Unlocks)) != HandleEffect.None && scene[held.Site] is not null;

    /// <summary>A call that maps into a struct is done again.</summary>
    private void Renew(IInvocationOperation call, ImmutableArray<CarriedAcquisition> acquisitions, CarriedFields carried, Scene scene)
    {
        for (var i = 0; i < acquisitions.Length; i++)
        {
            var acquired = acquisitions[i];
            if (!acquired.IsResult && carried.SiteOf(call, i, acquired.Acquisition) is var site && scene[site] is { } open && open.IsMapped())
                Saw(MappingEventKind.Overwrite, site, open, call.Syntax, null, null, scene);

            // Where it does not map, what the struct had before may be in there still.
            foreach (var (ordinal, _, holder) in acquired.MayKeep ? carried.Given(call) : [])
            {
                foreach (var (slot, _) in acquired.Slots)
                {
                    if (slot.Field is { } field && slot.Ordinal == ordinal && scene.World is { } world && carried.Read(holder, field, world) is Value.From kept && scene[kept.Site] is { } state && state.IsOpen())
                        Escape(kept, scene);
                }
            }
        }
    }

    /// <summary>Ends the duty for what a struct carries that goes as a whole to where nobody can look.</summary>
    private void Spill(IOperation operation, CarriedFields carried, Scene scene)
    {
        if (operation is IInvocationOperation or IFieldReferenceOperation or IFlowCaptureOperation or IDeclarationExpressionOperation)
            return;

        if (operation is ISimpleAssignmentOperation { IsRef: false } assignment)
        {
            var isCopied = carried.WrittenHolders(assignment.Target) is [_] && SymbolEqualityComparer.Default.Equals(assignment.Target.Type, assignment.Value.Type);
            if (!isCopied)
                SpillStruct(assignment.Value, carried, scene);

            return;
        }

        if (operation is IPropertyReferenceOperation { Instance: { } instance, Property: var property } reference && !AutoProperties.Is(property) && carried.HolderOf(instance) is not null)
        {
            if (!IsNumber(property.Type) || (reference.Parent is IAssignmentOperation { Target: var target } && target == reference))
                SpillStruct(instance, carried, scene);
            else
                Doubt(instance, property.Type, carried, scene);

            return;
        }

        if (operation is IPropertyReferenceOperation { Arguments.IsEmpty: true })
            return;

        foreach (var child in operation.ChildOperations)
            SpillStruct(child is IArgumentOperation argument ? argument.Value : child, carried, scene);
    }

    private static void SpillStruct(IOperation operand, CarriedFields carried, Scene scene)
    {
        foreach (var held in HeldBy(operand, carried, scene))
        {
            Escape(held, scene);
            if (held.Aspect == Aspect.Handle)
                Doubt(held.Site, scene);
        }
    }

    /// <summary>Whether a value cannot be a pointer or a lock: a number, or a struct of numbers, such as an entry.</summary>
    private bool IsNumber(ITypeSymbol type) => IsWord(type)
        || (type is { TypeKind: TypeKind.Struct, SpecialType: SpecialType.None } && !facts.IsLock(type) && type.GetMembers().OfType<IFieldSymbol>().All(f => f.IsStatic || IsWord(f.Type)));

    private static bool IsWord(ITypeSymbol type) => type.TypeKind == TypeKind.Enum || type.SpecialType is >= SpecialType.System_Boolean and <= SpecialType.System_Double;

    /// <summary>A property may tell whether the pointer is null; one of two values may tell nothing else.</summary>
    private static void Doubt(IOperation operand, ITypeSymbol? told, CarriedFields carried, Scene scene)
    {
        foreach (var held in HeldBy(operand, carried, scene))
        {
            Doubt(held.Site, scene);
            if (told?.SpecialType == SpecialType.System_Boolean && held.Aspect == Aspect.Handle && scene[held.Site] is { Nullness: Nullness.NotNull } state && state.IsOpen())
                scene.Set(held.Site, state with { Nullness = Nullness.Lost });
        }
    }

    private static List<Value.From> HeldBy(IOperation operand, CarriedFields carried, Scene scene)
    {
        var held = new List<Value.From>();
        var whole = operand.Unconverted();
        if (carried.HolderOf(whole) is not { } holder)
            return held;

        foreach (var field in Carriers.FieldsOf(whole.Type))
        {
            if (scene.World is { } world && carried.Read(holder, field, world) is Value.From from)
                held.Add(from);
        }

        return held;
    }

    private bool CarriesSurely(IInvocationOperation call) =>
        (Carriers.Is(call.Instance?.Unconverted().Type) || call.Arguments.Any(a => Carriers.Is(a.Value.Type))) && Carriage(call) is { DoesAnything: true };

    private HelperCarriage? Carriage(IInvocationOperation call)
    {
        var method = CarriedFields.Callee(call);
        return CarriedFields.MayCarry(method) && summaries.IsVisible(method) ? helpers.Of(method).Carriage : null;
    }
}
