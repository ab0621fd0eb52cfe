using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace PteGuard.CodeFixes.Editing;

/// <summary>Keeps edits that belong together on one side of conditional compilation, so that they are right in every build.</summary>
internal static class Directives
{
    /// <summary>Whether there are builds in which the code at the start of a span is left out, and the code at its end is not.</summary>
    public static bool Part(SyntaxNode root, TextSpan span)
    {
        var depth = 0;
        foreach (var trivia in In(root, span))
        {
            switch (trivia.Kind())
            {
                case SyntaxKind.IfDirectiveTrivia:
                    depth++;
                    break;
                case SyntaxKind.EndIfDirectiveTrivia when depth > 0:
                    depth--;
                    break;
                case SyntaxKind.EndIfDirectiveTrivia or SyntaxKind.ElseDirectiveTrivia or SyntaxKind.ElifDirectiveTrivia when depth == 0:
                    return true;
            }
        }

        return false;
    }

    /// <summary>Whether conditional compilation begins or ends directly in front of, in or behind a node.</summary>
    public static bool Touch(SyntaxNode node) =>
        In(node.SyntaxTree.GetRoot(), TextSpan.FromBounds(node.GetFirstToken().GetPreviousToken().Span.End, node.GetLastToken().GetNextToken(includeZeroWidth: true).SpanStart))
            .Any(IsConditional);

    private static bool IsConditional(SyntaxTrivia directive) =>
        directive.Kind() is SyntaxKind.IfDirectiveTrivia or SyntaxKind.ElseDirectiveTrivia or SyntaxKind.ElifDirectiveTrivia or SyntaxKind.EndIfDirectiveTrivia;

    /// <summary>Whether a directive stands between parts of a node: on a line of its own, which an edit may join with another.</summary>
    public static bool Within(SyntaxNode node) => In(node.SyntaxTree.GetRoot(), node.Span).Any();

    /// <summary>Whether there are builds in which some code of a span is left out, or other code is there.</summary>
    public static bool Vary(SyntaxNode root, TextSpan span) => In(root, span).Any(IsConditional);

    private static IEnumerable<SyntaxTrivia> In(SyntaxNode root, TextSpan span) =>
        root.ContainsDirectives ? root.DescendantTrivia(span, node => node.ContainsDirectives).Where(t => t.IsDirective && span.Contains(t.Span)) : [];
}
