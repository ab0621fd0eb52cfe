using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class UseAfterUnmapTests
{
    private const string Map = "var p = PteOffsetMap(pmd, addr); if (p == null) return 1; ";

    [Theory]
    [InlineData("PteUnmap(p); var v = [|*p|];")]
    [InlineData("PteUnmap(p); var v = [|p[1]|];")]
    [InlineData("PteUnmap(p); var v = [|p->Value|];")]
    [InlineData("PteUnmap(p); var v = PtepGet([|p|]);")]
    [InlineData("PteUnmap(p); var v = PtepGet([|p + 1|]);")]
    [InlineData("PteUnmap(p); SetPte([|p|], pte);")]
    [InlineData("PteUnmap(p); [|*p|] = pte;")]
    [InlineData("PteUnmap(p); PteUnmap([|p|]);")]
    [InlineData("PteUnmap(p); var v = new Span<Pte>([|p|], 1)[0];")]
    [InlineData("var q = p; PteUnmap(p); var v = PtepGet([|q|]);")]
    [InlineData("var q = p + 1; PteUnmap(q); var v = PtepGet([|p|]);")]
    [InlineData("if (flag) PteUnmap(p); var v = PtepGet([|p|]);")]
    [InlineData("if (flag) { PteUnmap(p); } PteUnmap([|p|]);")]
    [InlineData("while (n-- > 0) { var v = PtepGet([|p|]); PteUnmap([|p|]); }")]
    [InlineData("for (int i = 0; i < n; i++) PteUnmap([|p|]);")]
    [InlineData("Ends(p); var v = PtepGet([|p|]);")]
    [InlineData("EndsIfThere(p); PteUnmap([|p|]);")]
    [InlineData("PteUnmap(p); var v = Reads([|p|]);")]
    [InlineData("PteUnmap(p); var v = ReadsIfThere([|p|]);")]
    [InlineData("PteUnmap(p); Writes([|p|], pte);")]
    [InlineData("PteUnmap(p); Ends([|p|]);")]
    [InlineData("try { PteUnmap(p); } finally { var v = PtepGet([|p|]); }")]
    [InlineData("PteUnmap(p); try { Work(); } catch { var v = PtepGet([|p|]); }")]
    [InlineData("switch (n) { case 1: PteUnmap(p); break; default: break; } var v = PtepGet([|p|]);")]
    [InlineData("PteUnmap(p); Console.WriteLine(flag ? PtepGet([|p|]).Pfn : 0);")]
    [InlineData("PteUnmap(p); p++; var v = PtepGet([|p|]);")]
    [InlineData("PteUnmap(p); ulong raw = (ulong)p; var v = PtepGet([|(Pte*)raw|]);")]
    [InlineData("if (flag) goto end; Work(); end: PteUnmap(p); var v = PtepGet([|p|]);")]
    [InlineData("PteUnmap(p); if (PtepGet([|p|]).IsNone && flag) return 2;")]
    [InlineData("PteUnmap(p); Volatile.Read(ref [|*(ulong*)p|]);")]
    public Task A_use_after_the_end_is_reported(string body) => Verify.AnalyzerAsync<UseAfterUnmapAnalyzer>(MappingSource.Method(Map + body));

    [Theory]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; PteUnmapUnlock(p, ptl); var v = PtepGet([|p|]);")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; EndsUnlocked(p, ptl); SetPte([|p|], pte);")]
    [InlineData("if (!TryMap(pmd, addr, out var p)) return 1; PteUnmap(p); PteUnmap([|p|]);")]
    [InlineData("var p = Maps(pmd); if (p == null) return 1; PteUnmap(p); var v = PtepGet([|p|]);")]
    [InlineData("void Local() { var p = PteOffsetMap(null, 0); if (p == null) return; PteUnmap(p); PteUnmap([|p|]); } Local();")]
    public Task Every_way_to_end_it_counts(string body) => Verify.AnalyzerAsync<UseAfterUnmapAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData("var v = PtepGet(p); PteUnmap(p);")]
    [InlineData("PteUnmap(p); p = PteOffsetMap(pmd, addr); if (p == null) return 2; var v = PtepGet(p); PteUnmap(p);")]
    [InlineData("if (flag) { PteUnmap(p); return 2; } var v = PtepGet(p); PteUnmap(p);")]
    [InlineData("PteUnmap(p); _ = p == null;")]
    [InlineData("PteUnmap(p); Console.WriteLine((ulong)p);")]
    [InlineData("PteUnmap(p); p = null; if (p != null) PteUnmap(p);")]
    [InlineData("bool done = false; if (flag) { PteUnmap(p); done = true; } if (!done) PteUnmap(p);")]
    [InlineData("if (flag) PteUnmap(p); if (!flag) PteUnmap(p);")]
    [InlineData("for (; n > 0; n--) { var v = PtepGet(p++); } PteUnmap(p - 1);")]
    [InlineData("EndsSometimes(p, flag); var v = PtepGet(p);")]
    [InlineData("Foreign.Unknown(p); var v = PtepGet(p); PteUnmap(p);")]
    [InlineData("field = p; PteUnmap(p); var v = PtepGet(field);")]
    [InlineData("Action a = () => PteUnmap(p); a(); var v = PtepGet(p);")]
    [InlineData("new Span<Pte>(p, 1)[0] = default; PteUnmap(p);")]
    [InlineData("PteUnmap(p); var name = nameof(p); var size = sizeof(Pte); var next = p + 1;")]
    [InlineData("while (true) { var v = PtepGet(p); PteUnmap(p); p = PteOffsetMap(pmd, addr); if (p == null) return 2; }")]
    public Task A_use_of_what_is_still_mapped_is_silent(string body) => Verify.AnalyzerAsync<UseAfterUnmapAnalyzer>(MappingSource.Method(Map + body));

    [Theory]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; PteUnmap(p); ptl.Exit();")]
    [InlineData("var p = PteOffsetKernel(pmd, addr); var v = PtepGet(p); v = PtepGet(p);")]
    [InlineData("var p = PteOffsetMap(pmd, addr); var q = PteOffsetMap(pmd2, addr); if (p == null || q == null) return 1; PteUnmap(q); var v = PtepGet(p); PteUnmap(p);")]
    public Task Its_lock_may_be_released_after_it(string body) => Verify.AnalyzerAsync<UseAfterUnmapAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData("var p = PteOffsetMap(pmd, addr); if (p == null) return 1; PteUnmap({|#1:p|}); var v = PtepGet({|#0:p|});",
        "'p' uses a page table that was unmapped; use it before it is unmapped, or map again")]
    [InlineData("var p = PteOffsetMap(pmd, addr); if (p == null) return 1; PteUnmap({|#1:p|}); PteUnmap({|#0:p|});",
        "'p' uses a page table that was unmapped; unmap it once on every path")]
    public Task The_message_says_what_to_do(string body, string message) => Verify.MessageAsync<UseAfterUnmapAnalyzer>(MappingSource.Method(body), "PTE0008", message);

    [Theory]
    [InlineData("var p = PteOffsetMap(pmd, addr; PteUnmap(p; PteGet(p")]
    [InlineData("PteUnmapUnlock(p, ptl); p. ; ptl.Enter(; ptl.Exit(); foreach (var x in")]
    public Task Half_typed_code_is_survived(string body) => Verify.AnalyzerAsync<UseAfterUnmapAnalyzer>(
        MappingSource.Method(body), configure: test => test.CompilerDiagnostics = Microsoft.CodeAnalysis.Testing.CompilerDiagnostics.None);

    [Fact]
    public Task Architecture_code_knows_best() => Verify.AnalyzerAsync<UseAfterUnmapAnalyzer>(
        MappingSource.Method("var p = PteOffsetMap(pmd, addr); PteUnmap(p); PteUnmap(p);").Replace("int M(", "[ArchitectureCode] int M("));
}
