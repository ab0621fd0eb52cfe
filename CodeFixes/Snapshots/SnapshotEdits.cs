using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>Writes snapshots: the reader's call, and the local that carries what it gave.</summary>
internal static class SnapshotEdits
{
    /// <summary>The groups that one edit must settle: what is moved in front of one statement must keep its order.</summary>
    public static IEnumerable<ImmutableArray<SnapshotGroup>> Together(IEnumerable<SnapshotGroup> groups) =>
        groups.GroupBy(group => group.Placement is SnapshotPlacement.Before before ? before.Statement : (object)group).Select(together => together.ToImmutableArray());

    /// <summary>Makes all reads of a group one.</summary>
    /// <param name="edits">The document's edits.</param>
    /// <param name="group">The reads and where their one read goes.</param>
    public static void Apply(TreeEdits edits, SnapshotGroup group)
    {
        switch (group.Placement)
        {
            case SnapshotPlacement.InPlace:
                foreach (var read in group.Reads)
                    ReplaceByCall(edits, read);
                break;

            case SnapshotPlacement.Before before:
                var local = ReplaceByLocal(edits, group);
                edits.InsertBefore(before.Statement, Expressions.Plain(Declaration(group.Reads[0], local)));
                break;

            case SnapshotPlacement.Reuse reuse:
                ReplaceByCall(edits, group.Reads[0]);
                foreach (var read in group.Reads.Skip(1))
                    Replace(edits, read, _ => SyntaxFactory.IdentifierName(Expressions.Identifier(reuse.Local)));

                break;

            case SnapshotPlacement.InCondition condition:
                InsertConjunct(edits, condition.Condition, Expressions.Plain(Pattern(group.Reads[0], ReplaceByLocal(edits, group))));
                break;
        }
    }

    private static void ReplaceByCall(TreeEdits edits, EntryRead read)
    {
        if (read.Report is not null)
            Replace(edits, read, pointer => Expressions.Call(read.Reader.Name, pointer));
    }

    private static string ReplaceByLocal(TreeEdits edits, SnapshotGroup group)
    {
        var first = group.Reads[0];
        var local = edits.Names.Invent(first.Place, SnapshotNames.For(first.Address, first.EntryType));
        foreach (var read in group.Reads)
            Replace(edits, read, _ => SyntaxFactory.IdentifierName(local));

        return local;
    }

    private static void Replace(TreeEdits edits, EntryRead read, Func<ExpressionSyntax, ExpressionSyntax> value) =>
        PlaceEdits.Replace(edits, read.Address, pointer => WithWord(read, value(pointer)));

    private static ExpressionSyntax WithWord(EntryRead read, ExpressionSyntax value) => read.Word is { } word
        ? SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, value, SyntaxFactory.IdentifierName(Expressions.Identifier(word)))
        : value;

    private static LocalDeclarationStatementSyntax Declaration(EntryRead read, string local) =>
        SyntaxFactory.LocalDeclarationStatement(SyntaxFactory.VariableDeclaration(
            SyntaxFactory.IdentifierName("var").WithTrailingTrivia(SyntaxFactory.Space),
            SyntaxFactory.SingletonSeparatedList(SyntaxFactory.VariableDeclarator(
                SyntaxFactory.Identifier(local).WithTrailingTrivia(SyntaxFactory.Space),
                null,
                SyntaxFactory.EqualsValueClause(Spaced(SyntaxKind.EqualsToken), Call(read))))));

    private static IsPatternExpressionSyntax Pattern(EntryRead read, string local) =>
        SyntaxFactory.IsPatternExpression(
            Call(read).WithTrailingTrivia(SyntaxFactory.Space),
            SyntaxFactory.Token(default, SyntaxKind.IsKeyword, SyntaxFactory.TriviaList(SyntaxFactory.Space)),
            SyntaxFactory.VarPattern(
                SyntaxFactory.Token(default, SyntaxKind.VarKeyword, SyntaxFactory.TriviaList(SyntaxFactory.Space)),
                SyntaxFactory.SingleVariableDesignation(SyntaxFactory.Identifier(local))));

    private static InvocationExpressionSyntax Call(EntryRead read) => Expressions.Call(read.Reader.Name, read.Address.Argument.WithoutTrivia());

    /// <summary>Puts a conjunct in front of one of a chain, or of a whole condition.</summary>
    private static void InsertConjunct(TreeEdits edits, ExpressionSyntax condition, ExpressionSyntax conjunct)
    {
        if (condition.Parent is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression } chain && chain.Right == condition)
        {
            // a && b becomes (a && conjunct) && b: the operator is left-associative.
            edits.Replace(chain, current => current
                .WithLeft(And(current.Left, current.OperatorToken, conjunct.WithLeadingTrivia(current.Right.GetLeadingTrivia()).WithTrailingTrivia(current.Left.GetTrailingTrivia())))
                .WithOperatorToken(current.OperatorToken)
                .WithRight(current.Right.WithLeadingTrivia()));
            return;
        }

        var parenthesize = condition.Parent is BinaryExpressionSyntax { RawKind: not ((int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression) }
            or PrefixUnaryExpressionSyntax or CastExpressionSyntax or IsPatternExpressionSyntax or MemberAccessExpressionSyntax or SwitchExpressionSyntax or WithExpressionSyntax;
        edits.Replace(condition, current =>
        {
            var operand = Expressions.AsConjunct(current);
            var and = And(
                conjunct.WithLeadingTrivia(operand.GetLeadingTrivia()).WithTrailingTrivia(SyntaxFactory.Space),
                Spaced(SyntaxKind.AmpersandAmpersandToken),
                operand.WithLeadingTrivia());
            return parenthesize ? SyntaxFactory.ParenthesizedExpression(and.WithoutTrivia()).WithTriviaFrom(and) : and;
        });
    }

    private static BinaryExpressionSyntax And(ExpressionSyntax left, SyntaxToken and, ExpressionSyntax right) =>
        SyntaxFactory.BinaryExpression(SyntaxKind.LogicalAndExpression, left, and, right);

    private static SyntaxToken Spaced(SyntaxKind kind) => SyntaxFactory.Token(default, kind, SyntaxFactory.TriviaList(SyntaxFactory.Space));
}
