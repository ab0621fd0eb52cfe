using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.Analyzers.Facts;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Mappings;

/// <summary>What statements do to variables.</summary>
internal sealed class VariableUses(SemanticModel model)
{
    public bool Mentions(SyntaxNode node, ISymbol variable) => Names(node, variable).Any();

    public bool Writes(SyntaxNode node, ISymbol variable) => CountWrites(node, variable) > 0;

    public int CountWrites(SyntaxNode node, ISymbol variable) => Targets(node, variable).Count();

    /// <summary>The places where the variable is written, or may be by whoever is given its address.</summary>
    public IEnumerable<ExpressionSyntax> Targets(SyntaxNode node, ISymbol variable) => Names(node, variable).Select(Whole).Where(target => target.Parent switch
    {
        AssignmentExpressionSyntax assignment => assignment.Left == target,
        PrefixUnaryExpressionSyntax unary => unary.Kind() is SyntaxKind.PreIncrementExpression or SyntaxKind.PreDecrementExpression or SyntaxKind.AddressOfExpression,
        PostfixUnaryExpressionSyntax unary => unary.Kind() is SyntaxKind.PostIncrementExpression or SyntaxKind.PostDecrementExpression,
        ArgumentSyntax argument => !argument.RefKindKeyword.IsKind(SyntaxKind.None) || argument.Parent is TupleExpressionSyntax,
        RefExpressionSyntax => true,
        _ => false,
    });

    /// <summary>Whether the statement calls something and goes on: it may have changed whatever is in memory.</summary>
    public bool CallsOn(StatementSyntax statement) => statement is IfStatementSyntax { Else: null } check
        ? HasCall(check.Condition)
        : HasCall(statement);

    private bool HasCall(SyntaxNode node) => node.DescendantNodesAndSelf().Any(n =>
        n is InvocationExpressionSyntax call ? !IsReader(call) : n is BaseObjectCreationExpressionSyntax or AwaitExpressionSyntax);

    /// <summary>Whether all that is called is a reader of an entry, as PTE0001's fix writes them.</summary>
    private bool IsReader(InvocationExpressionSyntax call) =>
        model.GetSymbolInfo(call).Symbol is IMethodSymbol { ReturnsVoid: false, Parameters: [var entry] } && EntryFacts.ReadsEntry(entry);

    private static ExpressionSyntax Whole(IdentifierNameSyntax name) =>
        Expressions.WithParentheses(name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name);

    private IEnumerable<IdentifierNameSyntax> Names(SyntaxNode node, ISymbol variable) => node.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>()
        .Where(name => name.Identifier.ValueText == variable.Name && SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(name).Symbol, variable));
}
