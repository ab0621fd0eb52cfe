using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using PteGuard.Analyzers.Access;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>Tells the barriers that order nothing but reads of entries, which a lockless reader orders itself.</summary>
internal sealed class SurplusBarriers(SemanticModel model, ImmutableArray<EntryAccess> accesses)
{
    /// <summary>The barrier behind the statement of some reads, if no other part of the statement, and no store before it, may need it.</summary>
    /// <param name="reads">Where the reads are reported that call the reader from now on.</param>
    public ExpressionStatementSyntax? Behind(ImmutableArray<TextSpan> reads)
    {
        var access = accesses.First(a => reads.Contains(a.Site.Span));
        return access.Barrier is ExpressionStatementSyntax barrier
            && access.Site.FirstAncestorOrSelf<StatementSyntax>() is { } statement
            && ValueIn(statement) is { } value
            && accesses.All(a => !statement.Span.Contains(a.Site.Span) || reads.Contains(a.Site.Span))
            && value.DescendantNodesAndSelf().All(node => reads.Contains(node.Span) || !DoesMore(node))
            && !StoresBefore(statement)
            && !Directives.Touch(barrier)
            && IsEasyToTakeOut(barrier)
            ? barrier
            : null;
    }

    /// <summary>The value that a statement gives to a variable, and does no more.</summary>
    private ExpressionSyntax? ValueIn(StatementSyntax statement) => statement switch
    {
        LocalDeclarationStatementSyntax { Declaration.Variables: [{ Initializer.Value: var value }] } => value,
        ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment } when IsOwn(assignment.Left) => assignment.Right,
        _ => null,
    };

    // The line break behind the last statement of a list would go with it.
    private static bool IsEasyToTakeOut(ExpressionStatementSyntax barrier) =>
        Layout.StartsLine(barrier.GetFirstToken()) || !barrier.GetLastToken().GetNextToken().IsKind(SyntaxKind.CloseBraceToken);

    private static bool DoesMore(SyntaxNode node) =>
        node is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax or AwaitExpressionSyntax or ElementAccessExpressionSyntax { Expression: MemberAccessExpressionSyntax }
        || Stored(node) is not null;

    // A full barrier also keeps a store in front of it from being overtaken by what follows; a reader does not.
    private bool StoresBefore(StatementSyntax statement) =>
        statement.FirstAncestorOrSelf<MemberDeclarationSyntax>() is not { } member
        || member.DescendantNodes(node => node.SpanStart < statement.SpanStart).Any(node =>
            node.SpanStart < statement.SpanStart && Stored(node) is { } target && !IsOwn(target));

    private static ExpressionSyntax? Stored(SyntaxNode node) => node switch
    {
        AssignmentExpressionSyntax assignment => assignment.Left,
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression } step => step.Operand,
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression or (int)SyntaxKind.PostDecrementExpression } step => step.Operand,
        ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword } argument when argument.Parent?.Parent is InvocationExpressionSyntax call && !IsLoad(call) => argument.Expression,
        _ => null,
    };

    private static bool IsLoad(InvocationExpressionSyntax call) =>
        call.Expression is MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Read" or "VolatileRead" };

    /// <summary>Whether a variable is this method's own, which no one else reads.</summary>
    private bool IsOwn(ExpressionSyntax target) => model.GetSymbolInfo(target).Symbol is
        ILocalSymbol { IsRef: false } or IParameterSymbol { RefKind: RefKind.None } or IDiscardSymbol;
}
