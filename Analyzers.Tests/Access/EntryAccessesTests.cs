using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.Analyzers.Access;

namespace PteGuard.Analyzers.Tests.Access;

public sealed class EntryAccessesTests
{
    public static TheoryData<string> Typed => [.. EntryAccessForms.Typed];

    public static TheoryData<string> Raw => [.. EntryAccessForms.Raw];

    [Theory, MemberData(nameof(Typed))]
    public void A_form_over_an_entry_struct_is_classified(string form) => Check(EntryAccessForms.TypedSource([form]));

    [Theory, MemberData(nameof(Raw))]
    public void A_form_over_a_raw_pointer_is_classified(string form) => Check(EntryAccessForms.RawSource([form]));

    private static void Check(string markup)
    {
        var snippet = Snippet.Compile(markup);
        Assert.Empty(snippet.Compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        var text = snippet.Tree.GetText();
        var expected = snippet.Marks.SelectMany(pair => pair.Value.Select(span => (span.Start, $"{pair.Key}: {text.ToString(span)}"))).Order().Select(pair => pair.Item2);

        var method = snippet.Tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().Single(m => m.Identifier.Text == "Form0");
        var accesses = EntryAccesses.Find(snippet.Compilation.GetSemanticModel(snippet.Tree), snippet.Facts, method.Body!.Span, CancellationToken.None);
        var actual = accesses.Select(access => (access.Site.SpanStart, $"{Letter(access.Kind)}: {access.Site}")).Order().Select(pair => pair.Item2);
        Assert.Equal(expected, actual);
    }

    private static string Letter(EntryAccessKind kind) => kind switch
    {
        EntryAccessKind.ReadModifyWrite => "M",
        _ => kind.ToString()[..1],
    };
}
