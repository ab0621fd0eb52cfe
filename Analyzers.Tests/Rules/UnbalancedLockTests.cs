using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Rules;

public class UnbalancedLockTests
{
    [Theory]
    [InlineData("var p = [|PteOffsetMapLock(mm, pmd, addr, out var ptl)|]; if (p == null) return 1; PteUnmap(p);")]
    [InlineData("var p = [|PteOffsetMapLock(mm, pmd, addr, out var ptl)|]; if (p == null) return 1;")]
    [InlineData("var p = [|PteOffsetMapLock(mm, pmd, addr, out var ptl)|]; if (p == null) return 1; if (flag) { PteUnmap(p); return 2; } PteUnmapUnlock(p, ptl);")]
    [InlineData("var p = [|PteOffsetMapLock(mm, pmd, addr, out var ptl)|]; if (p == null) return 1; if (flag) return 2; PteUnmapUnlock(p, ptl);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; [|ptl|].Enter(); PteUnmap(p);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; [|ptl|].Enter(); if (flag) { PteUnmap(p); return 2; } ptl.Exit(); PteUnmap(p);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; if (flag) [|ptl|].Enter(); PteUnmap(p);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; var l = ptl; [|l|].Enter(); PteUnmap(p);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; Take([|ptl|]); PteUnmap(p);")]
    [InlineData("var pml = [|PmdLock(mm, pmd)|]; Work();")]
    [InlineData("var pml = [|PmdLock(mm, pmd)|]; if (flag) return 2; pml.Exit();")]
    [InlineData("[|PmdLock(mm, pmd)|];")]
    [InlineData("[|lockField|].Enter(); if (flag) return 2; lockField.Exit();")]
    [InlineData("PtLock l = PteLockptr(mm, pmd); [|l|].Enter(); if (flag) return 2; l.Exit();")]
    [InlineData("while (n-- > 0) { var pml = [|PmdLock(mm, pmd)|]; if (flag) break; pml.Exit(); }")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; try { [|ptl|].Enter(); if (flag) return 2; ptl.Exit(); } finally { PteUnmap(p); }")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; switch (n) { case 1: [|ptl|].Enter(); break; default: break; } PteUnmap(p);")]
    [InlineData("var p = [|PteOffsetMapLock(mm, pmd, addr, out var ptl)|]; p = PteOffsetMapLock(mm, pmd2, addr, out ptl); PteUnmapUnlock(p, ptl);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); [|ptl|].Enter(); p = PteOffsetMapNolock(mm, pmd2, addr, out ptl); PteUnmap(p);")]
    [InlineData("var p = [|MapsLocked(mm, pmd, out var ptl)|]; if (p == null) return 1; PteUnmap(p);")]
    [InlineData("var p = [|PteOffsetMapLock(mm, pmd, addr, out var ptl)|]; if (p == null) return 1; Breathe(ptl); PteUnmap(p);")]
    public Task A_lock_that_is_left_held_is_reported(string body) => Verify.AnalyzerAsync<UnbalancedLockAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; [|ptl|].Exit(); PteUnmap(p);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; PteUnmapUnlock(p, [|ptl|]);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; ptl.Enter(); ptl.Exit(); [|ptl|].Exit(); PteUnmap(p);")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; ptl.Exit(); PteUnmapUnlock(p, [|ptl|]);")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; PteUnmapUnlock(p, ptl); [|ptl|].Exit();")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; if (flag) ptl.Exit(); PteUnmapUnlock(p, [|ptl|]);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; if (flag) ptl.Enter(); [|ptl|].Exit(); PteUnmap(p);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; Release([|ptl|]); PteUnmap(p);")]
    [InlineData("var pml = PmdLock(mm, pmd); pml.Exit(); [|pml|].Exit();")]
    [InlineData("lockField.Enter(); lockField.Exit(); [|lockField|].Exit();")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; while (n-- > 0) [|ptl|].Exit(); PteUnmap(p); [|ptl|].Exit();")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; ptl.Exit(); ptl.Enter(); ptl.Exit(); PteUnmapUnlock(p, [|ptl|]);")]
    public Task A_release_of_what_is_not_held_is_reported(string body) => Verify.AnalyzerAsync<UnbalancedLockAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; PteUnmapUnlock(p, ptl);")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; PteUnmap(p); ptl.Exit();")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; ptl.Exit(); PteUnmap(p);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; ptl.Enter(); ptl.Exit(); PteUnmap(p);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; PteUnmap(p);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; ptl.Enter(); PteUnmapUnlock(p, ptl);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; Take(ptl); Release(ptl); PteUnmap(p);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; AnnotatedTake(ptl); ptl.Exit(); PteUnmap(p);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; if (ptl.TryEnter()) ptl.Exit(); PteUnmap(p);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; if (ptl != lockField) ptl.Enter(); if (ptl != lockField) ptl.Exit(); PteUnmap(p);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; bool held = false; if (flag) { ptl.Enter(); held = true; } if (held) ptl.Exit(); PteUnmap(p);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; if (flag) ptl.Enter(); if (flag) ptl.Exit(); PteUnmap(p);")]
    [InlineData("var pml = PmdLock(mm, pmd); pml.Exit();")]
    [InlineData("var pml = PmdLock(mm, pmd); try { Work(); } finally { pml.Exit(); }")]
    [InlineData("lockField.Enter();")]
    [InlineData("lockField.Exit();")]
    [InlineData("lockField.Enter(); lockField.Exit();")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; lockField = ptl; PteUnmap(p);")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; Foreign.UnknownLock(ptl); PteUnmap(p);")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; EndsUnlocked(p, ptl);")]
    [InlineData("lockField.Exit(); Work(); lockField.Enter();")]
    [InlineData("lockField.Exit(); Work(); lockField.Enter(); if (flag) return 2; Work();")]
    [InlineData("while (n-- > 0) { lockField.Exit(); Work(); lockField.Enter(); }")]
    [InlineData("lock (gate) { Work(); }")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; if (flag) { PteUnmapUnlock(p, ptl); return 2; } PteUnmapUnlock(p, ptl);")]
    [InlineData("var a = PteOffsetMapLock(mm, pmd, addr, out var l); if (a == null) return 1; PteUnmapUnlock(a, l); a = PteOffsetMapLock(mm, pmd2, addr, out l); if (a == null) return 1; PteUnmapUnlock(a, l);")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; Sample(p, ptl); PteUnmap(p);")]
    [InlineData("PtLock pml = PmdLock(mm, pmd); PtLock ptl = PmdLockptr(mm, pmd2); if (ptl != pml) ptl.Enter(); Work(); if (ptl != pml) ptl.Exit(); pml.Exit();")]
    [InlineData("var p = Leads(this, mm, pmd); if (p == null) return 1; PteUnmapUnlock(p, lockField);")]
    [InlineData("var pml = PmdLock(mm, pmd); Tell(pml);")]
    [InlineData("var pml = PmdLock(mm, pmd); (lockField, var more) = (pml, 1);")]
    [InlineData("var pml = PmdLock(mm, pmd); SameLock(pml).Exit();")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; Breathe(ptl); PteUnmapUnlock(p, ptl);")]
    [InlineData("var p = Either(mm, pmd, flag, out var ptl); if (p == null) return 1; PteUnmap(p);")]
    [InlineData("var p = Either(mm, pmd, flag, out var ptl); if (p == null) return 1; PteUnmapUnlock(p, ptl);")]
    public Task Balanced_locks_are_silent(string body) => Verify.AnalyzerAsync<UnbalancedLockAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData("PtLock M(Mm mm, Pmd* pmd) => PmdLock(mm, pmd);")]
    [InlineData("Pte* M(Mm mm, Pmd* pmd, out PtLock ptl) => PteOffsetMapLock(mm, pmd, 0, out ptl);")]
    [InlineData("void M(Mm mm, Pmd* pmd, out PtLock pml) { pml = PmdLock(mm, pmd); }")]
    [InlineData("void M(Mm mm, Pmd* pmd) { lockField = PmdLock(mm, pmd); }")]
    [InlineData("void M(PtLock l) { l.Enter(); }")]
    [InlineData("void M(PtLock l) { l.Exit(); }")]
    public Task Locking_for_the_caller_is_silent(string members) => Verify.AnalyzerAsync<UnbalancedLockAnalyzer>(MappingSource.Class(members));

    [Theory]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; {|#0:ptl|}.Exit(); PteUnmap(p);",
        "The page-table lock 'ptl' is released where it is not held; release it once on every path that took it")]
    [InlineData("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; {|#0:ptl|}.Enter(); PteUnmap(p); {|#1:return 2;|}",
        "The page-table lock 'ptl' is still held on the way out in line 10; release it on every way out")]
    [InlineData("var p = {|#0:PteOffsetMapLock(mm, pmd, addr, out var ptl)|}; if (p == null) return 1; PteUnmap(p); {|#1:return 2;|}",
        "The page-table lock that 'PteOffsetMapLock(mm, pmd, addr, out var ptl)' takes is still held on the way out in line 10; release it on every way out")]
    public Task The_message_says_what_to_do(string body, string message) => Verify.MessageAsync<UnbalancedLockAnalyzer>(MappingSource.Method(body), "PTE0019", message);

    [Theory]
    [InlineData("var p = PteOffsetMap(pmd, addr; PteUnmap(p; PteGet(p")]
    [InlineData("PteUnmapUnlock(p, ptl); p. ; ptl.Enter(; ptl.Exit(); foreach (var x in")]
    public Task Half_typed_code_is_survived(string body) => Verify.AnalyzerAsync<UnbalancedLockAnalyzer>(
        MappingSource.Method(body), configure: test => test.CompilerDiagnostics = Microsoft.CodeAnalysis.Testing.CompilerDiagnostics.None);

    [Fact]
    public Task Architecture_code_knows_best() => Verify.AnalyzerAsync<UnbalancedLockAnalyzer>(
        MappingSource.Method("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return 1; ptl.Exit(); PteUnmap(p);").Replace("int M(", "[ArchitectureCode] int M("));
}
