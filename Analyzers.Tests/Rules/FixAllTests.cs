using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Editing;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

/// <summary>What the stock harness cannot do: large documents, narrow scopes, several documents at once, generated files.</summary>
public class FixAllTests
{
    [Fact]
    public async Task Ten_thousand_findings_in_one_method_are_fixed_in_one_pass()
    {
        const int Count = 10_000;
        var source = new StringBuilder("unsafe class C\n{\n    void F(Pte* p, ulong x)\n    {\n");
        for (var i = 0; i < Count; i += 4)
            source.Append("        p++;\n        x += p->Value;\n        p++;\n        if (x > 0 && p->IsPresent && p->IsDirty)\n            x += p->Pfn;\n");

        source.Append("    }\n}\n");
        var document = TestSolution.Create(("C.cs", source.ToString())).Single(d => d.Name == "C.cs");
        var text = await FixAllAsync<DirectEntryReadAnalyzer>(document, new DirectEntryReadFix(), FixAllScope.Document, Count);
        Assert.DoesNotContain("p->", text);
        Assert.Contains($"PtepGet(p) is var pte{(Count / 4) - 1} ", text);
    }

    [Fact]
    public async Task Thousands_of_snapshots_in_nested_statements_are_taken_in_one_pass()
    {
        const int Count = 1_000;
        var source = new StringBuilder("unsafe class C\n{\n    void Use(Pte a, Pte b) { }\n    void F(Pte* p, int x)\n    {\n");
        for (var i = 0; i < Count; i++)
            source.Append("        if (x > 0)\n            Use(*p, *p);\n        Use(*p, *p);\n");

        source.Append("    }\n}\n");
        var document = TestSolution.Create(("C.cs", source.ToString())).Single(d => d.Name == "C.cs");
        Assert.DoesNotContain("*p", (await FixAllAsync<DirectEntryReadAnalyzer>(document, new DirectEntryReadFix(), FixAllScope.Document, Count * 4)).Replace("Pte* p", ""));
    }

    [Fact]
    public async Task Hundreds_of_entries_that_one_switch_decides_about_are_read_in_one_pass()
    {
        const int Count = 500;
        var source = new StringBuilder("unsafe class C\n{\n    void Use(ulong x) { }\n    void F(Pte* p, int n)\n    {\n        switch (n)\n        {\n");
        for (var i = 0; i < Count; i++)
            source.Append(null, $"            case {i} when p[{i}].IsPresent:\n                Use(p[{i}].Pfn);\n                break;\n");

        source.Append("        }\n    }\n}\n");
        var document = TestSolution.Create(("C.cs", source.ToString())).Single(d => d.Name == "C.cs");
        Assert.Contains($"Paging.PtepGet(&p[{Count - 1}]) is var pte", await FixAllAsync<DirectEntryReadAnalyzer>(document, new DirectEntryReadFix(), FixAllScope.Document, Count * 2));
    }

    [Fact]
    public async Task Hundreds_of_mappings_in_one_method_are_checked_in_one_pass()
    {
        const int Count = 500;
        var source = new StringBuilder("using static Paging;\nunsafe class C\n{\n    void F(Pmd* pmd)\n    {\n");
        for (var i = 0; i < Count; i++)
            source.Append(null, $"        var p{i} = PteOffsetMap(pmd, {i});\n        PtepGet(p{i});\n        PteUnmap(p{i});\n");

        source.Append("    }\n}\n");
        var document = TestSolution.Create(("C.cs", source.ToString())).Single(d => d.Name == "C.cs");
        Assert.Contains($"p{Count - 1} == null", await FixAllAsync<UncheckedMappingAnalyzer>(document, new UncheckedMappingFix(), FixAllScope.Document, Count));
    }

    [Theory]
    [InlineData(FixAllScope.ContainingMember, "F")]
    [InlineData(FixAllScope.ContainingType, "F, G, this, C, Nested")]
    [InlineData(FixAllScope.Document, "F, G, this, C, Nested, Other")]
    public async Task What_the_scope_contains_is_fixed(FixAllScope scope, string members)
    {
        const string Source = """
            using static Paging;
            unsafe class C
            {
                Pte F(Mm mm, Pmd* pmd, Pte* q)
                {
                    var p = PteOffsetMap(pmd, 0);
                    var ptl = PteLockptr(mm, pmd);
                    ptl.Enter();
                    *q = default;
                    System.Func<Pte> later = () => *q;
                    return *p;
                }

                Pte G(Mm mm, Pmd* pmd, Pte* q)
                {
                    var p = PteOffsetMap(pmd, 0);
                    var ptl = PteLockptr(mm, pmd);
                    ptl.Enter();
                    *q = default;
                    return *p;
                }

                Pte this[Mm mm]
                {
                    get
                    {
                        Pmd* pmd = null;
                        Pte* q = (Pte*)1;
                        var p = PteOffsetMap(pmd, 0);
                        var ptl = PteLockptr(mm, pmd);
                        ptl.Enter();
                        *q = default;
                        return *p;
                    }
                }

                C(Mm mm, Pmd* pmd, Pte* q)
                {
                    var p = PteOffsetMap(pmd, 0);
                    var ptl = PteLockptr(mm, pmd);
                    ptl.Enter();
                    *q = *p;
                }

                class Nested
                {
                    void H(Mm mm, Pmd* pmd, Pte* q)
                    {
                        var p = PteOffsetMap(pmd, 0);
                        var ptl = PteLockptr(mm, pmd);
                        ptl.Enter();
                        *q = *p;
                    }
                }
            }

            unsafe class Other
            {
                void F(Mm mm, Pmd* pmd, Pte* q)
                {
                    var p = PteOffsetMap(pmd, 0);
                    var ptl = PteLockptr(mm, pmd);
                    ptl.Enter();
                    *q = *p;
                }
            }
            """;
        Assert.Equal(members, await FixedAsync<DirectEntryReadAnalyzer>(new DirectEntryReadFix(), "PtepGet("));
        Assert.Equal(members, await FixedAsync<DirectEntryWriteAnalyzer>(new DirectEntryWriteFix(), "SetPte("));
        Assert.Equal(members, await FixedAsync<UncheckedMappingAnalyzer>(new UncheckedMappingFix(), "p == null"));
        Assert.Equal(members, await FixedAsync<SeparateLockPointerAnalyzer>(new SeparateLockPointerFix(), "PteOffsetMapLock("));

        async Task<string> FixedAsync<TAnalyzer>(CodeFixProvider provider, string mark)
            where TAnalyzer : DiagnosticAnalyzer, new()
        {
            var document = TestSolution.Create(("C.cs", Source)).Single(d => d.Name == "C.cs");
            var solution = await FixAllInSolutionAsync<TAnalyzer>(document, provider, scope);
            var changed = solution.GetDocument(document.Id)!;
            Assert.Empty((await changed.Project.GetCompilationAsync())!.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
            var text = (await changed.GetTextAsync()).ToString();
            string[] starts = ["Pte F(", "Pte G(", "Pte this[", "C(Mm", "class Nested", "unsafe class Other"];
            string[] names = ["F", "G", "this", "C", "Nested", "Other"];
            return string.Join(", ", names.Where((_, i) => Between(text, starts, i).Contains(mark)));
        }

        static string Between(string text, string[] starts, int i) =>
            text[text.IndexOf(starts[i], StringComparison.Ordinal)..(i + 1 < starts.Length ? text.IndexOf(starts[i + 1], StringComparison.Ordinal) : text.Length)];
    }

    [Fact]
    public void Every_fix_serves_every_scope() => Assert.All(
        [new DirectEntryReadFix(), new DirectEntryWriteFix(), new UncheckedMappingFix(), new SeparateLockPointerFix()],
        (PlannedFixProvider provider) => Assert.Equal(
            [FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution, FixAllScope.ContainingMember, FixAllScope.ContainingType],
            provider.GetFixAllProvider().GetSupportedFixAllScopes().Where(scope => scope != FixAllScope.Custom)));

    [Fact]
    public async Task Only_the_reports_that_are_given_are_fixed()
    {
        const string Source = """
            unsafe class C
            {
                bool F(Pte* p) => p->IsDirty;
                bool G(Pte* p) => p->IsPresent && p->IsDirty;
            }
            """;
        var document = TestSolution.Create(("C.cs", Source)).Single(d => d.Name == "C.cs");
        var all = await TestSolution.DiagnosticsAsync(document.Project, new DirectEntryReadAnalyzer());
        var @fixed = await new DirectEntryReadFix().FixAllAsync(document, [all.MaxBy(d => d.Location.SourceSpan.Start)!], null, CancellationToken.None);
        Assert.Equal(Source.Replace("p->IsPresent && p->IsDirty", "Paging.PtepGet(p) is var pte && pte.IsPresent && pte.IsDirty"), (await @fixed.GetTextAsync()).ToString());
    }

    [Fact]
    public async Task All_documents_of_a_project_are_fixed_except_generated_ones()
    {
        const string Source = "unsafe class {0} {{ Pte F(Pte* p) => *p; }}";
        var documents = TestSolution.Create(("A.cs", string.Format(null, Source, "A")), ("B.cs", string.Format(null, Source, "B")), ("G.g.cs", string.Format(null, Source, "G")), ("H.cs", "// <auto-generated/>\n" + string.Format(null, Source, "H")));
        var first = documents.Single(d => d.Name == "A.cs");
        var solution = await FixAllInSolutionAsync<DirectEntryReadAnalyzer>(first, new DirectEntryReadFix(), FixAllScope.Project);
        foreach (var document in documents.Where(d => d.Name.Length <= 6))
        {
            var text = (await solution.GetDocument(document.Id)!.GetTextAsync()).ToString();
            Assert.Equal(document.Name is "A.cs" or "B.cs", text.Contains("PtepGet"));
        }
    }

    private static async Task<string> FixAllAsync<TAnalyzer>(Document document, CodeFixProvider provider, FixAllScope scope, int expected)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        Assert.Equal(expected, (await TestSolution.DiagnosticsAsync(document.Project, new TAnalyzer())).Count(d => d.Location.SourceTree!.FilePath == document.FilePath));
        var solution = await FixAllInSolutionAsync<TAnalyzer>(document, provider, scope);
        var changed = solution.GetDocument(document.Id)!;
        Assert.Empty((await changed.Project.GetCompilationAsync())!.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        return (await changed.GetTextAsync()).ToString();
    }

    private static async Task<Solution> FixAllInSolutionAsync<TAnalyzer>(Document document, CodeFixProvider provider, FixAllScope scope)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        var all = await TestSolution.DiagnosticsAsync(document.Project, new TAnalyzer());
        var first = all.Where(d => d.Location.SourceTree!.FilePath == document.FilePath).MinBy(d => d.Location.SourceSpan.Start)!;
        CodeAction? action = null;
        await provider.RegisterCodeFixesAsync(new CodeFixContext(document, first, (a, _) => action ??= a, CancellationToken.None));
        var context = new FixAllContext(document, first.Location.SourceSpan, provider, scope, action!.EquivalenceKey, provider.FixableDiagnosticIds, new Diagnostics(all), CancellationToken.None);
        var fixAll = await provider.GetFixAllProvider()!.GetFixAsync(context);
        var operations = await fixAll!.GetOperationsAsync(CancellationToken.None);
        return Assert.IsType<ApplyChangesOperation>(Assert.Single(operations)).ChangedSolution;
    }

    private sealed class Diagnostics(ImmutableArray<Diagnostic> all) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>(all);

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) =>
            Task.FromResult(all.Where(d => d.Location.SourceTree!.FilePath == document.FilePath));

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
