using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class ForeignUnlockTests
{
    private const string Map = "var a = PteOffsetMapLock(mm, pmd, addr, out var la); if (a == null) return 1; var b = PteOffsetMapLock(mm, pmd2, addr, out var lb); if (b == null) return 1; ";

    [Theory]
    [InlineData("PteUnmapUnlock(b, [|la|]); PteUnmapUnlock(a, [|lb|]);")]
    [InlineData("PteUnmapUnlock(b, lb); PteUnmapUnlock(a, [|lb|]);")]
    [InlineData("PteUnmapUnlock(b, [|la|]); PteUnmapUnlock(a, la);")]
    [InlineData("var l = la; PteUnmapUnlock(b, [|l|]); PteUnmapUnlock(a, la);")]
    [InlineData("var p = b; PteUnmapUnlock(p, [|la|]);")]
    [InlineData("PteUnmapUnlock(b + 1, [|la|]);")]
    [InlineData("if (flag) PteUnmapUnlock(b, [|la|]); else PteUnmapUnlock(b, lb);")]
    [InlineData("PteUnmapUnlock(ptl: [|la|], pte: b);")]
    [InlineData("try { Work(); } finally { PteUnmapUnlock(b, [|la|]); PteUnmapUnlock(a, [|lb|]); }")]
    [InlineData("(la, lb) = (lb, la); PteUnmapUnlock(b, [|lb|]);")]
    [InlineData("var t = la; la = lb; lb = t; PteUnmapUnlock(b, [|lb|]); PteUnmapUnlock(a, [|la|]);")]
    [InlineData("while (n-- > 0) Work(); PteUnmapUnlock(b, [|la|]);")]
    [InlineData("switch (n) { case 1: PteUnmapUnlock(b, [|la|]); break; default: PteUnmapUnlock(b, lb); break; }")]
    [InlineData("a = b; PteUnmapUnlock(a, [|la|]);")]
    [InlineData("PteUnmapUnlock(flag ? b : b + 1, [|la|]);")]
    [InlineData("lb = la; PteUnmapUnlock(b, [|lb|]);")]
    [InlineData("goto end; end: PteUnmapUnlock(b, [|la|]);")]
    [InlineData("b++; PteUnmapUnlock(b - 1, [|la|]);")]
    public Task The_lock_of_another_mapping_is_reported(string body) => Verify.AnalyzerAsync<ForeignUnlockAnalyzer>(MappingSource.Method(Map + body));

    [Theory]
    [InlineData("var a = PteOffsetMapLock(mm, pmd, addr, out var la); if (a == null) return 1; var pml = PmdLock(mm, pmd); PteUnmapUnlock(a, [|pml|]);")]
    [InlineData("var a = PteOffsetMapNolock(mm, pmd, addr, out var la); if (a == null) return 1; la.Enter(); var b = PteOffsetMapLock(mm, pmd2, addr, out var lb); if (b == null) return 2; PteUnmapUnlock(b, [|la|]); PteUnmapUnlock(a, la);")]
    [InlineData("var a = PteOffsetMapLock(mm, pmd, addr, out var la); if (a == null) return 1; PtLock other; PteUnmapUnlock(a, [|other|]);")]
    [InlineData("var a = MapsLocked(mm, pmd, out var la); if (a == null) return 1; var b = MapsLocked(mm, pmd2, out var lb); if (b == null) return 1; PteUnmapUnlock(b, [|la|]); PteUnmapUnlock(a, la);")]
    [InlineData("PtLock l = default; var a = Maps(pmd); if (a == null) return 1; PteUnmapUnlock(a, [|l|]);")]
    [InlineData("PtLock l = default; Pte* a = null; if (flag) a = PteOffsetMapLock(mm, pmd, addr, out l); else a = PteOffsetMap(pmd, addr); if (a == null) return 1; if (!flag) PteUnmapUnlock(a, [|l|]); else PteUnmapUnlock(a, l);")]
    [InlineData("PtLock l; var a = PteOffsetMapLock(mm, pmd, addr, out var la); if (a == null) return 1; if (flag) l = la; PteUnmapUnlock(a, [|l|]);")]
    [InlineData("PtLock l; var a = PteOffsetMap(pmd, addr); if (a == null) return 1; PteUnmapUnlock(a, [|l|]); l = lockField; l.Enter();")]
    [InlineData("var a = PteOffsetMapLock(mm, pmd, addr, out var la); if (a == null) return 1; a = PteOffsetMap(pmd2, addr); if (a == null) return 2; PteUnmapUnlock(a, [|la|]);")]
    [InlineData("var a = PteOffsetMapLock(mm, NextPmd(), addr, out var la); if (a == null) return 1; var b = PteOffsetMap(NextPmd(), addr); if (b == null) return 2; PteUnmapUnlock(b, [|la|]); PteUnmap(a);")]
    public Task Other_kinds_of_locks_count(string body) => Verify.AnalyzerAsync<ForeignUnlockAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData("PteUnmapUnlock(b, lb); PteUnmapUnlock(a, la);")]
    [InlineData("var l = lb; PteUnmapUnlock(b, l);")]
    [InlineData("if (flag) { PteUnmapUnlock(b, lb); return 2; } PteUnmapUnlock(b, lb);")]
    [InlineData("var p = b; var l = lb; PteUnmapUnlock(p, l);")]
    [InlineData("PteUnmapUnlock(b, lb); a++; PteUnmapUnlock(a - 1, la);")]
    [InlineData("if (la == lb) { PteUnmapUnlock(b, la); PteUnmap(a); return 2; }")]
    [InlineData("if (la != lb) Work(); PteUnmapUnlock(b, la);")]
    [InlineData("if (la.Equals(lb)) PteUnmapUnlock(b, la);")]
    [InlineData("var t = a; a = b; b = t; (la, lb) = (lb, la); PteUnmapUnlock(a, la);")]
    [InlineData("var p = flag ? a : b; var l = flag ? la : lb; PteUnmapUnlock(p, l);")]
    [InlineData("Foreign.UnknownLock(la); PteUnmapUnlock(b, la);")]
    [InlineData("PteUnmap(b); lb.Exit(); PteUnmap(a); la.Exit();")]
    [InlineData("lockField = la; PteUnmapUnlock(b, lockField);")]
    [InlineData("Pte* p; PtLock l; if (flag) { p = a; l = la; } else { p = b; l = lb; } PteUnmapUnlock(p, l);")]
    public Task The_own_lock_is_silent(string body) => Verify.AnalyzerAsync<ForeignUnlockAnalyzer>(MappingSource.Method(Map + body));

    [Theory]
    [InlineData("var a = PteOffsetMap(pmd, addr); if (a == null) return 1; var l = PteLockptr(mm, pmd); l.Enter(); PteUnmapUnlock(a, l);")]
    [InlineData("var a = PteOffsetMapLock(mm, pmd, addr, out var la); if (a == null) return 1; PteUnmapUnlock(a, lockField);")]
    [InlineData("var a = PteOffsetMap(pmd, addr); if (a == null) return 1; var b = PteOffsetMapLock(mm, pmd, addr, out var lb); if (b == null) return 1; PteUnmapUnlock(a, lb);")]
    [InlineData("var a = PteOffsetMap(NextPmd(), addr); if (a == null) return 1; pmd = NextPmd(); var b = PteOffsetMapLock(mm, pmd, addr, out var lb); if (b == null) return 1; lockField = lb; PteUnmapUnlock(a, lb);")]
    [InlineData("var a = PteOffsetKernel(pmd, addr); PteUnmapUnlock(a, lockField);")]
    [InlineData("var a = PteOffsetMapLock(mm, pmd, addr, out var la); if (a == null) return 1; PteUnmapUnlock(a, PteLockptr(mm, pmd));")]
    [InlineData("PtLock l = default; Pte* a = null; if (flag) a = PteOffsetMapLock(mm, pmd, addr, out l); Work(); if (a != null) PteUnmapUnlock(a, l);")]
    [InlineData("PtLock l; var a = PteOffsetMapLock(mm, pmd, addr, out l); if (a == null) return 1; PteUnmapUnlock(a, l);")]
    [InlineData("var a = PteOffsetMap(pmd, addr); if (a == null) return 1; PtLock l; if (flag) l = PteLockptr(mm, pmd); else l = lockField; PteUnmapUnlock(a, l);")]
    [InlineData("PtLock l, m = lockField; while (n-- > 0) { var a = PteOffsetMap(pmd, addr); if (a == null) return 1; l = PteLockptr(mm, pmd); PteUnmapUnlock(a, flag ? l : m); m = l; }")]
    [InlineData("PtLock l; while (n-- > 0) { var a = PteOffsetMap(pmd, addr); if (a == null) return 1; PteUnmapUnlock(a, l); l = lockField; }")]
    [InlineData("foreach (var l in new PtLock[2]) { var a = PteOffsetMap(pmd, addr); if (a != null) PteUnmapUnlock(a, l); }")]
    public Task A_lock_that_nobody_knows_is_silent(string body) => Verify.AnalyzerAsync<ForeignUnlockAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData("var a = {|#1:PteOffsetMapLock(mm, pmd, addr, out var la)|}; if (a == null) return 1; var b = PteOffsetMapLock(mm, pmd2, addr, out var lb); if (b == null) return 1; PteUnmapUnlock(a, {|#0:lb|}); PteUnmap(b); la.Exit();",
        "'lb' is not the lock of this mapping; use 'la', which came with it")]
    [InlineData("var a = {|#1:PteOffsetMapLock(mm, pmd, addr, out _)|}; if (a == null) return 1; var b = PteOffsetMapLock(mm, pmd2, addr, out var lb); if (b == null) return 1; PteUnmapUnlock(a, {|#0:lb|}); PteUnmap(b);",
        "'lb' is not the lock of this mapping; use the one that came with it")]
    public Task The_message_says_what_to_do(string body, string message) => Verify.MessageAsync<ForeignUnlockAnalyzer>(MappingSource.Method(body), "PTE0010", message);

    [Theory]
    [InlineData("var p = PteOffsetMap(pmd, addr; PteUnmap(p; PteGet(p")]
    [InlineData("PteUnmapUnlock(p, ptl); p. ; ptl.Enter(; ptl.Exit(); foreach (var x in")]
    public Task Half_typed_code_is_survived(string body) => Verify.AnalyzerAsync<ForeignUnlockAnalyzer>(
        MappingSource.Method(body), configure: test => test.CompilerDiagnostics = Microsoft.CodeAnalysis.Testing.CompilerDiagnostics.None);

    [Fact]
    public Task Architecture_code_knows_best() => Verify.AnalyzerAsync<ForeignUnlockAnalyzer>(
        MappingSource.Method("var a = PteOffsetMapLock(mm, pmd, addr, out var la); if (a == null) return 1; var b = PteOffsetMapLock(mm, pmd2, addr, out var lb); if (b == null) return 1; PteUnmapUnlock(b, la); PteUnmapUnlock(a, lb);").Replace("int M(", "[ArchitectureCode] int M("));
}
