using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Mappings;

/// <summary>A statement that looks a lock up and does nothing else: <c>var ptl = PteLockptr(…);</c>, <c>ptl = PteLockptr(…);</c></summary>
/// <param name="Statement">The statement.</param>
/// <param name="Call">The lookup's call.</param>
/// <param name="Method">The method that looks up.</param>
/// <param name="Variable">The local that holds the lock afterwards.</param>
/// <param name="DeclaredType">The type as the statement declares the local; null: it is declared elsewhere.</param>
internal sealed record LockLookup(StatementSyntax Statement, InvocationExpressionSyntax Call, IMethodSymbol Method, ISymbol Variable, TypeSyntax? DeclaredType)
{
    public static LockLookup? Of(SyntaxNode node, SemanticModel model)
    {
        if (node.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call || model.GetSymbolInfo(call).Symbol is not IMethodSymbol method)
            return null;

        return call.FirstAncestorOrSelf<StatementSyntax>() switch
        {
            LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0, Declaration: { Variables: [{ Initializer.Value: var value } declarator] } declaration } statement when value == call =>
                model.GetDeclaredSymbol(declarator) is ILocalSymbol { IsRef: false } local ? new(statement, call, method, local, declaration.Type.WithoutTrivia()) : null,
            ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } store } statement when store.Right == call =>
                model.GetSymbolInfo(store.Left).Symbol is ILocalSymbol { IsRef: false } local ? new(statement, call, method, local, null) : null,
            _ => null,
        };
    }

    /// <summary>The lock as an <c>out</c> argument.</summary>
    public ArgumentSyntax OutArgument()
    {
        ExpressionSyntax target = DeclaredType is null
            ? SyntaxFactory.IdentifierName(Expressions.Identifier(Variable))
            : SyntaxFactory.DeclarationExpression(DeclaredType.WithTrailingTrivia(SyntaxFactory.Space), SyntaxFactory.SingleVariableDesignation(Expressions.Identifier(Variable)));
        return SyntaxFactory.Argument(null, SyntaxFactory.Token(default, SyntaxKind.OutKeyword, SyntaxFactory.TriviaList(SyntaxFactory.Space)), target);
    }

    /// <summary>Whether the lookup's arguments mean the same where the mapping is.</summary>
    public bool MayMove(List<StatementSyntax> between, StatementSyntax mapping, SemanticModel model)
    {
        var values = new PointerValues(model);
        var uses = new VariableUses(model);
        foreach (var argument in Call.ArgumentList.Arguments)
        {
            var value = values.OfPointer(argument.Expression);
            if (value.Stability != PointerStability.Stable
                || value.Variables.Any(v => v is ILocalSymbol && v.Locations[0].SourceSpan.Start > Math.Min(mapping.SpanStart, Statement.SpanStart))
                || value.Variables.Any(v => uses.Writes(mapping, v) || between.Any(s => uses.Writes(s, v)))
                || (value.UsesMemory && between.Any(uses.CallsOn)))
                return false;
        }

        return true;
    }
}
