using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.CodeFixes.Editing;
using PteGuard.CodeFixes.Mappings;

namespace PteGuard.CodeFixes.Leaks;

/// <summary>Tells variables apart that walk through a table: behind its last entry, they point into no table or another one.</summary>
internal static class PointerSteps
{
    /// <summary>Whether a variable is given, anywhere in the member around a statement, what is not plainly a call's result, null, or a variable that has not moved.</summary>
    public static bool MayHaveMoved(ISymbol variable, SyntaxNode statement, SemanticModel model) =>
        MayHaveMoved(variable, statement.Ancestors().FirstOrDefault(a => a is MemberDeclarationSyntax and not GlobalStatementSyntax) ?? statement.SyntaxTree.GetRoot(), model, new(SymbolEqualityComparer.Default));

    private static bool MayHaveMoved(ISymbol variable, SyntaxNode member, SemanticModel model, HashSet<ISymbol> seen)
    {
        if (!seen.Add(variable))
            return false;

        if (variable.DeclaringSyntaxReferences is [var reference] && reference.GetSyntax() is VariableDeclaratorSyntax { Initializer.Value: var first } && !IsWhole(first, member, model, seen))
            return true;

        return new VariableUses(model).Targets(member, variable).Any(target => target.Parent switch
        {
            AssignmentExpressionSyntax assignment => !assignment.IsKind(SyntaxKind.SimpleAssignmentExpression) || !IsWhole(assignment.Right, member, model, seen),
            ArgumentSyntax argument => !argument.RefKindKeyword.IsKind(SyntaxKind.OutKeyword) || argument.Parent is TupleExpressionSyntax,
            _ => true,
        });
    }

    private static bool IsWhole(ExpressionSyntax value, SyntaxNode member, SemanticModel model, HashSet<ISymbol> seen) => Expressions.WithoutParentheses(value) switch
    {
        InvocationExpressionSyntax or LiteralExpressionSyntax or DefaultExpressionSyntax => true,
        CastExpressionSyntax cast => IsWhole(cast.Expression, member, model, seen),
        ConditionalExpressionSyntax choice => IsWhole(choice.WhenTrue, member, model, seen) && IsWhole(choice.WhenFalse, member, model, seen),
        AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } chain => IsWhole(chain.Right, member, model, seen),
        IdentifierNameSyntax name => model.GetSymbolInfo(name).Symbol is ILocalSymbol or IParameterSymbol && !MayHaveMoved(model.GetSymbolInfo(name).Symbol!, member, model, seen),
        _ => false,
    };
}
