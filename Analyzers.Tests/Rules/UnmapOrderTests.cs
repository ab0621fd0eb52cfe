using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class UnmapOrderTests
{
    private const string Map = "var a = PteOffsetMap(pmd, addr); if (a == null) return 1; var b = PteOffsetMap(pmd2, addr); if (b == null) { PteUnmap(a); return 1; } ";

    [Theory]
    [InlineData("PteUnmap([|a|]); PteUnmap(b);")]
    [InlineData("if (flag) { PteUnmap([|a|]); PteUnmap(b); return 2; } PteUnmap(b); PteUnmap(a);")]
    [InlineData("var c = a; PteUnmap([|c|]); PteUnmap(b);")]
    [InlineData("PteUnmap([|a + 1|]); PteUnmap(b);")]
    [InlineData("a++; PteUnmap([|a - 1|]); PteUnmap(b);")]
    [InlineData("Ends([|a|]); Ends(b);")]
    [InlineData("Work(); PteUnmap([|a|]); Work(); PteUnmap(b);")]
    [InlineData("try { Work(); } finally { PteUnmap([|a|]); PteUnmap(b); }")]
    [InlineData("var c = PteOffsetMap(pmd, 1); if (c == null) return 2; PteUnmap([|a|]); PteUnmap(c); PteUnmap(b);")]
    [InlineData("var c = PteOffsetMap(pmd, 1); if (c == null) return 2; PteUnmap([|b|]); PteUnmap(c); PteUnmap(a);")]
    [InlineData("var c = PteOffsetMap(pmd, 1); if (c == null) return 2; PteUnmap(c); PteUnmap([|a|]); PteUnmap(b);")]
    [InlineData("while (n-- > 0) Work(); PteUnmap([|a|]); PteUnmap(b);")]
    [InlineData("switch (n) { case 1: PteUnmap([|a|]); PteUnmap(b); break; default: PteUnmap(b); PteUnmap(a); break; }")]
    [InlineData("PteUnmap([|a|]);")]
    [InlineData("goto done; done: PteUnmap([|a|]); PteUnmap(b);")]
    [InlineData("EndsIfThere([|a|]); PteUnmap(b);")]
    [InlineData("if (flag) Work(); PteUnmap([|a|]); if (flag) Work(); PteUnmap(b);")]
    public Task Ending_one_below_the_top_is_reported(string body) => Verify.AnalyzerAsync<UnmapOrderAnalyzer>(MappingSource.Method(Map + body));

    [Theory]
    [InlineData("var a = PteOffsetMapLock(mm, pmd, addr, out var la); if (a == null) return 1; var b = PteOffsetMap(pmd2, addr); if (b == null) return 1; PteUnmapUnlock([|a|], la); PteUnmap(b);")]
    [InlineData("var a = PteOffsetMap(pmd, addr); if (a == null) return 1; var b = PteOffsetMapNolock(mm, pmd2, addr, out var lb); if (b == null) return 1; PteUnmap([|a|]); PteUnmap(b);")]
    [InlineData("var a = Maps(pmd); if (a == null) return 1; var b = Maps(pmd2); if (b == null) return 1; PteUnmap([|a|]); PteUnmap(b);")]
    [InlineData("var a = PteOffsetMap(pmd, addr); if (a == null) return 1; var b = PteOffsetMap(pmd2, addr); PteUnmap([|a|]);")]
    [InlineData("if (!TryMap(pmd, addr, out var a)) return 1; if (!TryMap(pmd2, addr, out var b)) return 1; PteUnmap([|a|]); PteUnmap(b);")]
    [InlineData("var a = PteOffsetMap(pmd, addr); if (a == null) return 1; for (int i = 0; i < n; i++) { var b = PteOffsetMap(pmd2, addr); if (b == null) continue; PteUnmap([|a|]); PteUnmap(b); a = PteOffsetMap(pmd, addr); if (a == null) return 2; }")]
    public Task Every_way_to_map_counts(string body) => Verify.AnalyzerAsync<UnmapOrderAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData("PteUnmap(b); PteUnmap(a);")]
    [InlineData("PteUnmap(b); b = PteOffsetMap(pmd2, addr); if (b == null) return 2; PteUnmap(b); PteUnmap(a);")]
    [InlineData("if (flag) { PteUnmap(b); PteUnmap(a); return 2; } PteUnmap(b); PteUnmap(a);")]
    [InlineData("Ends(b); Ends(a);")]
    [InlineData("field = b; PteUnmap(a);")]
    [InlineData("Foreign.Unknown(b); PteUnmap(a);")]
    [InlineData("var c = PteOffsetMap(pmd, 1); if (c == null) return 2; PteUnmap(c); PteUnmap(b); PteUnmap(a);")]
    [InlineData("try { Work(); } finally { PteUnmap(b); PteUnmap(a); }")]
    [InlineData("while (n-- > 0) { var c = PteOffsetMap(pmd, 1); if (c == null) continue; PteUnmap(c); } PteUnmap(b); PteUnmap(a);")]
    [InlineData("try { var c = PteOffsetMap(pmd, 1); if (c != null) { Work(); PteUnmap(c); } } finally { PteUnmap(b); PteUnmap(a); }")]
    [InlineData("var t = a; a = b; b = t; PteUnmap(a); PteUnmap(b);")]
    public Task Last_in_first_out_is_silent(string body) => Verify.AnalyzerAsync<UnmapOrderAnalyzer>(MappingSource.Method(Map + body));

    [Theory]
    [InlineData("var a = PteOffsetMap(pmd, addr); if (a == null) return 1; PteUnmap(a); var b = PteOffsetMap(pmd2, addr); if (b == null) return 1; PteUnmap(b);")]
    [InlineData("var a = PteOffsetMap(pmd, addr); if (a == null) return 1; var b = PteOffsetMap(pmd2, addr); if (b == null) { PteUnmap(a); return 1; } PteUnmap(b); PteUnmap(a);")]
    [InlineData("var a = PteOffsetMap(pmd, addr); if (a == null) return 1; var b = PteOffsetKernel(pmd2, addr); PteUnmap(a); var v = PtepGet(b);")]
    [InlineData("var a = PteOffsetMap(pmd, addr); if (a == null) return 1; ulong* t = GetTable(null, 1); PteUnmap(a);")]
    [InlineData("Pte* a, b; if (flag) { a = PteOffsetMap(pmd, addr); b = PteOffsetMap(pmd2, addr); } else { b = PteOffsetMap(pmd2, addr); a = PteOffsetMap(pmd, addr); } if (a == null || b == null) return 1; if (flag) { PteUnmap(b); PteUnmap(a); } else { PteUnmap(a); PteUnmap(b); }")]
    public Task What_is_not_alive_has_no_place(string body) => Verify.AnalyzerAsync<UnmapOrderAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData("var a = PteOffsetMap(pmd, addr); if (a == null) return 1; var b = {|#1:PteOffsetMap(pmd2, addr)|}; if (b == null) { PteUnmap(a); return 1; } PteUnmap({|#0:a|}); PteUnmap(b);",
        "'a' is unmapped before 'PteOffsetMap(pmd2, addr)', which was mapped later; unmap in the reverse order")]
    public Task The_message_says_what_to_do(string body, string message) => Verify.MessageAsync<UnmapOrderAnalyzer>(MappingSource.Method(body), "PTE0009", message);

    [Theory]
    [InlineData("var p = PteOffsetMap(pmd, addr; PteUnmap(p; PteGet(p")]
    [InlineData("PteUnmapUnlock(p, ptl); p. ; ptl.Enter(; ptl.Exit(); foreach (var x in")]
    public Task Half_typed_code_is_survived(string body) => Verify.AnalyzerAsync<UnmapOrderAnalyzer>(
        MappingSource.Method(body), configure: test => test.CompilerDiagnostics = Microsoft.CodeAnalysis.Testing.CompilerDiagnostics.None);

    [Fact]
    public Task Architecture_code_knows_best() => Verify.AnalyzerAsync<UnmapOrderAnalyzer>(
        MappingSource.Method("var a = PteOffsetMap(pmd, addr); if (a == null) return 1; var b = PteOffsetMap(pmd2, addr); if (b == null) { PteUnmap(a); return 1; } PteUnmap(a); PteUnmap(b);").Replace("int M(", "[ArchitectureCode] int M("));
}
