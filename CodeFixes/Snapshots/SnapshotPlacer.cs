using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>
/// Finds the place where several reads of one entry can be made one: it must be reached exactly when the
/// first of them is, with nothing done before it that the first read came after.
/// </summary>
internal sealed class SnapshotPlacer(SemanticModel model)
{
    private readonly EvaluationOrder _order = new(model);

    /// <param name="decision">What the reads belong to.</param>
    /// <param name="reads">Reads of one entry, in source order.</param>
    /// <param name="placed">The groups of reads before these; those that must move in front of the statement too are moved.</param>
    public SnapshotPlacement? Place(Decision decision, List<EntryRead> reads, Dictionary<EntryRead, SnapshotGroup> placed)
    {
        var host = HostOf(decision, reads[0]);
        return host?.Parent is ElseClauseSyntax
            ? InCondition(reads) ?? (SnapshotPlacement?)Before(host, reads, placed)
            : Before(host, reads, placed) ?? (SnapshotPlacement?)InCondition(reads);
    }

    // A later condition of an else-if chain is a statement of its own.
    private static StatementSyntax? HostOf(Decision decision, EntryRead first) => decision.Root switch
    {
        IfStatementSyntax => first.Place.FirstAncestorOrSelf<IfStatementSyntax>(),
        StatementSyntax statement and not (LocalFunctionStatementSyntax or BlockSyntax) => statement,
        _ => null,
    };

    private SnapshotPlacement.Before? Before(StatementSyntax? host, List<EntryRead> reads, Dictionary<EntryRead, SnapshotGroup> placed)
    {
        if (host is null || _order.Before(reads[0].Place, host) is not { } earlier)
            return null;

        var placement = new SnapshotPlacement.Before(host);
        var moved = new List<EntryRead>();
        foreach (var expression in earlier)
        {
            if (placed.Keys.FirstOrDefault(r => Denotes(r, expression)) is not { Pointer.Stability: PointerStability.Stable } read)
                return null;

            if (placed[read].Placement is SnapshotPlacement.InPlace)
                moved.Add(read);
            else if (placed[read].Placement != placement)
                return null;
        }

        foreach (var read in moved)
            placed[read] = placed[read] with { Placement = placement };

        return placement;
    }

    /// <summary>Whether the expression is the read and no more than a field or getter of what was read.</summary>
    private static bool Denotes(EntryRead read, ExpressionSyntax expression) =>
        Expressions.WithoutParentheses(expression) is var inner
        && (inner == read.Place || inner is MemberAccessExpressionSyntax { Expression: var receiver } && Expressions.WithoutParentheses(receiver) == read.Place);

    private SnapshotPlacement.InCondition? InCondition(List<EntryRead> reads)
    {
        var first = reads[0].Place;
        var common = Exclusion.Common(first, reads[reads.Count - 1].Place);
        foreach (var read in reads)
            common = Exclusion.Common(common, read.Place);

        return Anchor(common, first, reads) is { } anchor
            && WithOwnParentheses(anchor) is var condition
            && !condition.Ancestors().Any(a => a is QueryExpressionSyntax)
            && IsCondition(condition)
            && _order.Before(first, condition) is { IsEmpty: true }
            ? new SnapshotPlacement.InCondition(condition)
            : null;
    }

    /// <summary>The operand of <c>&amp;&amp;</c>, or whole condition, to put the snapshot in front of: it holds wherever the other reads are.</summary>
    private ExpressionSyntax? Anchor(SyntaxNode common, ExpressionSyntax first, List<EntryRead> reads)
    {
        switch (common)
        {
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } chain:
                return Conjunct(chain, first);

            case ConditionalExpressionSyntax conditional when model.GetTypeInfo(conditional).Type is { SpecialType: not SpecialType.System_Boolean }:
                return conditional.Condition.Span.Contains(first.Span) && !reads.Any(r => conditional.WhenFalse.Span.Contains(r.Place.Span))
                    ? Conjunct(conditional.Condition, first)
                    : null;

            default:
                for (var node = common; node is ExpressionSyntax or ArgumentSyntax or ArgumentListSyntax; node = node.Parent)
                {
                    if (node is ExpressionSyntax expression && IsCondition(expression))
                        return expression;
                }

                return null;
        }
    }

    private static ExpressionSyntax Conjunct(ExpressionSyntax condition, SyntaxNode part)
    {
        while (condition is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } and)
            condition = and.Left.Span.Contains(part.Span) ? and.Left : and.Right;

        return condition;
    }

    // In a chain, the parentheses of an operand stay around the operand.
    private static ExpressionSyntax WithOwnParentheses(ExpressionSyntax condition) =>
        Expressions.WithParentheses(condition) is { Parent: BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } } operand ? operand : condition;

    private bool IsCondition(ExpressionSyntax expression) =>
        expression is not DeclarationExpressionSyntax
        && model.GetTypeInfo(expression) is { Type.SpecialType: SpecialType.System_Boolean } && model.GetConstantValue(expression) is { HasValue: false };
}
