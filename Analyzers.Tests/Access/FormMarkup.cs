using System.Collections.Immutable;
using Microsoft.CodeAnalysis.Testing;
using Microsoft.CodeAnalysis.Text;

namespace PteGuard.Analyzers.Tests;

/// <summary>Turns the matrix's markup into that of one rule.</summary>
internal static class FormMarkup
{
    /// <param name="markup">Text with marks such as <c>{|R:*p|}</c>.</param>
    /// <param name="id">The rule.</param>
    /// <param name="letters">The marks that it reports; the others are left out.</param>
    public static string For(string markup, string id, params string[] letters)
    {
        TestFileMarkupParser.GetSpans(markup, out var text, out ImmutableDictionary<string, ImmutableArray<TextSpan>> marks);
        var insertions = letters.SelectMany(letter => marks.GetValueOrDefault(letter, []))
            .SelectMany(span => new[] { (At: span.End, Inner: span.Length, Text: "|}"), (At: span.Start, Inner: -span.Length, Text: "{|" + id + ":") })
            .OrderByDescending(insertion => insertion.At).ThenBy(insertion => insertion.Text == "|}" ? 0 : 1).ThenByDescending(insertion => insertion.Inner);
        foreach (var (at, _, inserted) in insertions)
            text = text.Insert(at, inserted);

        return text;
    }
}
