using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Flow;

/// <summary>
/// The conditions that a body asks more than once about parameters that nothing changes: <c>(flags &amp; Get) != 0</c>
/// is true again where it was true before.
/// </summary>
internal sealed class Questions
{
    /// <summary>Longer conditions than people repeat are not compared.</summary>
    private const int Depth = 8;

    private readonly Dictionary<SyntaxNode, Question> _asked;

    private Questions(Dictionary<SyntaxNode, Question> asked) => _asked = asked;

    /// <param name="operations">All operations of the body.</param>
    /// <param name="isFixed">Whether a parameter keeps its value.</param>
    /// <returns>Null, as in most bodies: no question is asked twice.</returns>
    public static Questions? In(IOperation[] operations, Func<IParameterSymbol, bool> isFixed)
    {
        Dictionary<object, (SyntaxNode Syntax, Question Question)>? first = null;
        Dictionary<SyntaxNode, Question>? asked = null;
        foreach (var operation in operations)
        {
            if (Ask(operation, isFixed) is not { } question)
                continue;

            first ??= [];
            if (!first.TryGetValue(question.Key, out var earlier))
            {
                first.Add(question.Key, (operation.Syntax, question));
                continue;
            }

            asked ??= [];
            asked[operation.Syntax] = question;
            asked[earlier.Syntax] = earlier.Question;
        }

        return asked is null ? null : new Questions(asked);
    }

    /// <summary>The question that a condition asks, be it the body's operation or its graph's; null if it is asked once, or not understood.</summary>
    public Question? Of(IOperation condition) => _asked.TryGetValue(condition.Syntax, out var question) ? question : null;

    private static Question? Ask(IOperation operation, Func<IParameterSymbol, bool> isFixed)
    {
        switch (operation)
        {
            case IBinaryOperation { OperatorMethod: null, Type.SpecialType: SpecialType.System_Boolean } comparison when Positive(comparison.OperatorKind) is var (kind, isNegated):
                return KeyOf(comparison.LeftOperand, isFixed, 0) is { } left && KeyOf(comparison.RightOperand, isFixed, 0) is { } right
                    ? new Question((kind, left, right), isNegated)
                    : null;
            case IInvocationOperation { TargetMethod: { Name: nameof(Enum.HasFlag), ContainingType.SpecialType: SpecialType.System_Enum }, Instance: { } flags, Arguments: [{ Value: var flag }] }:
                return KeyOf(flags, isFixed, 0) is { } whole && KeyOf(flag, isFixed, 0) is { } part ? new Question((nameof(Enum.HasFlag), whole, part), false) : null;
            default:
                return null;
        }
    }

    /// <summary>The one of two opposite comparisons that stands for both.</summary>
    private static (BinaryOperatorKind Kind, bool IsNegated)? Positive(BinaryOperatorKind kind) => kind switch
    {
        BinaryOperatorKind.NotEquals or BinaryOperatorKind.LessThan or BinaryOperatorKind.GreaterThan => (kind, false),
        BinaryOperatorKind.Equals => (BinaryOperatorKind.NotEquals, true),
        BinaryOperatorKind.GreaterThanOrEqual => (BinaryOperatorKind.LessThan, true),
        BinaryOperatorKind.LessThanOrEqual => (BinaryOperatorKind.GreaterThan, true),
        _ => null,
    };

    /// <summary>What is equal for expressions that always have one value; null if nobody knows that.</summary>
    private static object? KeyOf(IOperation operation, Func<IParameterSymbol, bool> isFixed, int depth)
    {
        if (depth++ > Depth)
            return null;

        if (operation.ConstantValue is { HasValue: true, Value: var constant })
            return new Value.Constant(constant);

        switch (operation)
        {
            case IParameterReferenceOperation { Parameter: var parameter }:
                return isFixed(parameter) ? parameter : null;
            case IConversionOperation { OperatorMethod: null, Type: { } type } conversion:
                return KeyOf(conversion.Operand, isFixed, depth) is { } converted ? (type, converted) : null;
            case IUnaryOperation { OperatorMethod: null } unary:
                return KeyOf(unary.Operand, isFixed, depth) is { } operand ? (unary.OperatorKind, operand) : null;
            case IBinaryOperation { OperatorMethod: null } binary:
                return KeyOf(binary.LeftOperand, isFixed, depth) is { } left && KeyOf(binary.RightOperand, isFixed, depth) is { } right ? (binary.OperatorKind, left, right) : null;
            default:
                return null;
        }
    }
}

/// <summary>A condition of a body, as far as it can be asked again.</summary>
/// <param name="Key">What is equal for all conditions that have the same answer, or the opposite one.</param>
/// <param name="IsNegated">Whether this one has the opposite answer.</param>
internal readonly record struct Question(object Key, bool IsNegated);
