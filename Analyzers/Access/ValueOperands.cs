using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Access;

/// <summary>What a value is made of, as opposed to what only decides about it.</summary>
internal static class ValueOperands
{
    /// <summary>All operations whose value goes into the given one's, which is one of them.</summary>
    public static IEnumerable<IOperation> Of(IOperation value)
    {
        var pending = new Stack<IOperation>();
        pending.Push(value);
        while (pending.Count > 0)
        {
            var operation = pending.Pop();
            if (OnlyDecides(operation))
                continue;

            yield return operation;
            foreach (var child in operation.ChildOperations.Reverse())
                pending.Push(child);
        }
    }

    private static bool OnlyDecides(IOperation operation) => operation switch
    {
        IAnonymousFunctionOperation or ILocalFunctionOperation or ISizeOfOperation or INameOfOperation or IIsPatternOperation or IIsTypeOperation => true,
        IBinaryOperation
        {
            OperatorKind: BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals or BinaryOperatorKind.LessThan or BinaryOperatorKind.GreaterThan
                or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThanOrEqual
        } => true,
        { Parent: ISimpleAssignmentOperation assignment } => assignment.Target == operation,
        { Parent: IConditionalOperation choice } => choice.Condition == operation,
        { Parent: ISwitchExpressionOperation choice } => choice.Value == operation,
        { Parent: IArrayElementReferenceOperation element } => element.ArrayReference != operation,
        { Parent: IPropertyReferenceOperation } => operation is IArgumentOperation,
        { Parent: { } parent } => parent.DereferencedPointer() is not null,
        _ => false,
    };
}
