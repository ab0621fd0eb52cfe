using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Flow;

/// <summary>Tells what an operation changes in the world.</summary>
internal sealed partial class Effects(Evaluator evaluator, Conditions conditions, CaptureTargets captures, Sites sites, Protocol protocol, Summaries summaries)
{
    public void Apply(IOperation operation, Scene scene)
    {
        protocol.Observe(operation, scene);
        if (scene.World is null)
            return;

        switch (operation)
        {
            case ISimpleAssignmentOperation assignment:
                var before = scene.World;
                Assign(assignment.Target, assignment.IsRef ? null : Fresh(assignment.Value, scene), scene);
                if (evaluator.Carried is { } carried && !assignment.IsRef)
                    Copy(assignment, before, carried, scene);

                break;
            case ICompoundAssignmentOperation compound:
                Assign(compound.Target, Fresh(compound, scene), scene);
                break;
            case IIncrementOrDecrementOperation increment:
                Assign(increment.Target, Fresh(increment, scene), scene);
                break;
            case IDeconstructionAssignmentOperation deconstruction:
                Deconstruct(deconstruction, scene);
                break;
            case IFlowCaptureOperation capture:
                scene.Continue(scene.World.With(Place.Of(capture.Id), Fresh(capture.Value, scene)));
                if (evaluator.Carried is { } fields && Carriers.Is(capture.Value.Type))
                    scene.Continue(fields.Fill(capture.Id, capture.Value, scene.World![Place.Of(capture.Id)], capture.Value.Type, scene.World));

                break;
            case IIsPatternOperation { Pattern: IDeclarationPatternOperation { DeclaredSymbol: { } variable } } isPattern:
                Assign(Place.Of(variable), scene.ValueOf(isPattern.Value), scene);
                break;
            case IObjectCreationOperation creation:
                WriteBack(creation.Arguments, scene);
                break;
            case IInvocationOperation call:
                Call(call, scene);
                break;
        }
    }

    /// <summary>What an operation yields; if that is not known, something that it has not yielded before.</summary>
    private Value? Fresh(IOperation operation, Scene scene)
    {
        if (scene.ValueOf(operation) is { } value)
            return value;

        var site = sites.Of(operation);
        scene.Continue(scene.World?.Orphan(site));
        return new Value.From(site, Aspect.Handle);
    }

    private void Assign(IOperation target, Value? value, Scene scene)
    {
        if (BodyFacts.Variable(target) is { } variable)
            Assign(Place.Of(variable), value, scene);
        else
            Assign(captures.Of(target), value, scene);

        if (evaluator.Carried is { } carried)
            AssignField(target, value, carried, scene);
    }

    /// <summary>Assigns to the one variable that a capture stands for; of several, nobody knows which.</summary>
    private void Assign(List<Place> places, Value? value, Scene scene)
    {
        foreach (var place in places)
            Assign(place, places.Count == 1 ? value : null, scene);
    }

    private void Assign(Place place, Value? value, Scene scene)
    {
        if (place.Key is not ISymbol variable || evaluator.IsFollowed(variable))
            scene.Continue(scene.World?.With(place, value));

        if (evaluator.Carried is { } carried && place.Key is ISymbol filled && carried.IsCarried(filled) && scene.World is { } world)
            scene.Continue(carried.Fill(filled, null, value, TypeOf(filled), world));
    }

    private void Deconstruct(IDeconstructionAssignmentOperation deconstruction, Scene scene)
    {
        var target = deconstruction.Target is IDeclarationExpressionOperation declaration ? declaration.Expression : deconstruction.Target;
        if (target is not ITupleOperation targets)
            return;

        var values = Unconverted(deconstruction.Value) is ITupleOperation tuple && tuple.Elements.Length == targets.Elements.Length
            ? tuple.Elements.Select(scene.ValueOf).ToArray()
            : new Value?[targets.Elements.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (targets.Elements[i] is ITupleOperation nested)
                Forget(nested, scene);
            else
                Assign(targets.Elements[i], values[i], scene);
        }
    }

    private void Forget(ITupleOperation targets, Scene scene)
    {
        foreach (var target in targets.DescendantsAndSelf())
            Assign(target, null, scene);
    }

    private void Call(IInvocationOperation call, Scene scene)
    {
        if (!summaries.Returns(call.TargetMethod))
        {
            scene.Continue(null);
            return;
        }

        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter is not { } parameter || scene.World is null)
                continue;

            if (!argument.Value.ConstantValue.HasValue && summaries.Asserted(parameter) is { } asserted)
                scene.Continue(conditions.Assume(argument.Value, asserted, scene.World));
            else if (scene.HandleOf(argument.Value) is { } handle)
                scene.Continue(Conditions.Told(handle, summaries.Promise(parameter).OnReturn, scene.World!));
        }

        if (evaluator.Carried is { } carried && scene.World is not null)
        {
            CallWithCarriers(call, carried, scene);
            return;
        }

        WriteBack(call.Arguments, scene);
        Acquire(call, scene);
    }

    private void Acquire(IInvocationOperation call, Scene scene)
    {
        if (scene.World is null)
            return;

        var site = evaluator.SiteOf(call);
        var before = scene[site];
        scene.Continue(scene.World.Orphan(site));
        if (site.Acquisition is not { } acquisition)
            return;

        scene.Set(site, new SiteState(acquisition.Nullness, before is { } last ? protocol.Renew(last, acquisition.States) : acquisition.States));
        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter is not { } parameter)
                continue;

            if (parameter.Ordinal == acquisition.Handle?.Ordinal)
                Assign(argument.Value, new Value.From(site, Aspect.Handle), scene);
            else if (parameter.Ordinal == acquisition.Companion?.Ordinal)
                Assign(argument.Value, new Value.From(site, Aspect.Companion), scene);
        }

        protocol.Acquired(site, scene);
    }

    /// <summary>Nothing is known about a variable that a method has been given to write.</summary>
    private void WriteBack(IEnumerable<IArgumentOperation> arguments, Scene scene)
    {
        foreach (var argument in arguments)
        {
            if (argument.Parameter?.RefKind is RefKind.Ref or RefKind.Out)
                Assign(argument.Value, null, scene);
        }
    }

    private static IOperation Unconverted(IOperation operation)
    {
        while (operation is IConversionOperation { OperatorMethod: null } conversion)
            operation = conversion.Operand;

        return operation;
    }
}
