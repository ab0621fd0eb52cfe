using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Snapshots;

/// <summary>Tells what an operation changes in what is known of entries.</summary>
internal sealed partial class SnapshotEffects(
    IReadOnlyDictionary<SyntaxNode, SnapshotRead> reads,
    BodyFacts body,
    CaptureTargets captures,
    Numbers numbers,
    CallEffects calls,
    MemberEffects members)
{
    private readonly PointerNumbers _pointers = new(body, numbers);

    /// <summary>The read that an operation of the graph is; null if it is none.</summary>
    public SnapshotRead? ReadAt(IOperation operation) =>
        reads.TryGetValue(operation.Syntax, out var read) && read.Operation.Kind == operation.Kind ? read : null;

    /// <summary>The entry that is read; null if the pointer is not followed.</summary>
    public EntryKey? KeyOf(IOperation operation, SnapshotRead read, SnapshotState state) =>
        _pointers.AddressOf(operation, state) is { } pointer ? new EntryKey(pointer, read.Reader) : null;

    public SnapshotState Apply(IOperation operation, SnapshotState state)
    {
        switch (operation)
        {
            case ISimpleAssignmentOperation assignment:
                return Assign(assignment.Target, assignment.IsRef ? null : assignment.Value, operation, state);
            case ICompoundAssignmentOperation compound:
                return Assign(compound.Target, null, operation, compound.OperatorMethod is { } method ? Operator(method, state) : state);
            case IIncrementOrDecrementOperation increment:
                return Assign(increment.Target, null, operation, increment.OperatorMethod is { } step ? Operator(step, state) : state);
            case IDeconstructionAssignmentOperation deconstruction:
                return AssignAll(deconstruction.Target, deconstruction.Value.Unconverted() is ITupleOperation ? state : Loud(operation, state));
            case IFlowCaptureOperation capture:
                return Hold(capture.Id, capture.Value, operation, state);
            case IIsPatternOperation isPattern:
                return Match(isPattern, state);
            case IInvocationOperation call:
                return Call(call, state);
            case IObjectCreationOperation creation:
                return Create(creation, state);
            case IPropertyReferenceOperation property when !AutoProperties.Is(property.Property):
                return property.Property.GetMethod is { } getter ? Operator(getter, state) : state;
            case IBinaryOperation { OperatorMethod: { } @operator }:
                return Operator(@operator, state);
            case IUnaryOperation { OperatorMethod: { } @operator }:
                return Operator(@operator, state);
            case IConversionOperation { OperatorMethod: { } @operator }:
                return Operator(@operator, state);
            case IInvalidOperation or IAwaitOperation or IReturnOperation { Kind: OperationKind.YieldReturn or OperationKind.YieldBreak } or IFunctionPointerInvocationOperation
                or IDynamicInvocationOperation or IDynamicObjectCreationOperation or IDynamicIndexerAccessOperation or IEventAssignmentOperation or ITypeParameterObjectCreationOperation:
                return Loud(operation, state);
            default:
                return state;
        }
    }

    /// <summary>What code that may do anything leaves.</summary>
    private SnapshotState Loud(IOperation operation, SnapshotState state) =>
        Reach(operation, state.ForgetAll()) with { IsLocked = false };

    /// <summary>What code that may change memory, but not entries, leaves.</summary>
    private SnapshotState Reach(IOperation operation, SnapshotState state) =>
        state.Orphan(operation, numbers).With(PointerNumbers.Everything, numbers.Leaf(operation));

    private SnapshotState Operator(IMethodSymbol method, SnapshotState state) =>
        calls.IsKnownLoud(method) ? state.ForgetAll() with { IsLocked = false } : state;

    private SnapshotState Match(IIsPatternOperation isPattern, SnapshotState state)
    {
        if (isPattern.Pattern is IDeclarationPatternOperation { MatchesNull: true, DeclaredSymbol: { } local })
            return Hold(local, isPattern.Value, isPattern, state);

        foreach (var pattern in isPattern.Pattern.DescendantsAndSelf())
        {
            if (pattern is IDeclarationPatternOperation { DeclaredSymbol: { } declared })
                state = Renew(declared, pattern, state);
            else if (pattern is IRecursivePatternOperation { DeclaredSymbol: { } named })
                state = Renew(named, pattern, state);
        }

        return state;
    }

    private SnapshotState AssignAll(IOperation target, SnapshotState state)
    {
        target = target is IDeclarationExpressionOperation declaration ? declaration.Expression : target;
        if (target is not ITupleOperation tuple)
            return Assign(target, null, target, state);

        foreach (var element in tuple.Elements)
            state = AssignAll(element, state);

        return state;
    }

    /// <summary>Lets a variable or capture hold a value.</summary>
    private SnapshotState Hold(object place, IOperation value, IOperation operation, SnapshotState state)
    {
        var number = _pointers.Of(value, state);
        state = number is null ? Renew(place, operation, state) : state.With(place, number);
        if (place is not ISymbol variable)
            return state;

        state = state.Release(variable);
        if (variable is not ILocalSymbol { IsRef: false } || body.IsOpaque(variable) || ReadAt(Unwrapped(value)) is not { } read || KeyOf(Unwrapped(value), read, state) is not { } key
            || !SymbolEqualityComparer.Default.Equals(((ILocalSymbol)variable).Type, Unwrapped(value).Type) || !state.Snapshots.TryGetValue(key, out var snapshot))
            return state;

        return state with { Snapshots = state.Snapshots.SetItem(key, snapshot with { Holders = snapshot.Holders.Add(variable) }) };
    }

    private SnapshotState Renew(object place, IOperation operation, SnapshotState state)
    {
        state = state.Orphan(operation, numbers).With(place, numbers.Leaf(operation));
        return place is ISymbol variable ? state.Release(variable) : state;
    }

    private static IOperation Unwrapped(IOperation value)
    {
        while (value is IConversionOperation { IsImplicit: true, OperatorMethod: null } conversion)
            value = conversion.Operand;

        return value;
    }

    private SnapshotState Assign(IOperation target, IOperation? value, IOperation operation, SnapshotState state)
    {
        if (target is IDeclarationExpressionOperation declaration)
            return Assign(declaration.Expression, value, operation, state);

        var places = captures.Of(target);
        if (places is [{ Key: ISymbol { } only }] && PointerNumbers.RefKindOf(only) == RefKind.None)
            return value is null || body.IsOpaque(only) ? Renew(only, operation, state) : Hold(only, value, operation, state);

        if (places.Count > 0)
        {
            foreach (var place in places)
            {
                var variable = (ISymbol)place.Key;
                state = PointerNumbers.RefKindOf(variable) == RefKind.None
                    ? state.Release(variable).With(variable, numbers.Compound("either", variable, numbers.Leaf(operation), null))
                    : Store(TypeOf(variable), operation, state);
            }

            return state;
        }

        return target switch
        {
            IDiscardOperation => state,
            IFieldReferenceOperation field => AssignPart(field.Instance, field.Field, operation, state),
            IPropertyReferenceOperation property when AutoProperties.Is(property.Property) => AssignPart(property.Instance, property.Property, operation, state),
            IPropertyReferenceOperation { Instance: { Type.IsValueType: true } instance, Property.SetMethod: { } setter } property when calls.IsQuiet(setter) => AssignPart(instance, property.Property, operation, state),
            IPropertyReferenceOperation { Property.ReturnsByRef: false } => Loud(operation, state),
            _ => Store(target.Type, operation, state),
        };
    }

    /// <summary>A part of an object changes; of a struct, that changes the struct, wherever it is.</summary>
    private SnapshotState AssignPart(IOperation? instance, ISymbol part, IOperation operation, SnapshotState state)
    {
        state = state.Orphan(operation, numbers).With(part, numbers.Leaf(operation));
        return instance is { Type.IsValueType: true } and not IInstanceReferenceOperation ? Assign(instance, null, operation, state) : state;
    }

    private SnapshotState Store(ITypeSymbol? type, IOperation operation, SnapshotState state) =>
        state.Forget((_, snapshot) => snapshot.Sources.Any(source => CallEffects.MayBe(type, source.EntryType)))
            .Orphan(operation, numbers).With(PointerNumbers.Elements, numbers.Leaf(operation));

    private static ITypeSymbol? TypeOf(ISymbol variable) => (variable as ILocalSymbol)?.Type ?? (variable as IParameterSymbol)?.Type;
}
