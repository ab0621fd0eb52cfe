using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace PteGuard.CodeFixes.Leaks;

/// <summary>Finds where in the source a branch of the graph can be given something to do.</summary>
/// <remarks>What stands there runs whenever the branch is taken, and also when another branch with the same place is.</remarks>
internal sealed class ReleasePlaces
{
    private readonly SemanticModel _model;
    private readonly Dictionary<StatementSyntax, int> _blocks = [];
    private readonly HashSet<StatementSyntax> _scattered = [];

    public ReleasePlaces(ControlFlowGraph graph, SemanticModel model)
    {
        _model = model;
        foreach (var block in graph.Blocks)
        {
            foreach (var operation in block.BranchValue is { } value ? block.Operations.Append(value) : block.Operations)
                Note(operation, block.Ordinal);
        }
    }

    /// <returns>Null if nothing can be written that runs on this branch alone.</returns>
    public ReleasePlace? Of(ControlFlowBranch branch)
    {
        var source = branch.Source;
        if (source.ConditionalSuccessor is not null)
            return OfCondition(source.BranchValue!.Syntax, branch.IsConditionalSuccessor == (source.ConditionKind == ControlFlowConditionKind.WhenTrue));

        if (source.BranchValue is { } value)
        {
            return branch.Semantics == ControlFlowBranchSemantics.Return
                && value.Syntax.FirstAncestorOrSelf<StatementSyntax>() is ReturnStatementSyntax { Expression: not (null or RefExpressionSyntax) } leaving && leaving.Expression.Span.Contains(value.Syntax.Span)
                ? new(leaving, ReleasePosition.Before)
                : null;
        }

        // A statement that goes two ways ends in more than one block.
        return source.Operations.LastOrDefault()?.Syntax.FirstAncestorOrSelf<StatementSyntax>() is (ExpressionStatementSyntax or LocalDeclarationStatementSyntax) and { } last && !_scattered.Contains(last)
            ? new(last, ReleasePosition.After)
            : null;
    }

    private void Note(IOperation operation, int block)
    {
        if (operation.Syntax.FirstAncestorOrSelf<StatementSyntax>() is not { } statement)
            return;

        if (!_blocks.TryGetValue(statement, out var other))
            _blocks.Add(statement, block);
        else if (other != block)
            _scattered.Add(statement);
    }

    private ReleasePlace? OfCondition(SyntaxNode condition, bool outcome) => condition.FirstAncestorOrSelf<SyntaxNode>(n => n is StatementSyntax or SwitchLabelSyntax) switch
    {
        SwitchLabelSyntax { Parent: SwitchSectionSyntax section } when outcome && !MayBeJumpedTo(section) => InFrontOf(section.Statements.FirstOrDefault()),
        IfStatementSyntax decision when Outcome(condition, outcome, decision.Condition) is { } taken => taken ? InFrontOf(decision.Statement) : OfFailure(decision),
        WhileStatementSyntax loop when Outcome(condition, outcome, loop.Condition) is false => Behind(loop),
        DoStatementSyntax loop when Outcome(condition, outcome, loop.Condition) is false => Behind(loop),
        ForStatementSyntax { Condition: { } test } loop when Outcome(condition, outcome, test) is false => Behind(loop),
        ForEachStatementSyntax loop when !outcome && loop.Expression.Span.Contains(condition.Span) => Behind(loop),
        _ => null,
    };

    /// <summary>What a whole condition is where one of its parts has decided it; null if that has not, or cannot be told.</summary>
    private static bool? Outcome(SyntaxNode part, bool outcome, ExpressionSyntax whole)
    {
        for (var node = part; node != whole; node = node.Parent)
        {
            switch (node.Parent)
            {
                case ParenthesizedExpressionSyntax:
                    break;
                case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression }:
                    outcome = !outcome;
                    break;
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } and:
                    if (node == and.Left && outcome)
                        return null;

                    break;
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalOrExpression } or:
                    if (node == or.Left && !outcome)
                        return null;

                    break;
                default:
                    return null;
            }
        }

        return outcome;
    }

    /// <remarks>A return with a value is a branch of its own.</remarks>
    private static ReleasePlace? InFrontOf(StatementSyntax? first)
    {
        while (first is BlockSyntax block)
            first = block.Statements.FirstOrDefault();

        return first is null or LabeledStatementSyntax or EmptyStatementSyntax or ReturnStatementSyntax { Expression: not null } ? null : new(first, ReleasePosition.Before);
    }

    /// <summary>Whether more than its labels lead to a section.</summary>
    private static bool MayBeJumpedTo(SwitchSectionSyntax section) =>
        section.Labels.Any(l => l is DefaultSwitchLabelSyntax) || section.Parent!.DescendantNodes().Any(n => n is GotoStatementSyntax { RawKind: not (int)SyntaxKind.GotoStatement });

    private ReleasePlace? OfFailure(IfStatementSyntax decision)
    {
        if (decision.Else is { } otherwise)
            return InFrontOf(otherwise.Statement);

        if (!Completes(decision.Statement) && decision.Parent is BlockSyntax)
            return new(decision, ReleasePosition.After);

        // An else would go to the inner one.
        return decision.Statement is BlockSyntax or ExpressionStatementSyntax or ReturnStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax or GotoStatementSyntax or ThrowStatementSyntax
            ? new(decision, ReleasePosition.Else)
            : null;
    }

    /// <summary>The place behind a loop that ends only because its condition fails.</summary>
    private static ReleasePlace? Behind(StatementSyntax loop) =>
        loop.Parent is not BlockSyntax || loop.DescendantNodes(IsPartOf).OfType<BreakStatementSyntax>().Any() ? null : new(loop, ReleasePosition.After);

    /// <summary>Whether a <c>break</c> inside may be the loop's own; one of a loop or switch inside it counts, too.</summary>
    private static bool IsPartOf(SyntaxNode node) => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax);

    private bool Completes(StatementSyntax statement) => _model.AnalyzeControlFlow(statement) is not { Succeeded: true, EndPointIsReachable: false };
}
