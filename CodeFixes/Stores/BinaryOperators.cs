using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Stores;

/// <summary>The operators that compound assignments apply.</summary>
internal static class BinaryOperators
{
    public static SyntaxKind? Of(AssignmentExpressionSyntax compound) => compound.Kind() switch
    {
        SyntaxKind.AddAssignmentExpression => SyntaxKind.AddExpression,
        SyntaxKind.SubtractAssignmentExpression => SyntaxKind.SubtractExpression,
        SyntaxKind.MultiplyAssignmentExpression => SyntaxKind.MultiplyExpression,
        SyntaxKind.DivideAssignmentExpression => SyntaxKind.DivideExpression,
        SyntaxKind.ModuloAssignmentExpression => SyntaxKind.ModuloExpression,
        SyntaxKind.AndAssignmentExpression => SyntaxKind.BitwiseAndExpression,
        SyntaxKind.OrAssignmentExpression => SyntaxKind.BitwiseOrExpression,
        SyntaxKind.ExclusiveOrAssignmentExpression => SyntaxKind.ExclusiveOrExpression,
        SyntaxKind.LeftShiftAssignmentExpression => SyntaxKind.LeftShiftExpression,
        SyntaxKind.RightShiftAssignmentExpression => SyntaxKind.RightShiftExpression,
        SyntaxKind.UnsignedRightShiftAssignmentExpression => SyntaxKind.UnsignedRightShiftExpression,
        _ => null,
    };

    /// <summary><c>pte | x</c> for <c>*p |= x</c></summary>
    public static BinaryExpressionSyntax Make(SyntaxKind kind, string left, AssignmentExpressionSyntax compound)
    {
        var binary = SyntaxFactory.BinaryExpression(kind, SyntaxFactory.IdentifierName(left), Expressions.AsOperand(Expressions.Trimmed(compound.Right.WithoutTrailingTrivia())));
        var space = SyntaxFactory.TriviaList(SyntaxFactory.Space);
        return binary.WithOperatorToken(SyntaxFactory.Token(space, binary.OperatorToken.Kind(), space));
    }
}
