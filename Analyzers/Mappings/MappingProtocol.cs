using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <summary>
/// The life of mappings, their locks and the values read through them. It changes their states as the code does, and tells an
/// observer what it sees; what of that is wrong, the rules know.
/// </summary>
internal sealed partial class MappingProtocol(EntryFacts facts, Summaries summaries, Helpers helpers, BodyFacts body, IMappingObserver observer) : Protocol
{
    private readonly HandleEffects _effects = new(facts, summaries, helpers);
    private readonly HashSet<SyntaxNode> _stores = [];

    /// <summary>The dereferences that store to an entry.</summary>
    public void Stores(IEnumerable<EntryAccess> accesses)
    {
        foreach (var access in accesses)
        {
            if (access.Kind is EntryAccessKind.Write or EntryAccessKind.ReadModifyWrite)
                _stores.Add(access.Slot);
        }
    }

    public override Acquisition? Given(IParameterSymbol parameter) => observer.Given(parameter);

    public override Acquisition? Acquire(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (summaries.Acquisition(call) is { } mapping)
        {
            var states = facts.Mapper(method, call.Syntax.SyntaxTree) is { } mapper ? Initial(mapper)
                : HandedOut(mapping, helpers.Of(method));
            return mapping with { States = (int)states.WithoutNotes() };
        }

        if (EntryFacts.AcquiresLock(method) && !method.ReturnsVoid && method.ReturnType.SpecialType == SpecialType.None)
            return new Acquisition(null, null, Nullness.NotNull, (int)MappingState.Locked, method);

        return IsReader(method) ? s_value : null;
    }

    /// <summary>The states of what a helper returns; of a lock that comes to its caller in neither a parameter nor a struct nothing is known.</summary>
    private static MappingState HandedOut(Acquisition mapping, HelperSummary helper)
    {
        var states = helper.HandedOut ?? MappingState.Escaped | MappingState.LockEscaped;
        return mapping.Companion is not null || helper.Carriage?.Outcome.Acquired.Any(a => a.IsResult) == true
            ? states
            : new SiteState(Nullness.Maybe, (int)states).WithLock(MappingState.LockEscaped).Of();
    }

    public override bool Keeps(Site site, SiteState state) => state.IsOpen() || site.Origin is Carried;

    public override int Renew(SiteState before, int initial) =>
        before.IsMapped() || before.HasLeft() ? initial | (int)MappingState.Left | (before.States & (int)MappingState.Buried) : initial;

    public override void Acquired(Site site, Scene scene)
    {
        var call = (IInvocationOperation)site.Operation!;
        if (site.Acquisition == s_value)
        {
            NoteValue(site, call, scene);
            return;
        }

        if (scene[site] is { } state && state.IsMapped())
        {
            if (Latest(scene, except: site) is { } below)
                scene.Remember(site, new Value.From(below, Aspect.Handle));
        }
    }

    public override void Observe(IOperation operation, Scene scene)
    {
        if (scene.Carried is { } carried)
            Spill(operation, carried, scene);

        if (operation.DereferencedPointer() is { } pointer)
        {
            if (Pointers.IsOnlyAddressed(operation))
                return;

            if (_stores.Contains(operation.Syntax))
                Store(pointer, Pointers.AccessSyntax(operation), scene);

            Use(pointer, Pointers.AccessSyntax(operation), scene);
            return;
        }

        if (facts.Blocks(operation) is { } kind)
            Block(operation, kind, scene);

        switch (operation)
        {
            case IInvocationOperation call:
                Call(call, scene);
                break;
            case IFunctionPointerInvocationOperation or IObjectCreationOperation or IDynamicInvocationOperation when !operation.Type.IsSpan():
                Expose(operation.ChildOperations.Select(c => c is IArgumentOperation argument ? argument.Value : c), scene);
                break;
            case IPropertyReferenceOperation { Instance: { } instance, Arguments: [_] } element when Viewed(instance) is { } viewed:
                if (_stores.Contains(element.Syntax))
                    Store(viewed, viewed.Syntax, scene);

                Use(viewed, viewed.Syntax, scene);
                break;
            case ITupleOperation when IsDeconstructed(operation):
                break;
            case ITupleOperation or IArrayInitializerOperation or IArrayElementReferenceOperation or IPropertyReferenceOperation { Arguments.IsEmpty: false }:
                Expose(operation.ChildOperations, scene);
                break;
            case ISimpleAssignmentOperation assignment:
                Assign(assignment, scene);
                break;
            case IDeconstructionAssignmentOperation deconstruction:
                Assign(deconstruction, scene);
                break;
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals } comparison:
                Compare(comparison.LeftOperand, comparison.RightOperand, scene);
                break;
            case IPropertyReferenceOperation { Instance: { } instance }:
                BlurLookup(instance, scene);
                UseValue(instance, operation, scene);
                break;
            case IFieldReferenceOperation { Instance: { } instance }:
                UseValue(instance, operation, scene);
                break;
        }
    }

    public override bool SeesBranches { get; } = observer.SeesBranches;

    public override void Branch(ControlFlowBranch branch, Scene scene) => observer.Took(branch, scene);

    public override void Return(Exit exit, Scene scene)
    {
        if (scene.IsFinal)
            observer.Left(exit, scene);

        if (exit.Value is { } value)
        {
            Escape([value], scene);
            if (scene.Carried is { } carried)
                SpillStruct(value, carried, scene);
        }

        foreach (var handle in scene.Handles)
        {
            if ((handle.Value.IsMapped() || handle.Value.IsLocked()) && !IsGivenAway(handle.Key, exit.Value, scene) && (exit.Syntax ?? handle.Key.Syntax) is { } where)
                Saw(MappingEventKind.Exit, handle.Key, handle.Value, where, null, null, scene);
        }
    }

    public override bool SeesExceptions { get; } = facts.Options(body.Tree).ExceptionPaths;

    public override void Unwind(IOperation? cause, Scene scene)
    {
        foreach (var handle in scene.Handles)
        {
            if ((handle.Value.IsMapped() || handle.Value.IsLocked()) && (cause?.Syntax ?? handle.Key.Syntax) is { } where)
                Saw(MappingEventKind.Exit, handle.Key, handle.Value, where, null, null, scene);
        }
    }

    /// <remarks>An exception has left mappings behind whose order is the least of the troubles.</remarks>
    public override void Thrown(Scene scene)
    {
        if (SeesExceptions)
            return;

        foreach (var handle in scene.Handles)
        {
            if (handle.Key.Acquisition != s_value)
                scene.Remember(handle.Key, null);
        }
    }

    /// <remarks>What maps, unmaps, locks or accesses an entry throws only when it is misused.</remarks>
    public override bool IsSure(IInvocationOperation call) =>
        summaries.Acquisition(call) is not null || HandleEffects.OnInstance(call.TargetMethod) is HandleEffect.Locks or HandleEffect.Unlocks
        || call.Arguments.Any(a => (a.Value.Type is IPointerTypeSymbol || facts.IsLock(a.Value.Type)) && _effects.OnArgument(call, a) is not (HandleEffect.None or HandleEffect.Unknown))
        || CarriesSurely(call);

    private static MappingState Initial(MapperFacts mapper)
    {
        var states = mapper.Unmappers.IsEmpty ? MappingState.Escaped : MappingState.Mapped;
        return mapper.Lock is null ? states : states | (mapper.Locked ? MappingState.Locked : MappingState.Unlocked);
    }

    /// <summary>The pointer of <c>new Span&lt;T&gt;(p, n)</c>, an element of which is being asked for at once.</summary>
    private static IOperation? Viewed(IOperation instance) =>
        instance.Unconverted() is IObjectCreationOperation { Arguments: [{ Value: var given }, ..] } view && view.Type.IsSpan() && given.Unconverted() is { Type: IPointerTypeSymbol } pointer ? pointer : null;

    /// <summary>Whether the tuple only passes its elements on to variables.</summary>
    private static bool IsDeconstructed(IOperation tuple)
    {
        var operation = tuple.Parent;
        while (operation is IConversionOperation or ITupleOperation)
            operation = operation.Parent;

        return operation is IDeconstructionAssignmentOperation;
    }

    private static bool IsReader(IMethodSymbol method) =>
        method is { IsStatic: true, ReturnsVoid: false, Parameters.Length: 1 } && method.Parameters[0].Type is IPointerTypeSymbol { PointedAtType: var entry }
        && SymbolEqualityComparer.Default.Equals(entry, method.ReturnType) && EntryFacts.ReadsEntry(method.Parameters[0]);

    private void Saw(MappingEventKind kind, Site site, SiteState state, SyntaxNode syntax, IOperation? operand, Site? other, Scene scene)
    {
        if (scene.IsFinal)
            observer.Saw(new MappingEvent(kind, site, state, syntax, operand, other));
    }
}
