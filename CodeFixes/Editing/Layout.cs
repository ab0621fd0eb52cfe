using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace PteGuard.CodeFixes.Editing;

/// <summary>
/// Lines, indentation and comments around statements. By hand and not by the formatter, so that nothing but
/// the edited lines changes, in the style of the lines around them.
/// </summary>
internal static class Layout
{
    public static string EndOfLineOf(SourceText text)
    {
        var first = text.Lines[0];
        return first.EndIncludingLineBreak > first.End ? text.ToString(TextSpan.FromBounds(first.End, first.EndIncludingLineBreak)) : "\n";
    }

    /// <summary>The white space in front of a node that starts its line.</summary>
    public static string IndentationOf(SyntaxNode node) => IndentationOf(node.GetLeadingTrivia());

    /// <summary>The white space at the start of the line on which a token of a whole tree stands.</summary>
    public static string LineIndentationOf(SyntaxToken token)
    {
        var text = token.SyntaxTree!.GetText();
        var line = text.Lines.GetLineFromPosition(token.SpanStart);
        var end = line.Start;
        while (end < line.End && text[end] is ' ' or '\t')
            end++;

        return text.ToString(TextSpan.FromBounds(line.Start, end));
    }

    public static bool StartsLine(SyntaxToken token)
    {
        var text = token.SyntaxTree!.GetText();
        for (var i = token.SpanStart - 1; i >= 0 && text[i] is not ('\n' or '\r'); i--)
        {
            if (text[i] is not (' ' or '\t'))
                return false;
        }

        return true;
    }

    /// <summary>Whether a statement shares its lines with no other code.</summary>
    public static bool IsOnOwnLine(StatementSyntax statement) =>
        StartsLine(statement.GetFirstToken()) && statement.GetTrailingTrivia().Any(SyntaxKind.EndOfLineTrivia);

    /// <summary>One step of indentation, as the code itself shows it.</summary>
    public static string IndentStep(string outer, string? inner) =>
        inner is not null && inner.Length > outer.Length && inner.StartsWith(outer, StringComparison.Ordinal) ? inner.Substring(outer.Length)
        : outer.Contains('\t') ? "\t"
        : "    ";

    /// <summary>
    /// The statements to stand in front of <paramref name="statement"/>, and in <paramref name="rest"/> the
    /// statement itself: its comments stay above them all, its label in front of the first.
    /// </summary>
    /// <param name="statement">The statement as it is now.</param>
    /// <param name="ownLine">Whether it starts its line.</param>
    /// <param name="inserted">What goes in front of it.</param>
    /// <param name="endOfLine">The document's line break.</param>
    /// <param name="rest">What is left behind the inserted.</param>
    public static List<StatementSyntax> InFrontOf(StatementSyntax statement, bool ownLine, List<StatementSyntax> inserted, string endOfLine, out StatementSyntax rest)
    {
        rest = statement;
        if (inserted.Count == 0)
            return [];

        if (statement is LabeledStatementSyntax label)
        {
            var breaks = label.ColonToken.TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia);
            var lines = InFrontOf(label.Statement, breaks, inserted, endOfLine, out rest);
            lines[0] = label.WithStatement(lines[0]);
            return lines;
        }

        var indentation = IndentationOf(statement);
        var result = new List<StatementSyntax>();
        foreach (var line in inserted)
            result.Add(ownLine ? OnOwnLine(line, indentation, endOfLine) : line.WithTrailingTrivia(SyntaxFactory.Space));

        result[0] = result[0].WithLeadingTrivia(statement.GetLeadingTrivia());
        rest = statement.WithLeadingTrivia(ownLine ? Whitespace(indentation) : default);
        return result;
    }

    public static StatementSyntax OnOwnLine(StatementSyntax statement, string indentation, string endOfLine) =>
        statement.WithLeadingTrivia(Whitespace(indentation)).WithTrailingTrivia(SyntaxFactory.EndOfLine(endOfLine));

    public static TNode EndLine<TNode>(TNode node, string endOfLine)
        where TNode : SyntaxNode =>
        node.GetTrailingTrivia() is var trailing && trailing.Any(SyntaxKind.EndOfLineTrivia)
            ? node
            : node.WithTrailingTrivia(TrimEnd(trailing).Add(SyntaxFactory.EndOfLine(endOfLine)));

    /// <summary>What stands in front of and behind a statement and must outlive it: comments, directives and blank lines.</summary>
    public static SyntaxTriviaList CommentsOf(StatementSyntax statement)
    {
        var leading = statement.GetLeadingTrivia();
        var kept = leading.Any(t => !t.IsKind(SyntaxKind.WhitespaceTrivia)) ? Without(leading, IndentationOf(leading)) : default;
        var trailing = statement.GetTrailingTrivia();
        return trailing.Any(IsText)
            ? kept.AddRange(Whitespace(IndentationOf(leading))).AddRange(trailing.SkipWhile(t => t.IsKind(SyntaxKind.WhitespaceTrivia)))
            : kept;
    }

    /// <summary>Moves every line of a node, except its first, further in.</summary>
    public static TNode Shift<TNode>(TNode node, string step)
        where TNode : SyntaxNode
    {
        var tokens = node.DescendantTokens().Skip(1).Where(t => t.GetPreviousToken().TrailingTrivia.Any(SyntaxKind.EndOfLineTrivia) || t.LeadingTrivia.Any(SyntaxKind.EndOfLineTrivia));
        return node.ReplaceTokens(tokens, (_, token) => token.WithLeadingTrivia(Shift(token.LeadingTrivia, step)));
    }

    public static SyntaxTriviaList Whitespace(string text) =>
        text.Length == 0 ? default : SyntaxFactory.TriviaList(SyntaxFactory.Whitespace(text));

    public static SyntaxTriviaList TrimEnd(SyntaxTriviaList trivia)
    {
        while (trivia.Count > 0 && trivia.Last().IsKind(SyntaxKind.WhitespaceTrivia))
            trivia = trivia.RemoveAt(trivia.Count - 1);

        return trivia;
    }

    public static bool IsText(SyntaxTrivia trivia) =>
        !trivia.IsKind(SyntaxKind.WhitespaceTrivia) && !trivia.IsKind(SyntaxKind.EndOfLineTrivia);

    private static string IndentationOf(SyntaxTriviaList leading) =>
        leading.Count > 0 && leading.Last() is var last && last.IsKind(SyntaxKind.WhitespaceTrivia) ? last.ToString() : "";

    private static SyntaxTriviaList Without(SyntaxTriviaList leading, string indentation) =>
        indentation.Length > 0 ? leading.RemoveAt(leading.Count - 1) : leading;

    private static SyntaxTriviaList Shift(SyntaxTriviaList leading, string step)
    {
        var shifted = new List<SyntaxTrivia>();
        var startsLine = true;
        foreach (var trivia in leading)
        {
            if (startsLine && !trivia.IsKind(SyntaxKind.EndOfLineTrivia) && !trivia.IsDirective && !trivia.IsKind(SyntaxKind.DisabledTextTrivia))
                shifted.Add(SyntaxFactory.Whitespace(step));

            shifted.Add(trivia);
            startsLine = trivia.IsKind(SyntaxKind.EndOfLineTrivia) || trivia.IsDirective || trivia.IsKind(SyntaxKind.DisabledTextTrivia);
        }

        if (startsLine)
            shifted.Add(SyntaxFactory.Whitespace(step));

        return SyntaxFactory.TriviaList(shifted);
    }
}
