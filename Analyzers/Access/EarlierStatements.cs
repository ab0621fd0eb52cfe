using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Access;

/// <summary>What surely ran before an operation, in its own function.</summary>
internal static class EarlierStatements
{
    /// <summary>The statements, and the conditions of those around it, the last one first; up to where control may come from elsewhere.</summary>
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
            case IVariableDeclarationOperation declaration:
                return UpTo(ImmutableArray<IOperation>.CastUp(declaration.Declarators), inner);
            case IConditionalOperation conditional when conditional.Condition != inner:
                return ImmutableArray.Create(conditional.Condition);
            case IWhileLoopOperation { ConditionIsTop: true, Condition: { } condition } loop when loop.Body == inner:
                return ImmutableArray.Create(condition);
            case IForLoopOperation { Condition: var condition } loop when loop.Body == inner:
                return condition is null ? loop.Before : loop.Before.Add(condition);
            case IForEachLoopOperation loop when loop.Body == inner:
                return ImmutableArray.Create(loop.Collection);
            case ISwitchOperation choice when choice.Value != inner:
                return ImmutableArray.Create(choice.Value);
            case ILockOperation section when section.Body == inner:
                return ImmutableArray.Create(section.LockedValue);
            case IUsingOperation section when section.Body == inner:
                return ImmutableArray.Create(section.Resources);
            default:
                return ImmutableArray<IOperation>.Empty;
        }
    }

    private static ImmutableArray<IOperation> UpTo(ImmutableArray<IOperation> statements, IOperation end) =>
        ImmutableArray.Create(statements, 0, Math.Max(0, statements.IndexOf(end)));

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
                case ICatchClauseOperation or IConditionalAccessOperation or ICoalesceAssignmentOperation or IAnonymousFunctionOperation or ILocalFunctionOperation:
                case ILabeledOperation when outer != statement:
                    return true;
            }
        }

        return false;
    }

    /// <summary>Whether who executes an operation in a statement never comes behind the statement.</summary>
    public static bool LeavesBefore(IOperation operation, IOperation statement)
    {
        for (var inner = operation; inner != statement && inner.Parent is { } outer; inner = outer)
        {
            if (outer is IBlockOperation { Operations: [.., var last] } && Leaves(last, statement) && IsConditional(outer, statement))
                return true;
        }

        return false;
    }

    private static bool Leaves(IOperation last, IOperation statement)
    {
        if (last is IReturnOperation or IThrowOperation or IExpressionStatementOperation { Operation: IThrowOperation })
            return true;

        if (last is not IBranchOperation { BranchKind: BranchKind.Break or BranchKind.Continue } branch)
            return false;

        for (var outer = branch.Parent; outer is not null && outer != statement.Parent; outer = outer.Parent)
        {
            if (outer is ILoopOperation || (outer is ISwitchOperation && branch.BranchKind == BranchKind.Break))
                return false;
        }

        return true;
    }
}
