using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

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
}
