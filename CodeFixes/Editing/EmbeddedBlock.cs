using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.CodeFixes.Editing;

/// <summary>Turns the lone statement under an <c>if</c>, <c>else</c> or loop into a block that has room for more.</summary>
internal static class EmbeddedBlock
{
    /// <param name="original">The parent as it was, in the whole tree.</param>
    /// <param name="current">The parent with the edits inside it made.</param>
    /// <param name="child">The lone statement as it was.</param>
    /// <param name="now">The lone statement in <paramref name="current"/>.</param>
    /// <param name="inserted">What goes in front of it and behind it.</param>
    /// <param name="endOfLine">The document's line break.</param>
    public static SyntaxNode Make(SyntaxNode original, SyntaxNode current, StatementSyntax child, StatementSyntax now, StatementListEdits.ItemEdits inserted, string endOfLine)
    {
        var outer = Layout.LineIndentationOf(original.GetFirstToken());
        var ownLine = Layout.StartsLine(child.GetFirstToken());
        var step = Layout.IndentStep(outer, ownLine ? Layout.LineIndentationOf(child.GetFirstToken()) : null);
        var statement = ownLine ? now : Layout.Shift(now, step).WithLeadingTrivia(Layout.Whitespace(outer + step));
        var newLine = SyntaxFactory.EndOfLine(endOfLine);
        var endsLine = child.GetTrailingTrivia().Any(SyntaxKind.EndOfLineTrivia);
        var lines = Layout.InFrontOf(statement, ownLine: true, inserted.Before, endOfLine, out var rest);
        lines.Add(Layout.EndLine(rest, endOfLine));
        lines.AddRange(inserted.After.Select(after => Layout.OnOwnLine(after.Statement, Layout.IndentationOf(statement), endOfLine)));
        var block = SyntaxFactory.Block(
            SyntaxFactory.Token(Layout.Whitespace(outer), SyntaxKind.OpenBraceToken, SyntaxFactory.TriviaList(newLine)),
            SyntaxFactory.List(lines),
            SyntaxFactory.Token(Layout.Whitespace(outer), SyntaxKind.CloseBraceToken, SyntaxFactory.TriviaList(endsLine ? newLine : SyntaxFactory.Space)));

        var mark = new SyntaxAnnotation();
        var parent = current.ReplaceNode(now, block.WithAdditionalAnnotations(mark));
        if (ownLine)
            return parent;

        var before = parent.GetAnnotatedNodes(mark).Single().GetFirstToken().GetPreviousToken();
        return parent.ReplaceToken(before, before.WithTrailingTrivia(Layout.TrimEnd(before.TrailingTrivia).Add(newLine)));
    }
}
