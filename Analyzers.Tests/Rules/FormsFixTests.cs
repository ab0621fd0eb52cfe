using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Editing;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

/// <summary>Both fixes over the matrix of all forms: whatever the form, the result compiles and is final.</summary>
public class FormsFixTests
{
    private const string Accessors = "[EntryPointer(typeof(Paging), Read = nameof(Paging.Read), Write = nameof(Paging.Write), Modify = nameof(Paging.Update))] ";

    public static TheoryData<string, string> Sources => new()
    {
        { "typed", EntryAccessForms.TypedSource(EntryAccessForms.Typed) },
        { "raw", EntryAccessForms.RawSource(EntryAccessForms.Raw).Replace("[EntryPointer(typeof(Paging), Read = nameof(Paging.Read))] ulong* p, [EntryPointer] ulong* q", Accessors + "ulong* p, " + Accessors + "ulong* q") },
    };

    [Theory, MemberData(nameof(Sources))]
    public async Task Every_form_compiles_after_the_fixes_and_none_is_left_for_a_second_run(string name, string markup)
    {
        var document = TestSolution.Create((name + ".cs", FormMarkup.For(markup, ""))).Single(d => d.Name == name + ".cs");
        Assert.Empty(await ErrorsAsync(document));
        var written = await FixAsync(document, new DirectEntryWriteAnalyzer(), new DirectEntryWriteFix());
        Assert.Empty(await ErrorsAsync(written));
        var read = await FixAsync(written, new DirectEntryReadAnalyzer(), new DirectEntryReadFix());
        Assert.Empty(await ErrorsAsync(read));

        var text = (await read.GetTextAsync()).ToString();
        Assert.NotEqual((await document.GetTextAsync()).ToString(), text);
        var again = await FixAsync(await FixAsync(read, new DirectEntryWriteAnalyzer(), new DirectEntryWriteFix()), new DirectEntryReadAnalyzer(), new DirectEntryReadFix());
        Assert.Equal(text, (await again.GetTextAsync()).ToString());
    }

    private static async Task<Document> FixAsync(Document document, DiagnosticAnalyzer analyzer, PlannedFixProvider provider)
    {
        var reports = (await TestSolution.DiagnosticsAsync(document.Project, analyzer)).Where(d => d.Location.SourceTree!.FilePath == document.FilePath);
        return await provider.FixAllAsync(document, [.. reports], null, CancellationToken.None);
    }

    private static async Task<IEnumerable<string>> ErrorsAsync(Document document)
    {
        var text = await document.GetTextAsync();

        // Bound again from its text: what counts is what a compiler would read.
        var project = document.WithText(Microsoft.CodeAnalysis.Text.SourceText.From(text.ToString())).Project;
        return (await project.GetCompilationAsync())!.GetDiagnostics()
            .Where(d => d.Severity == DiagnosticSeverity.Error)
            .Select(d => $"{d.Id} {d.GetMessage(null)}: {text.Lines.GetLineFromPosition(Math.Min(d.Location.SourceSpan.Start, text.Length))}");
    }
}
