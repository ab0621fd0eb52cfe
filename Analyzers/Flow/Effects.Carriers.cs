using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Flow;

/// <content>What becomes of the fields of structs that carry pointers.</content>
internal sealed partial class Effects
{
    private static void AssignField(IOperation target, Value? value, CarriedFields carried, Scene scene)
    {
        // A setter may write anything of the struct.
        if (target is IPropertyReferenceOperation { Instance: { Type: var type } instance } && Carriers.Is(type))
        {
            foreach (var holder in carried.WrittenHolders(instance))
                scene.Continue(scene.World is { } world ? carried.Clear(holder, world) : null);

            return;
        }

        var places = carried.Targets(target);
        foreach (var place in places)
            scene.Continue(scene.World?.With(place, places.Count == 1 ? value : null));
    }

    /// <summary>A struct is assigned as a whole.</summary>
    private static void Copy(ISimpleAssignmentOperation assignment, World before, CarriedFields carried, Scene scene)
    {
        if (!Carriers.Is(assignment.Target.Type) || scene.World is not { } world)
            return;

        var holders = carried.WrittenHolders(assignment.Target);
        foreach (var holder in holders)
        {
            scene.Continue(holders.Count == 1
                ? carried.Fill(holder, assignment.Value, scene.ValueOf(assignment.Value), assignment.Target.Type, world, before)
                : carried.Clear(holder, scene.World!));
        }
    }

    private void CallWithCarriers(IInvocationOperation call, CarriedFields carried, Scene scene)
    {
        var outcome = protocol.Outcome(call);
        var left = Left(call, outcome, carried, scene.World!).ToList();
        var isClear = outcome?.Acquired.Select(acquired => IsClear(call, acquired, carried, scene.World!)).ToList();
        Promise(call, outcome, carried, scene);
        WriteBack(call.Arguments, scene);
        Acquire(call, scene);
        foreach (var (holder, field, content) in left)
            scene.Continue(scene.World is { } world ? carried.Write(holder, field, content, world) : null);

        for (var i = 0; i < outcome?.Acquired.Length; i++)
            Acquire(call, i, outcome.Acquired[i], isClear![i], outcome.Acquired.Length == 1, carried, scene);
    }

    /// <summary>What the fields of the structs hold that a call may have written.</summary>
    private static IEnumerable<(object Holder, IFieldSymbol Field, Value? Content)> Left(IInvocationOperation call, CallOutcome? outcome, CarriedFields carried, World world)
    {
        foreach (var (ordinal, holder, type) in carried.Written(call))
        {
            foreach (var field in Carriers.FieldsOf(type))
            {
                var content = SlotContent.Unknown;
                outcome?.Contents.TryGetValue(new Slot(ordinal, field), out content);
                yield return (holder, field, content == SlotContent.Same ? carried.Read(holder, field, world) : content == SlotContent.Empty ? Value.Null : null);
            }
        }
    }

    private static void Promise(IInvocationOperation call, CallOutcome? outcome, CarriedFields carried, Scene scene)
    {
        if (outcome is null || outcome.Promises.IsEmpty)
            return;

        foreach (var (ordinal, _, holder) in carried.Given(call).ToList())
        {
            foreach (var (slot, promise) in outcome.Promises)
            {
                if (slot.Ordinal == ordinal && scene.World is { } world && carried.Read(holder, slot.Field!, world) is Value.From { Aspect: Aspect.Handle } from)
                    scene.Continue(Conditions.Told(from.Site, promise.OnReturn, world));
            }
        }
    }

    /// <summary>Whether each slot is a field of one variable, and null there means that nothing was acquired.</summary>
    private bool IsClear(IInvocationOperation call, CarriedAcquisition acquired, CarriedFields carried, World world)
    {
        // What is returned as well must be known to be the same.
        if (acquired.IsResult && evaluator.SiteOf(call).Acquisition is null)
            return false;

        foreach (var (slot, _) in acquired.Slots)
        {
            if (slot.Field is null)
                continue;

            if (carried.Written(call).Where(w => w.Ordinal == slot.Ordinal).ToList() is not [var only])
                return false;

            if (acquired is { MayKeep: true, IsTied: false } && slot.Field.Type is IPointerTypeSymbol && carried.Read(only.Holder, slot.Field, world) is not Value.Constant { IsZero: true })
                return false;
        }

        return true;
    }

    private void Acquire(IInvocationOperation call, int index, CarriedAcquisition acquired, bool isClear, bool isOnly, CarriedFields carried, Scene scene)
    {
        if (scene.World is null)
            return;

        var site = evaluator.SiteOf(call, index, acquired);
        if (site.Acquisition != acquired.Acquisition)
        {
            if (!isClear)
            {
                protocol.Hidden(site, scene);
                return;
            }
        }
        else
        {
            var before = scene[site];
            var states = before is { } last ? protocol.Renew(last, acquired.Acquisition.States) : acquired.Acquisition.States;
            scene.Continue(scene.World.Orphan(site));
            if (!isClear)
                return;

            scene.Set(site, new SiteState(acquired.Acquisition.Nullness, states));
        }

        foreach (var (slot, aspect) in acquired.Slots)
        {
            foreach (var (ordinal, holder, _) in carried.Written(call))
            {
                if (slot.Field is { } field && ordinal == slot.Ordinal)
                    scene.Continue(carried.Write(holder, field, new Value.From(site, aspect), scene.World!));
            }
        }

        // In which order a call has made several, it does not say.
        if (isOnly && site.Acquisition == acquired.Acquisition)
            protocol.Acquired(site, scene);
    }

    private static ITypeSymbol? TypeOf(ISymbol variable) => (variable as ILocalSymbol)?.Type ?? (variable as IParameterSymbol)?.Type;
}
