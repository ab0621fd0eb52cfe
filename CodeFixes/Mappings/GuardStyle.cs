using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Mappings;

/// <summary>Sees how the code around sets its guards, <c>if (x == null) return;</c>, off from what follows.</summary>
internal static class GuardStyle
{
    /// <summary>Whether a blank line belongs between a guard that is put behind a statement and the next statement.</summary>
    public static bool WantsBlankLine(StatementSyntax statement) =>
        Layout.IsOnOwnLine(statement) && Next(statement) is { } next && !StartsWithBlankLine(next) && (Nearest(statement) is not { } guard || StartsWithBlankLine(Next(guard)!));

    /// <summary>The guard next to a position in the same member, or if that has none, in the same file.</summary>
    private static IfStatementSyntax? Nearest(StatementSyntax statement)
    {
        var member = statement.FirstAncestorOrSelf<MemberDeclarationSyntax>(m => m is not GlobalStatementSyntax);
        foreach (var scope in (SyntaxNode?[])[member, statement.SyntaxTree.GetRoot()])
        {
            var guards = scope?.DescendantNodes().OfType<IfStatementSyntax>().Where(IsGuard);
            if (guards?.OrderBy(guard => Math.Abs(guard.SpanStart - statement.SpanStart)).FirstOrDefault() is { } nearest)
                return nearest;
        }

        return null;
    }

    private static bool IsGuard(IfStatementSyntax statement) =>
        statement is { Else: null, Condition: BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression } or IsPatternExpressionSyntax or PrefixUnaryExpressionSyntax }
        && (statement.Statement is BlockSyntax { Statements: [.., var last] } ? last : statement.Statement)
            is ReturnStatementSyntax or ContinueStatementSyntax or GotoStatementSyntax or ThrowStatementSyntax or BreakStatementSyntax
        && Layout.IsOnOwnLine(statement) && Next(statement) is not (null or IfStatementSyntax);

    private static StatementSyntax? Next(StatementSyntax statement)
    {
        SyntaxNode item = statement.Parent is GlobalStatementSyntax global ? global : statement;
        while (item.Parent is LabeledStatementSyntax label)
            item = label;

        var siblings = item.Parent!.ChildNodes().SkipWhile(sibling => sibling != item).Skip(1);
        return siblings.FirstOrDefault() switch
        {
            StatementSyntax next => next,
            GlobalStatementSyntax next => next.Statement,
            _ => null,
        };
    }

    private static bool StartsWithBlankLine(StatementSyntax statement) =>
        statement.GetLeadingTrivia().SkipWhile(t => t.IsKind(SyntaxKind.WhitespaceTrivia)).FirstOrDefault().IsKind(SyntaxKind.EndOfLineTrivia);
}
