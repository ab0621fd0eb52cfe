using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Access;

/// <summary>Code as it is while it is typed, and code that nobody should have written.</summary>
public sealed class RobustnessTests
{
    public static TheoryData<string> Broken =>
    [
        "unsafe class C { void M(Pte* p) { *p",
        "unsafe class C { void M(Pte* p) { p-> } }",
        "unsafe class C { void M(Pte* p) { p->Value = ; } }",
        "unsafe class C { void M(Pte* p) { *p; } }",
        "unsafe class C { void M(Pte* p) { var x = *p.Value; } }",
        "unsafe class C { void M(Pte* p) { p[].Clear(); p[1, 2].Clear(); } }",
        "unsafe class C { void M(Pte* p) { ref Pte r; r = *p; ref Pte s = *p; ref var t = ref; } }",
        "unsafe class C { void M(Pte* p) { M(ref *p, out *p, in *p); Unknown(ref *p); p->Unknown(); p->Unknown = 1; } }",
        "unsafe class C { void M(Pte* p) { (*p, ) = (*p, *p); (*p, var x) = ; var (a, b, c) = *p; } }",
        "unsafe class C { void M(Pte* p) { Unsafe.Read<Pte>(p); System.Runtime.CompilerServices.Unsafe.Read<>(p); System.Runtime.CompilerServices.Unsafe.Add(); } }",
        "unsafe class C { void M(Pte* p) { new System.Span<Pte>(p)[0] = *p; new System.Span<Pte>()[0]++; foreach (var e in *p) ; foreach (var e in p) ; } }",
        "unsafe class C { Pte* p = p; Pte a = *p; static ulong* q = r, r = q; ulong b = *q; }",
        "unsafe class C { Pte M(Pte* p) => p switch { null => *p, _ => p-> }; }",
        "class C { void M(Pte* p) { *p = *p; p->Clear(); } }",
        "using PteGuard; unsafe class C { void M([EntryPointer] Missing* p, [EntryPointer] string s, [EntryPointer] Missing m) { *p = *p; m.X = 1; s[0] = 'a'; } }",
        "using PteGuard; [PageTableEntry(typeof(Missing), Read = nameof(Missing.X))] struct E { E e; } unsafe class C { E M(E* p) => *p; }",
        "using PteGuard; [PageTableEntry(null, Read = null)] struct E { public void M() => M(); } unsafe class C { void M(E* p) => p->M(); }",
        "using PteGuard; [PageTableEntry(1, 2, 3)] struct E { public F F; } [PageTableEntry] struct F { public E E; } unsafe class C { E M(F* p) => p->E; }",
        "unsafe class C { void M() { Pte* p = stackalloc; fixed (Pte* q = ) { *q = *q; } fixed (Pte* r = &*r) { r->Clear(); } } }",
        "unsafe { Pte* p; *p = *p; return *p; }",
        "unsafe delegate Pte D(Pte* p); unsafe class C { D d = p => *p; D e = delegate { return *p; }; }",
        "[assembly: System.Obsolete(*p)] unsafe class C { void M(Pte p = *q) { } [System.Obsolete(*p)] int x; }",
    ];

    [Theory, MemberData(nameof(Broken))]
    public Task Code_that_does_not_compile_is_no_trouble(string source) => RunAsync(source);

    [Fact]
    public async Task Every_prefix_of_every_form_is_no_trouble()
    {
        const string Form = "void M(Pte* p, Pte* q, int i) { (*p, q[i]) = (*q, p->MkOld()); ref var r = ref p[i]; r.Value |= q->Value; foreach (ref var e in new System.Span<Pte>(p, 4)) e.Young = *p is { IsNone: true }; }";
        for (var length = 0; length < Form.Length; length += 7)
            await RunAsync("unsafe class C { " + Form[..length]);
    }

    [Fact]
    public async Task Every_prefix_of_a_walk_is_no_trouble()
    {
        const string Form = "static bool Begin(ref Walk w, Pmd* pmd) { w.Pte = PteOffsetMapLock(w.Mm, pmd, 0, out w.Ptl); return w.Pte != null; } void End() { using var s = this with { Pte = null }; PteUnmapUnlock(Pte, this.Ptl); } "
            + "static void M(Walk w, Pmd* pmd) { if (!Begin(ref w, pmd)) return; (w.Pte, var v) = (v.Pte, new Walk { Pte = w.Pte, Ptl = }); (flag ? ref w : ref v).End(); w = v = default; w.Missing(out w.Pte, ref v); }";
        for (var length = 0; length < Form.Length; length += 7)
            await RunAsync("using static Paging; unsafe struct Walk { public Pte* Pte; public PtLock Ptl; public Mm Mm; " + Form[..length], new LeakedMappingAnalyzer(), new SeparateLockPointerAnalyzer());
    }

    [Fact]
    public async Task A_file_of_ten_thousand_lines_is_read_line_by_line()
    {
        const int Lines = 10_000;
        var source = new StringBuilder("unsafe class C {\n");
        for (var i = 0; i < Lines / 4; i++)
            source.Append("void M").Append(i).Append("(Pte* p) {\n var q = p + 1;\n *q = *p;\n}\n");

        var reports = await RunAsync(source.Append('}').ToString());
        Assert.Equal(Lines / 4, reports.Count(d => d.Id == "PTE0001"));
        Assert.Equal(Lines / 4, reports.Count(d => d.Id == "PTE0004"));
    }

    [Fact]
    public async Task A_body_of_thousands_of_locals_in_a_chain_is_followed()
    {
        const int Locals = 2_000;
        var source = new StringBuilder("using PteGuard; unsafe class C { ulong M([EntryPointer] ulong* p0) {\n");
        for (var i = Locals; i > 1; i--)
            source.Append("ulong* p").Append(i).Append(" = null;\n");
        source.Append("ulong* p1 = null;\n");
        for (var i = Locals; i > 0; i--)
            source.Append('p').Append(i).Append(" = p").Append(i - 1).Append(";\n");

        var reports = await RunAsync(source.Append("return *p").Append(Locals).Append("; } }").ToString());
        Assert.Single(reports);
    }

    [Theory]
    [InlineData("", "p->Value", " + p->Value")]
    [InlineData("", "(ulong)(nint)p", " + 8ul")]
    [InlineData("*p = new Pte(", "0", " | p->Value", ")")]
    [InlineData("*(ulong*)(p", "", " + 1", ")")]
    public async Task Nesting_two_thousand_deep_is_no_trouble(string start, string seed, string step, string end = "")
    {
        const int Depth = 2_000;
        var expression = start + seed + string.Concat(Enumerable.Repeat(step, Depth)) + end;
        await RunAsync("unsafe class C { void M(Pte* p) { var x = " + expression + "; } }");
    }

    [Fact]
    public async Task Deeply_nested_conditionals_are_no_trouble()
    {
        var expression = string.Concat(Enumerable.Repeat("c ? q : (", 300)) + "p" + new string(')', 300);
        await RunAsync("unsafe class C { Pte M(Pte* p, Pte* q, bool c) { var r = " + expression + "; return *r; } }");
    }

    private static async Task<List<Diagnostic>> RunAsync(string source, params DiagnosticAnalyzer[] analyzers)
    {
        var snippet = Snippet.Compile(source.Replace("[|", "[ |", StringComparison.Ordinal));
        var failures = new List<Exception>();
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), (exception, _, _) => failures.Add(exception), concurrentAnalysis: false, logAnalyzerExecutionTime: false);
        var reports = await snippet.Compilation
            .WithAnalyzers(analyzers.Length > 0 ? [.. analyzers] : [new DirectEntryReadAnalyzer(), new DirectEntryWriteAnalyzer(), new HandmadeLocklessReadAnalyzer(), new EscapedEntryAnalyzer(), new InvalidOptionAnalyzer()], options)
            .GetAnalyzerDiagnosticsAsync();
        Assert.Empty(failures);
        Assert.DoesNotContain(reports, d => d.Id == "AD0001");
        return [.. reports.Where(d => d.Location.SourceTree == snippet.Tree)];
    }
}
