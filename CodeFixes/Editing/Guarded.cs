using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.CodeFixes.Editing;

/// <summary>Writes statements under a condition: with braces only if there are several.</summary>
internal static class Guarded
{
    /// <summary>All on one line.</summary>
    public static StatementSyntax OnOneLine(string condition, ImmutableArray<string> statements, ParseOptions options) =>
        Parse(statements.Length == 1 ? $"if ({condition}) {statements[0]}" : $"if ({condition}) {{ {string.Join(" ", statements)} }}", options);

    /// <summary>Each on a line of its own.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="statements">At least one.</param>
    /// <param name="outer">The white space in front of the <c>if</c>, which is not written itself.</param>
    /// <param name="step">One step of indentation.</param>
    /// <param name="endOfLine">The document's line break.</param>
    /// <param name="options">How the document is parsed.</param>
    public static StatementSyntax OnLines(string condition, ImmutableArray<string> statements, string outer, string step, string endOfLine, ParseOptions options)
    {
        var text = new StringBuilder($"if ({condition})");
        if (statements.Length > 1)
            text.Append(endOfLine).Append(outer).Append('{');

        foreach (var statement in statements)
            text.Append(endOfLine).Append(outer).Append(step).Append(statement);

        if (statements.Length > 1)
            text.Append(endOfLine).Append(outer).Append('}');

        return Parse(text.ToString(), options);
    }

    private static StatementSyntax Parse(string text, ParseOptions options) => SyntaxFactory.ParseStatement(text, options: options);
}
