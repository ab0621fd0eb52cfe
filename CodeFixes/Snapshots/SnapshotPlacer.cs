using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>
/// Finds the place where several reads of one entry can be made one: it must be reached exactly when the
/// first of them is, with nothing done before it that the first read came after.
/// </summary>
internal sealed class SnapshotPlacer(SemanticModel model)
{
    private readonly EvaluationOrder _order = new(model);
    private readonly Inertness _inertness = new(model);

    /// <param name="decision">What the reads belong to.</param>
    /// <param name="reads">Reads of one entry, in source order.</param>
    /// <param name="placed">The groups of reads before these; those that must move in front of the statement too are moved.</param>
    public SnapshotPlacement? Place(Decision decision, List<EntryRead> reads, Dictionary<EntryRead, SnapshotGroup> placed)
    {
        var host = HostOf(decision, reads[0]);
        var condition = HeaderOf(decision, host, reads[0].Place);
        var inside = reads.FindAll(read => condition is null || condition.Span.Contains(read.Place.Span));
        var inCondition = inside.Count == reads.Count ? InCondition(inside) : InConditionFor(condition!, inside, reads);
        var placement = host?.Parent is ElseClauseSyntax
            ? inCondition ?? (SnapshotPlacement?)Before(host, reads, placed)
            : Before(host, reads, placed) ?? (SnapshotPlacement?)inCondition ?? ReadAnyway(host as IfStatementSyntax, reads);
        return placement is null || PartFromIt(placement, reads) ? null : placement;
    }

    /// <summary>Whether in some build the reads would be left without their snapshot.</summary>
    private static bool PartFromIt(SnapshotPlacement placement, List<EntryRead> reads)
    {
        SyntaxNode? place = placement switch
        {
            SnapshotPlacement.Before before => before.Statement,
            SnapshotPlacement.InCondition condition => condition.Condition,
            _ => null,
        };
        return place is not null && Directives.Part(place.SyntaxTree.GetRoot(), TextSpan.FromBounds(place.SpanStart, reads[reads.Count - 1].Place.Span.End));
    }

    // A later condition of an else-if chain is a statement of its own.
    private static StatementSyntax? HostOf(Decision decision, EntryRead first) => decision.Root switch
    {
        IfStatementSyntax => first.Place.FirstAncestorOrSelf<IfStatementSyntax>(),
        StatementSyntax statement and not (LocalFunctionStatementSyntax or BlockSyntax) => statement,
        _ => null,
    };

    /// <summary>The condition that decides whether other statements run; null if there is none.</summary>
    private static SyntaxNode? HeaderOf(Decision decision, StatementSyntax? host, SyntaxNode first) => host switch
    {
        IfStatementSyntax statement => statement.Condition,
        SwitchStatementSyntax => first.FirstAncestorOrSelf<WhenClauseSyntax>()?.Condition,
        null => decision.Root,
        _ => null,
    };

    // A block that is made around a statement must begin and end in the same builds.
    private static bool HasRoom(StatementSyntax host) => TreeEdits.StandsInList(host) || !Directives.Touch(host);

    private SnapshotPlacement.Before? Before(StatementSyntax? host, List<EntryRead> reads, Dictionary<EntryRead, SnapshotGroup> placed)
    {
        if (host is null || !HasRoom(host) || Declares(host, reads[0]) || _order.Before(reads[0].Place, host) is not { } earlier)
            return null;

        var placement = new SnapshotPlacement.Before(host);
        var moved = new List<EntryRead>();
        foreach (var expression in earlier)
        {
            if (placed.Keys.FirstOrDefault(r => Denotes(r, expression)) is not { Pointer.Stability: PointerStability.Stable } read)
                return null;

            if (Declares(host, read))
                return null;

            if (placed[read].Placement is SnapshotPlacement.InPlace)
                moved.Add(read);
            else if (placed[read].Placement != placement && placed[read].Reads[0].Place.SpanStart >= host.SpanStart)
                return null;
        }

        foreach (var read in moved)
            placed[read] = placed[read] with { Placement = placement };

        return placement;
    }

    /// <summary>Whether the pointer is not there yet in front of the statement: <c>int i = 1, n = F(p[i], p[i]);</c></summary>
    private static bool Declares(StatementSyntax host, EntryRead read) =>
        read.Pointer.Variables.Any(variable => variable.DeclaringSyntaxReferences.Any(d => d.SyntaxTree == host.SyntaxTree && host.Span.Contains(d.Span)));

    /// <summary>Whether the expression is the read and no more than a field or getter of what was read.</summary>
    private static bool Denotes(EntryRead read, ExpressionSyntax expression) =>
        Expressions.WithoutParentheses(expression) is var inner
        && (inner == read.Place || inner is MemberAccessExpressionSyntax { Expression: var receiver } && Expressions.WithoutParentheses(receiver) == read.Place);

    private SnapshotPlacement.InCondition? InCondition(List<EntryRead> reads)
    {
        var first = reads[0].Place;
        var common = Ways.Common(first, reads[reads.Count - 1].Place);
        foreach (var read in reads)
            common = Ways.Common(common, read.Place);

        return Anchor(common, first, reads) is { } anchor
            && WithOwnParentheses(anchor) is var condition
            && !condition.Ancestors().Any(a => a is QueryExpressionSyntax)
            && IsCondition(condition)
            && _order.Before(first, condition) is { IsEmpty: true }
            ? new SnapshotPlacement.InCondition(condition)
            : null;
    }

    /// <summary>The same, where some reads stand in what the condition decides about: they come to it on one of its outcomes only.</summary>
    private SnapshotPlacement.InCondition? InConditionFor(SyntaxNode condition, List<EntryRead> inside, List<EntryRead> reads)
    {
        var (body, other) = condition.Parent switch
        {
            IfStatementSyntax branch => (branch.Statement.Span, branch.Else?.Span),
            WhileStatementSyntax loop => (loop.Statement.Span, null),
            ForStatementSyntax loop => (loop.Statement.Span, null),
            WhenClauseSyntax { Parent.Parent: SwitchSectionSyntax { Labels.Count: 1 } section } => (TextSpan.FromBounds(section.Labels[0].Span.End, section.Span.End), (TextSpan?)null),
            _ => default,
        };
        var outside = reads.Except(inside).ToList();
        var first = reads[0].Place;
        var anchor = outside.TrueForAll(r => body.Contains(r.Place.Span) || IsBehind(r, true)) ? Assigning((ExpressionSyntax)condition, first, true)
            : outside.TrueForAll(r => other?.Contains(r.Place.Span) == true || IsBehind(r, false)) ? Assigning((ExpressionSyntax)condition, first, false)
            : null;
        return anchor is not null && inside.Count > 0 && WithOwnParentheses(anchor) is var whole && IsCondition(whole) && _order.Before(first, whole) is { IsEmpty: true }
            ? new SnapshotPlacement.InCondition(whole)
            : null;

        // Behind a statement that leaves on the other outcome, where what its condition declares is visible.
        bool IsBehind(EntryRead read, bool outcome) => condition.Parent is IfStatementSyntax { Parent: { } list } branch
            && TreeEdits.StandsInList(branch) && list.Span.Contains(read.Place.Span) && read.Place.SpanStart > branch.Span.End
            && (outcome ? branch.Else?.Statement : branch.Statement) is { } left && model.AnalyzeControlFlow(left) is { Succeeded: true, EndPointIsReachable: false };
    }

    /// <summary>The part of a condition that assigns a variable in front of it for sure where the condition has this outcome.</summary>
    private static ExpressionSyntax? Assigning(ExpressionSyntax condition, SyntaxNode first, bool outcome) => Expressions.WithoutParentheses(condition) switch
    {
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } both when outcome => Assigning(both.Left.Span.Contains(first.Span) ? both.Left : both.Right, first, true),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalOrExpression } either when !outcome => Assigning(either.Left.Span.Contains(first.Span) ? either.Left : either.Right, first, false),
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } negation => Assigning(negation.Operand, first, !outcome) ?? (outcome ? negation : null),
        var other => outcome ? other : null,
    };

    /// <summary>In front of an <c>if</c> whose condition may pass the first read over, but then reads the same entry right away.</summary>
    private SnapshotPlacement.Before? ReadAnyway(IfStatementSyntax? host, List<EntryRead> reads)
    {
        if (host is null || !HasRoom(host) || Expressions.WithoutParentheses(host.Condition) is not BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } shortCut
            || !shortCut.Right.Span.Contains(reads[0].Place.Span) || !_inertness.Is(shortCut.Left) || _order.Before(reads[0].Place, shortCut.Right) is not { IsEmpty: true })
            return null;

        var next = shortCut.IsKind(SyntaxKind.LogicalOrExpression) ? host.Statement : host.Else?.Statement;
        while (next is BlockSyntax { Statements: [var start, ..] })
            next = start;

        return next is not null && reads.Exists(read => next.Span.Contains(read.Place.Span) && _order.Before(read.Place, next) is { IsEmpty: true })
            ? new SnapshotPlacement.Before(host)
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
