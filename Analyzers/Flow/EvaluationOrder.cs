using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Flow;

/// <summary>The operations under the root of a statement that do something, in the order in which they do it.</summary>
/// <param name="isAskedAgain">Whether the same statement may be asked for more than once.</param>
internal sealed class EvaluationOrder(bool isAskedAgain)
{
    private readonly Dictionary<IOperation, List<IOperation>> _orders = [];
    private readonly List<IOperation> _latest = [];
    private readonly Stack<IOperation> _waiting = new();

    /// <returns>The operations; where nothing is asked again, they are good until the next question.</returns>
    public List<IOperation> Of(IOperation root)
    {
        if (!isAskedAgain)
        {
            _latest.Clear();
            Compute(root, _latest);
            return _latest;
        }

        if (!_orders.TryGetValue(root, out var order))
        {
            _orders.Add(root, order = []);
            Compute(root, order);
        }

        return order;
    }

    /// <remarks>Operands before operators; without recursion, since a sum may have ten thousand terms.</remarks>
    private void Compute(IOperation root, List<IOperation> order)
    {
        _waiting.Push(root);
        while (_waiting.Count > 0)
        {
            var operation = _waiting.Pop();
            if (!IsPassive(operation))
                order.Add(operation);

            // Last operand on top of the stack, and the whole reversed at the end.
            if (operation.Kind != OperationKind.FlowAnonymousFunction)
            {
                foreach (var child in operation.ChildOperations)
                    _waiting.Push(child);
            }
        }

        order.Reverse();
    }

    private static bool IsPassive(IOperation operation) => !CallsOperator(operation) && operation.Kind
        is OperationKind.Literal or OperationKind.LocalReference or OperationKind.ParameterReference or OperationKind.InstanceReference
        or OperationKind.FlowCaptureReference or OperationKind.Argument or OperationKind.Conversion or OperationKind.ExpressionStatement
        or OperationKind.Unary or OperationKind.DefaultValue or OperationKind.SizeOf or OperationKind.NameOf or OperationKind.TypeOf;

    private static bool CallsOperator(IOperation operation) =>
        operation is IConversionOperation { OperatorMethod: not null } or IUnaryOperation { OperatorMethod: not null };
}
