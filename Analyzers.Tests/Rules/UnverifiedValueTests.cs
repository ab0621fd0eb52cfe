using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class UnverifiedValueTests
{
    private const string Map = "var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; ";

    [Theory]
    [InlineData("var v = PtepGet(p); ptl.Enter(); SetPte(p, [|v|]);")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); SetPte(p, [|v.MkOld()|]);")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); if ([|v.IsNone|]) return 2;")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); if ([|v.Value|] == 0) return 2;")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); Console.WriteLine([|v.Pfn|]);")]
    [InlineData("var v = PtepGet(p); if (v.IsNone) return 2; ptl.Enter(); SetPte(p, [|v.MkDirty()|]);")]
    [InlineData("var v = PtepGetLockless(p); ptl.Enter(); SetPte(p, [|v|]);")]
    [InlineData("var v = PtepGet(p + 1); ptl.Enter(); SetPte(p, [|v|]);")]
    [InlineData("var v = PtepGet(p); var w = v; ptl.Enter(); SetPte(p, [|w|]);")]
    [InlineData("var v = PtepGet(p); Take(ptl); SetPte(p, [|v|]);")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); SetPte(p, [|v|]); SetPte(p, v);")]
    [InlineData("var v = PtepGet(p); if (flag) ptl.Enter(); SetPte(p, [|v|]);")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); try { SetPte(p, [|v|]); } finally { ptl.Exit(); }")]
    [InlineData("var v = PtepGet(p); if (flag && PteSame(v, pte)) return 2; ptl.Enter(); SetPte(p, [|v|]);")]
    [InlineData("Pte v; v = PtepGet(p); ptl.Enter(); SetPte(p, [|v|]);")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); while (n-- > 0) SetPte(p, [|v|]);")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); Writes(p, [|v|]);")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); switch ([|v.Pfn|]) { default: break; }")]
    [InlineData("var v = PtepGet(p); AnnotatedTake(ptl); SetPte(p, [|v|]);")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); field->Value = [|v.Value|];")]
    public Task Acting_on_what_was_read_before_is_reported(string body) => Verify.AnalyzerAsync<UnverifiedValueAnalyzer>(MappingSource.Method(Map + body));

    [Theory]
    [InlineData("var v = PtepGet(p); ptl.Enter(); if (!PteSame(v, PtepGet(p))) return 2; SetPte(p, v);")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); if (PtepGet(p) != v) return 2; SetPte(p, v);")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); if (!v.Equals(PtepGet(p))) return 2; SetPte(p, v);")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); var now = PtepGet(p); SetPte(p, v);")]
    [InlineData("ptl.Enter(); var v = PtepGet(p); SetPte(p, v);")]
    [InlineData("var v = PtepGet(p); if (v.IsNone) return 2; ptl.Enter(); SetPte(p, pte);")]
    [InlineData("var v = PtepGet(p); SetPte(p, v); ptl.Enter();")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); v = PtepGet(p); SetPte(p, v);")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); v = pte; SetPte(p, v);")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); bool same = PteSame(v, PtepGet(p)); if (same) SetPte(p, v);")]
    [InlineData("var v = PtepGet(p); if (ptl.TryEnter()) SetPte(p, v);")]
    [InlineData("var v = PtepGet(p); Foreign.UnknownLock(ptl); SetPte(p, v);")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); if (v == PtepGet(p)) SetPte(p, v); ptl.Exit();")]
    [InlineData("var v = PtepGet(p); var pfn = v.Pfn; ptl.Enter(); Console.WriteLine(pfn);")]
    public Task What_was_compared_or_read_again_is_silent(string body) => Verify.AnalyzerAsync<UnverifiedValueAnalyzer>(MappingSource.Method(Map + body));

    [Theory]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; var v = PtepGet(p); SetPte(p, v);")]
    [InlineData("var p = PteOffsetMap(pmd, addr); if (p == null) return 1; var v = PtepGet(p); lockField.Enter(); SetPte(p, v);")]
    [InlineData("var p = PteOffsetKernel(pmd, addr); var v = PtepGet(p); lockField.Enter(); SetPte(p, v);")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; var v = PtepGet(p); ptl.Exit(); SetPte(p, v);")]
    [InlineData("var v = PtepGet(field); lockField.Enter(); SetPte(field, v); lockField.Exit();")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; var v = PtepGet(field); ptl.Enter(); SetPte(p, v);")]
    public Task Where_no_lock_is_taken_it_is_silent(string body) => Verify.AnalyzerAsync<UnverifiedValueAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; var v = {|#1:PtepGet(p)|}; ptl.Enter(); SetPte(p, {|#0:v|}); PteUnmapUnlock(p, ptl);",
        "'v' was read before the lock was taken; compare it with the entry as it is now (PteSame, or PmdSame of the directory entry) before acting on it")]
    public Task The_message_says_what_to_do(string body, string message) => Verify.MessageAsync<UnverifiedValueAnalyzer>(MappingSource.Method(body), "PTE0012", message);

    [Theory]
    [InlineData("var p = PteOffsetMap(pmd, addr; PteUnmap(p; PteGet(p")]
    [InlineData("PteUnmapUnlock(p, ptl); p. ; ptl.Enter(; ptl.Exit(); foreach (var x in")]
    public Task Half_typed_code_is_survived(string body) => Verify.AnalyzerAsync<UnverifiedValueAnalyzer>(
        MappingSource.Method(body), configure: test => test.CompilerDiagnostics = Microsoft.CodeAnalysis.Testing.CompilerDiagnostics.None);

    [Fact]
    public Task Architecture_code_knows_best() => Verify.AnalyzerAsync<UnverifiedValueAnalyzer>(
        MappingSource.Method("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; var v = PtepGet(p); ptl.Enter(); SetPte(p, v);").Replace("int M(", "[ArchitectureCode] int M("));
}
