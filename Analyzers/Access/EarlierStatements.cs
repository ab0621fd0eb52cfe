using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Access;

/// <summary>What surely ran before an operation, in its own function.</summary>
internal static class EarlierStatements
{
    /// <summary>The statements, the conditions of those around it and the operands to the left, the last one first; up to where control may come from elsewhere.</summary>
    public static IEnumerable<IOperation> Of(IOperation operation)
    {
        for (var inner = operation; inner.Parent is { } outer; inner = outer)
        {
            if (outer is IAnonymousFunctionOperation or ILocalFunctionOperation or ILabeledOperation or ICatchClauseOperation || (outer is ITryOperation attempt && attempt.Body != inner))
                yield break;

            var earlier = Before(outer, inner);
            for (var i = earlier.Length - 1; i >= 0; i--)
            {
                yield return earlier[i];
                if (earlier[i] is ILabeledOperation)
                    yield break;
            }

            // An earlier turn of a loop, another section of a switch or a guard may come in between.
            if (outer is ILoopOperation or ISwitchExpressionOperation || (outer is ISwitchOperation choice && IsTangled(choice)))
                yield break;
        }
    }

    private static ImmutableArray<IOperation> Before(IOperation outer, IOperation inner)
    {
        switch (outer)
        {
            case IBlockOperation block:
                return UpTo(block.Operations, inner);
            case ISwitchCaseOperation section:
                return UpTo(section.Body, inner);
            case IConditionalOperation conditional:
                return conditional.Condition == inner ? ImmutableArray<IOperation>.Empty : ImmutableArray.Create(conditional.Condition);
            case ISwitchOperation choice:
                return choice.Value == inner ? ImmutableArray<IOperation>.Empty : ImmutableArray.Create(choice.Value);
            case IWhileLoopOperation { ConditionIsTop: true, Condition: { } condition } loop when loop.Body == inner:
                return ImmutableArray.Create(condition);
            case IForLoopOperation { Condition: { } condition } loop when loop.Body == inner:
                return ImmutableArray.Create(condition);
            case ILoopOperation or ISwitchExpressionOperation or ISwitchExpressionArmOperation or ITryOperation:
                return ImmutableArray<IOperation>.Empty;
            default:
                return outer.ChildOperations.TakeWhile(child => child != inner).ToImmutableArray();
        }
    }

    private static ImmutableArray<IOperation> UpTo(ImmutableArray<IOperation> statements, IOperation end) =>
        ImmutableArray.Create(statements, 0, Math.Max(0, statements.IndexOf(end)));

    private static bool IsTangled(ISwitchOperation choice) =>
        choice.Descendants().Any(part => part is IPatternCaseClauseOperation { Guard: not null } or IBranchOperation { BranchKind: BranchKind.GoTo });

    /// <summary>
    /// The operations of a statement that may be executed on the way to what is behind it, in source order: not those of a block
    /// that leaves, nor of a function that is only declared.
    /// </summary>
    public static IEnumerable<IOperation> Within(IOperation statement)
    {
        var pending = new Stack<(IOperation Operation, bool MayBeCaught)>();
        pending.Push((statement, false));
        while (pending.Count > 0)
        {
            var (operation, mayBeCaught) = pending.Pop();
            if (operation is IAnonymousFunctionOperation or ILocalFunctionOperation || (!mayBeCaught && operation is IBlockOperation block && Leaves(block, statement)))
                continue;

            yield return operation;
            mayBeCaught |= operation is ITryOperation { Catches.IsEmpty: false };
            foreach (var child in operation.ChildOperations.Reverse())
                pending.Push((child, mayBeCaught));
        }
    }

    /// <summary>Whether who executes a block of a statement never comes behind the statement.</summary>
    private static bool Leaves(IBlockOperation block, IOperation statement)
    {
        if (block.Operations is not [.., var last])
            return false;

        var leaves = last is IReturnOperation { Kind: not OperationKind.YieldReturn } or IThrowOperation or IExpressionStatementOperation { Operation: IThrowOperation }
            || (last is IBranchOperation { BranchKind: BranchKind.Break or BranchKind.Continue } branch && IsBeyond(branch, statement));
        return leaves && !block.Descendants().Any(part => part is IBranchOperation && part != last);
    }

    /// <summary>Whether the loop or switch that a branch leaves, or goes on with, is around the statement.</summary>
    private static bool IsBeyond(IBranchOperation branch, IOperation statement)
    {
        for (var outer = branch.Parent; outer is not null && outer != statement.Parent; outer = outer.Parent)
        {
            if (outer is ILoopOperation || (outer is ISwitchOperation && branch.BranchKind == BranchKind.Break))
                return false;
        }

        return true;
    }

    /// <summary>Whether an operation in a statement may be passed over while the statement runs.</summary>
    public static bool IsConditional(IOperation operation, IOperation statement)
    {
        for (var inner = operation; inner != statement && inner.Parent is { } outer; inner = outer)
        {
            switch (outer)
            {
                case IConditionalOperation choice when choice.Condition != inner:
                case IWhileLoopOperation loop when loop.Condition != inner:
                case IForLoopOperation { Before: var before } when !before.Contains(inner):
                case IForEachLoopOperation each when each.Collection != inner:
                case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } binary when binary.LeftOperand != inner:
                case ICoalesceOperation coalesce when coalesce.Value != inner:
                case ISwitchOperation choices when choices.Value != inner:
                case ISwitchExpressionOperation expression when expression.Value != inner:
                case ITryOperation { Catches.IsEmpty: false }:
                case IBlockOperation { Operations: var siblings } when siblings.Any(static sibling => sibling is ILabeledOperation):
                case ILabeledOperation when outer != statement:
                case ICatchClauseOperation or IConditionalAccessOperation or ICoalesceAssignmentOperation:
                    return true;
            }
        }

        return false;
    }
}
