using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.CodeFixes.Editing;

/// <summary>Ref locals that stay on the entry they were made for, computed from variables that stay as they were.</summary>
internal static class ReferenceLocals
{
    /// <summary>The <c>*p</c> of <c>ref var r = ref *p</c>, if <c>r</c> still means it here; otherwise null.</summary>
    public static ExpressionSyntax? Referent(IdentifierNameSyntax name, SemanticModel model)
    {
        if (model.GetSymbolInfo(name).Symbol is not ILocalSymbol { IsRef: true, DeclaringSyntaxReferences: [var declaration] } local
            || declaration.GetSyntax() is not VariableDeclaratorSyntax { Initializer.Value: RefExpressionSyntax { Expression: var referent } } declarator
            || declarator.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } member
            || IsReassigned(local, member, model))
            return null;

        var variables = referent.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().ToList();
        return variables.Count > 0
            && referent.DescendantNodesAndSelf().All(n => n is not (InvocationExpressionSyntax or AssignmentExpressionSyntax or MemberAccessExpressionSyntax))
            && variables.All(v => model.GetSymbolInfo(v).Symbol is ILocalSymbol { IsRef: false } or IParameterSymbol { RefKind: RefKind.None })
            && variables.All(v => !IsWrittenAfter(model.GetSymbolInfo(v).Symbol!, declarator, member, model))
                ? referent
                : null;
    }

    private static bool IsReassigned(ILocalSymbol local, SyntaxNode member, SemanticModel model) =>
        member.DescendantNodes().OfType<AssignmentExpressionSyntax>()
            .Any(a => a.Right is RefExpressionSyntax && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(a.Left).Symbol, local));

    // Where there is a loop, "after" is everywhere, so any write but the variable's own declaration counts.
    private static bool IsWrittenAfter(ISymbol variable, SyntaxNode declarator, SyntaxNode member, SemanticModel model) =>
        member.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Any(name => name.Identifier.ValueText == variable.Name && IsWritten(name) && !declarator.Span.Contains(name.Span)
                && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name).Symbol, variable))
        || declarator.DescendantNodes().Any(n => n.Kind() is SyntaxKind.PreIncrementExpression or SyntaxKind.PreDecrementExpression
            or SyntaxKind.PostIncrementExpression or SyntaxKind.PostDecrementExpression);

    private static bool IsWritten(IdentifierNameSyntax name) => Expressions.WithParentheses(name).Parent switch
    {
        AssignmentExpressionSyntax assignment => assignment.Left.Span.Contains(name.Span),
        PrefixUnaryExpressionSyntax unary => unary.Kind() is SyntaxKind.PreIncrementExpression or SyntaxKind.PreDecrementExpression or SyntaxKind.AddressOfExpression,
        PostfixUnaryExpressionSyntax unary => !unary.IsKind(SyntaxKind.SuppressNullableWarningExpression),
        ArgumentSyntax argument => !argument.RefKindKeyword.IsKind(SyntaxKind.None) || argument.Parent is TupleExpressionSyntax { Parent: AssignmentExpressionSyntax },
        _ => false,
    };
}
