using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Stores;

/// <summary>Where an expression is evaluated for its effect alone, so that a call without a value can take its place.</summary>
internal static class StatementPosition
{
    public static bool Is(ExpressionSyntax expression, SemanticModel model) => expression.Parent switch
    {
        ExpressionStatementSyntax => true,
        ForStatementSyntax statement => statement.Condition != expression,
        ArrowExpressionClauseSyntax => model.GetEnclosingSymbol(expression.SpanStart) is IMethodSymbol { ReturnsVoid: true },
        LambdaExpressionSyntax lambda => model.GetSymbolInfo(lambda).Symbol is IMethodSymbol { ReturnsVoid: true },
        _ => false,
    };

    /// <summary>
    /// Whether the expression is the whole of a lambda, and void is what makes the lambda an action: with a value in
    /// its place, <c>Run(() => p->Clear())</c> would call the overload that takes a function.
    /// </summary>
    public static bool GivesLambdaItsType(ExpressionSyntax expression, SemanticModel model) =>
        expression.Parent is LambdaExpressionSyntax lambda
        && model.GetTypeInfo(expression).Type?.SpecialType == SpecialType.System_Void
        && Expressions.WithParentheses(lambda).Parent switch
        {
            EqualsValueClauseSyntax { Parent.Parent: VariableDeclarationSyntax { Type.IsVar: var isVar } } => isVar,
            ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } => model.GetMemberGroup(call.Expression).Length != 1,
            ArgumentSyntax => true,
            _ => false,
        };
}
