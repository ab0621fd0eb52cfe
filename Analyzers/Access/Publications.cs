using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Access;

/// <summary>
/// Where the tables that a body allocates become visible to others: stored, returned or passed on. The order
/// is that of the source, made safe for loops, <c>goto</c> and lambdas by assuming the publication comes first.
/// </summary>
internal sealed class Publications
{
    private readonly Dictionary<IOperation, List<IOperation>> _places = [];
    private readonly EntryFacts _facts;
    private readonly SyntaxTree _tree;
    private readonly bool _jumps;

    public Publications(IOperation root, PointerOrigins origins, EntryFacts facts)
    {
        _facts = facts;
        _tree = root.Syntax.SyntaxTree;
        foreach (var operation in root.Descendants())
        {
            _jumps |= operation is IBranchOperation { BranchKind: BranchKind.GoTo };
            if (operation is not (ILocalReferenceOperation or IParameterReferenceOperation or IInvocationOperation or IArrayCreationOperation)
                || origins.Of(operation) is not { Allocations: { IsEmpty: false } allocations } origin
                || !IsPublished(operation, origin.Contract))
            {
                continue;
            }

            foreach (var allocation in allocations)
            {
                if (!_places.TryGetValue(allocation, out var places))
                    _places.Add(allocation, places = []);
                places.Add(operation);
            }
        }
    }

    /// <summary>Whether a table may have been published when an access is made.</summary>
    public bool MayPrecede(IOperation access, IOperation allocation)
    {
        if (!_places.TryGetValue(allocation, out var places))
            return false;

        foreach (var place in places)
        {
            if (_jumps || Function(place) != Function(access)
                || ((place.Syntax.SpanStart < access.Syntax.SpanStart || AreRepeated(place, access, allocation)) && !IsLeft(place, access)))
                return true;
        }

        return false;
    }

    /// <summary>Whether a loop brings the access round again after the publication, to the same table.</summary>
    private static bool AreRepeated(IOperation place, IOperation access, IOperation allocation)
    {
        for (var loop = place.Parent; loop is not null; loop = loop.Parent)
        {
            if (loop is ILoopOperation && Contains(loop, access) && !Contains(loop, allocation))
                return true;
        }

        return false;
    }

    /// <summary>Whether who has come to the publication leaves the body without coming to the access.</summary>
    private static bool IsLeft(IOperation place, IOperation access)
    {
        IOperation? leaving = null;
        for (var outer = place.Parent; outer is not null; outer = outer.Parent)
        {
            // An exception goes on in a handler; a function's own return leaves no more than itself.
            if (outer is ITryOperation or IAnonymousFunctionOperation or ILocalFunctionOperation)
                return false;

            if (leaving is null && outer is IBlockOperation { Operations: [.., IReturnOperation { Kind: OperationKind.Return } or IExpressionStatementOperation { Operation: IThrowOperation } or IThrowOperation] } block
                && !Contains(block, access) && !block.Descendants().Any(static inner => inner is IBranchOperation))
                leaving = block;
        }

        return leaving is not null;
    }

    private static bool Contains(IOperation loop, IOperation operation) => loop.Syntax.Span.Contains(operation.Syntax.Span);

    private static IOperation? Function(IOperation operation)
    {
        var function = operation.Parent;
        while (function is not null and not IAnonymousFunctionOperation and not ILocalFunctionOperation)
            function = function.Parent;

        return function;
    }

    private bool IsPublished(IOperation operation, EntryContract? contract)
    {
        for (var value = operation; ; value = value.Parent!)
        {
            switch (value.Parent)
            {
                // The value goes on, perhaps to be published further up.
                case IConversionOperation or IConditionalOperation { WhenFalse: not null } or ISwitchExpressionArmOperation or ISwitchExpressionOperation
                    or IImplicitIndexerReferenceOperation or IInlineArrayAccessOperation:
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract or BinaryOperatorKind.And or BinaryOperatorKind.Or }:
                case IObjectCreationOperation when value.Parent.Type.IsSpan():
                case IArgumentOperation { Parent: IObjectCreationOperation creation } when creation.Type.IsSpan():
                    continue;

                case IArgumentOperation { Parameter: { } parameter, Parent: IInvocationOperation call }:
                    switch (FrameworkCalls.Role(call.TargetMethod, parameter))
                    {
                        case OperandRole.None:
                            return !EntryFacts.ReadsEntry(parameter) && !EntryFacts.WritesEntry(parameter) && contract?.IsAccessor(call.TargetMethod) != true && !IsOwn(parameter);
                        case OperandRole.Passes when call.Type.IsView():
                            value = value.Parent;
                            continue;
                        default:
                            return false;
                    }

                case IInvocationOperation { Instance: { } instance } call when instance == value:
                    if (FrameworkCalls.Role(FrameworkCalls.Operands(call.TargetMethod), 0) == OperandRole.Passes)
                        continue;
                    return false;

                // Nothing of this body comes after its return.
                case IReturnOperation { Kind: OperationKind.Return } when Function(operation) is null:
                    return false;

                // Variables are followed by themselves; a test or a dereference gives nothing away.
                case ISimpleAssignmentOperation { IsRef: false } assignment when assignment.Target == value:
                case IVariableInitializerOperation or IExpressionStatementOperation or IBinaryOperation or IIncrementOrDecrementOperation or ICompoundAssignmentOperation
                    or IIsPatternOperation or IForEachLoopOperation or IArrayElementReferenceOperation or IArrayInitializerOperation or IMemberReferenceOperation or IConditionalOperation
                    or INameOfOperation or ILoopOperation or IUnaryOperation or IAddressOfOperation:
                    return false;
                case ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local.IsRef: false } or IParameterReferenceOperation { Parameter.RefKind: RefKind.None } or IDiscardOperation }:
                    // The assignment is an expression too: its value may go further.
                    if (value.Parent.Parent is IExpressionStatementOperation)
                        return false;
                    continue;
                case { Kind: OperationKind.None } unmodelled:
                    if (unmodelled.Type is IPointerTypeSymbol && unmodelled.DereferencedPointer() is null)
                        continue;
                    return unmodelled.DereferencedPointer() is { } pointer && pointer != value && unmodelled.DereferenceIndex() != value;
                default:
                    return true;
            }
        }
    }

    /// <summary>Whether the callee takes a table that nobody else sees, and so shows it to nobody.</summary>
    private bool IsOwn(IParameterSymbol parameter) =>
        EntryFacts.IsUnpublished(parameter) || _facts.IsUnpublished(parameter.OriginalDefinition.ContainingSymbol, _tree);
}
