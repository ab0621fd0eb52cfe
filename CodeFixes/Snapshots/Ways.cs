using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>Tells, by syntax alone, whether code that has run one node can come to a later one.</summary>
internal static class Ways
{
    /// <summary>Whether the two, in either order, are never both evaluated in one pass.</summary>
    public static bool AreExclusive(SyntaxNode left, SyntaxNode right) => Common(left, right) switch
    {
        ConditionalExpressionSyntax conditional => !conditional.Condition.Span.Contains(left.Span) && !conditional.Condition.Span.Contains(right.Span),
        SwitchExpressionSyntax @switch => IsArm(@switch, left) && IsArm(@switch, right),
        IfStatementSyntax { Else: { } other } statement => (statement.Statement.Span.Contains(left.Span) && other.Span.Contains(right.Span))
            || (statement.Statement.Span.Contains(right.Span) && other.Span.Contains(left.Span)),
        SwitchStatementSyntax @switch => IsSection(@switch, left) && IsSection(@switch, right),
        _ => false,
    };

    /// <summary>Whether there is a way from a node to a later one that stays in the decision around them.</summary>
    public static bool Lead(SyntaxNode from, SyntaxNode to, Decision decision)
    {
        if (AreExclusive(from, to))
            return false;

        var common = Common(from, to);
        var isGuarded = from.Ancestors().TakeWhile(a => a != decision.Root).Any(a => a is TryStatementSyntax);
        for (var branch = from; branch != common; branch = branch.Parent!)
        {
            if (!isGuarded && branch is { Parent: IfStatementSyntax or ElseClauseSyntax } or SwitchSectionSyntax && Leaves(branch, decision))
                return false;
        }

        return true;
    }

    /// <summary>The innermost node that contains both.</summary>
    public static SyntaxNode Common(SyntaxNode left, SyntaxNode right)
    {
        var common = left;
        while (!common.Span.Contains(right.Span))
            common = common.Parent!;

        return common;
    }

    /// <summary>Whether a branch ends in a jump out of all that the decision is about.</summary>
    private static bool Leaves(SyntaxNode branch, Decision decision) => branch switch
    {
        BlockSyntax { Statements: [.., var last] } => Leaves(last, decision),
        SwitchSectionSyntax { Statements: [.., var last] } => Leaves(last, decision),
        ReturnStatementSyntax or ThrowStatementSyntax or ContinueStatementSyntax => true,
        GotoStatementSyntax { RawKind: (int)SyntaxKind.GotoStatement } => true,
        YieldStatementSyntax { RawKind: (int)SyntaxKind.YieldBreakStatement } => true,
        BreakStatementSyntax => branch.Ancestors().First(a => a is SwitchStatementSyntax or WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax) is var left
            && (left == decision.Root || left.Span.Contains(decision.Root.Span)),
        _ => false,
    };

    // The guards of a switch's arms are evaluated one after the other.
    private static bool IsArm(SwitchExpressionSyntax @switch, SyntaxNode node) =>
        @switch.Arms.Any(arm => arm.Expression.Span.Contains(node.Span));

    private static bool IsSection(SwitchStatementSyntax @switch, SyntaxNode node) =>
        @switch.Sections.Any(section => section.Statements.Any(s => s.Span.Contains(node.Span)));
}
