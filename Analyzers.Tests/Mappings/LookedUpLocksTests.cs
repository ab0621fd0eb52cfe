using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Mappings;

/// <summary>Locks that were looked up from the directory entry that a mapping was made from.</summary>
public class LookedUpLocksTests
{
    private const string Map = "var p = PteOffsetMap(pmd, addr); if (p == null) return 1; ";
    private const string Look = "var ptl = PteLockptr(mm, pmd); ";

    [Theory]
    [InlineData(Map + Look + "SetPte([|p|], pte);")]
    [InlineData(Map + Look + "[|*p|] = pte;")]
    [InlineData(Map + Look + "Writes([|p|], pte);")]
    [InlineData(Map + "var same = pmd; var ptl = PteLockptr(mm, same); SetPte([|p|], pte);")]
    [InlineData(Map + Look + "ptl.Enter(); SetPte(p, pte); ptl.Exit(); SetPte([|p|], pte);")]
    [InlineData(Map + Look + "if (flag) ptl.Enter(); SetPte([|p|], pte);")]
    [InlineData(Map + Look + "SetPte([|p|], pte); PteUnmapUnlock(p, ptl);")]
    [InlineData(Map + "PteLockptr(mm, pmd).Enter(); SetPte(p, pte); PteLockptr(mm, pmd).Exit(); SetPte([|p|], pte);")]
    [InlineData(Map + Look + "Take(ptl); SetPte(p, pte); Release(ptl); SetPte([|p|], pte);")]
    [InlineData(Look + Map + "SetPte([|p|], pte);")]
    [InlineData(Look + "ptl.Enter(); " + Map + "SetPte(p, pte); ptl.Exit(); SetPte([|p|], pte);")]
    [InlineData(Look + "ptl.Enter(); ptl.Exit(); " + Map + "SetPte([|p|], pte);")]
    [InlineData("if (!TryMap(pmd, addr, out var p)) return 1; " + Look + "SetPte([|p|], pte);")]
    [InlineData("var d = NextPmd(); var p = PteOffsetMap(d, addr); if (p == null) return 1; var ptl = PteLockptr(mm, d); SetPte([|p|], pte);")]
    [InlineData("while (n-- > 0) { var d = NextPmd(); var p = PteOffsetMap(d, addr); if (p == null) break; var ptl = PteLockptr(mm, d); SetPte([|p|], pte); ptl.Enter(); SetPte(p, pte); PteUnmapUnlock(p, ptl); }")]
    [InlineData("if (flag) pmd = pmd2; " + Map + Look + "SetPte([|p|], pte);")]
    [InlineData(Map + Look + "try { SetPte([|p|], pte); } finally { PteUnmap(p); }")]
    [InlineData(Map + Look + "var v = PmdpGet(pmd); SetPte([|p|], pte);")]
    [InlineData(Map + Look + "var other = PteLockptr(mm, pmd2); other.Enter(); SetPte([|p|], pte); other.Exit();")]
    [InlineData(Map + Look + "var q = PteOffsetMapLock(mm, pmd2, addr, out var l2); if (q == null) return 2; SetPte([|p|], pte);")]
    public Task A_store_without_the_looked_up_lock_is_reported(string body) => Verify.AnalyzerAsync<UnlockedStoreAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData(Map + Look + "ptl.Enter(); SetPte(p, pte); PteUnmapUnlock(p, ptl);")]
    [InlineData(Look + "ptl.Enter(); " + Map + "SetPte(p, pte); PteUnmapUnlock(p, ptl);")]
    [InlineData(Map + "PteLockptr(mm, pmd).Enter(); SetPte(p, pte); PteLockptr(mm, pmd).Exit();")]
    [InlineData(Map + Look + "ptl.Enter(); var again = PteLockptr(mm, pmd); SetPte(p, pte); again.Exit();")]
    [InlineData(Map + Look + "lock (gate) { ptl.Enter(); SetPte(p, pte); ptl.Exit(); }")]
    [InlineData(Map + Look + "Take(ptl); SetPte(p, pte); Release(ptl);")]
    [InlineData(Map + Look + "bool held = false; if (flag) { ptl.Enter(); held = true; } if (held) SetPte(p, pte);")]
    [InlineData("while (n-- > 0) { var p = PteOffsetMap(pmd, addr); if (p == null) break; var ptl = PteLockptr(mm, pmd); ptl.Enter(); SetPte(p, pte); PteUnmapUnlock(p, ptl); pmd++; }")]
    [InlineData("bool held = false; PtLock ptl = default; " + Map + "while (n-- > 0) { ptl = PteLockptr(mm, pmd); if (!held) { ptl.Enter(); held = true; } SetPte(p, pte); } if (held) ptl.Exit();")]
    [InlineData("bool held = false; while (n-- > 0) { var p = PteOffsetMap(pmd, addr); var ptl = PteLockptr(mm, pmd); if (!held) held = ptl.TryEnter(); if (held && p != null) SetPte(p, pte); }")]
    public Task A_store_under_the_looked_up_lock_is_silent(string body) => Verify.AnalyzerAsync<UnlockedStoreAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData(Map + "SetPte(p, pte);")]
    [InlineData(Map + "SetPte(p, pte); " + Look + "ptl.Enter(); PteUnmapUnlock(p, ptl);")]
    [InlineData("PtLock ptl = default; while (n-- > 0) { var p = PteOffsetMap(pmd, addr); if (p == null) break; SetPte(p, pte); ptl = PteLockptr(mm, pmd); ptl.Enter(); PteUnmapUnlock(p, ptl); }")]
    [InlineData(Map + "var ptl = PteLockptr(mm, pmd2); SetPte(p, pte);")]
    [InlineData(Map + "pmd++; " + Look + "SetPte(p, pte);")]
    [InlineData(Map + "pmd = NextPmd(); " + Look + "SetPte(p, pte);")]
    [InlineData(Map + "var ptl = PteLockptr(mm, pmd + 1); SetPte(p, pte);")]
    [InlineData(Map + "pmd = flag ? pmd : pmd2; " + Look + "SetPte(p, pte);")]
    [InlineData("var p = PteOffsetMap(NextPmd(), addr); if (p == null) return 1; var ptl = PteLockptr(mm, NextPmd()); SetPte(p, pte);")]
    [InlineData("while (n-- > 0) { var d = NextPmd(); var p = PteOffsetMap(d, addr); if (p == null) break; d = NextPmd(); var ptl = PteLockptr(mm, d); SetPte(p, pte); PteUnmap(p); }")]
    [InlineData("Pte* p = null; while (n-- > 0) { var d = NextPmd(); if (p == null) p = PteOffsetMap(d, addr); var ptl = PteLockptr(mm, d); if (p == null || flag) continue; ptl.Enter(); SetPte(p, pte); ptl.Exit(); }")]
    [InlineData("Pte* p = null; while (n-- > 0) { var d = flag ? pmd : pmd2; if (p == null) p = PteOffsetMap(d, addr); if (p == null) break; var ptl = PteLockptr(mm, d); SetPte(p, pte); }")]
    public Task A_lock_that_was_not_looked_up_from_the_same_entry_is_silent(string body) => Verify.AnalyzerAsync<UnlockedStoreAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData(Map + Look + "lockField = ptl; Work(); SetPte(p, pte);")]
    [InlineData(Map + Look + "Foreign.UnknownLock(ptl); SetPte(p, pte);")]
    [InlineData("Foreign.UnknownLock(PteLockptr(mm, pmd)); if (flag) Work(); " + Map + Look + "SetPte(p, pte);")]
    [InlineData(Map + Look + "if (ptl != lockField) ptl.Enter(); SetPte(p, pte);")]
    [InlineData(Map + Look + "if (!ptl.TryEnter()) return 2; SetPte(p, pte);")]
    [InlineData(Map + Look + "Sample(p, ptl); SetPte(p, pte);")]
    [InlineData(Map + Look + "Action a = () => ptl.Enter(); a(); SetPte(p, pte);")]
    [InlineData(Map + Look + "SetPte(p, pte); ptl.Exit();")]
    [InlineData(Map + Look + "SetPte(p, pte); lockField.Exit();")]
    [InlineData("lockField.Enter(); " + Map + Look + "SetPte(p, pte); lockField.Exit();")]
    [InlineData("var pml = PmdLock(mm, pmd); " + Map + Look + "SetPte(p, pte); pml.Exit();")]
    [InlineData("var q = PteOffsetMapLock(mm, pmd, addr, out var l2); if (q == null) return 2; " + Map + Look + "SetPte(p, pte);")]
    [InlineData("var q = PteOffsetMap(pmd, addr + 1); if (q == null) return 2; " + Map + Look + "SetPte(p, pte);")]
    [InlineData("var q = PteOffsetMapLock(mm, NextPmd(), addr, out var l2); if (q == null) return 2; " + Map + Look + "SetPte(p, pte);")]
    [InlineData(Map + Look + "SetPmd(pmd, default); SetPte(p, pte);")]
    [InlineData(Map + Look + "*pmd = default; SetPte(p, pte);")]
    [InlineData(Map + Look + "Foreign.Unknown(p); SetPte(p, pte);")]
    [InlineData(Map + Look + "Maps(pmd); SetPte(p, pte);")]
    public Task Where_anybody_may_hold_the_lock_nothing_is_said(string body) => Verify.AnalyzerAsync<UnlockedStoreAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData("[UnpublishedTable] void M(Mm mm, Pmd* pmd) { var p = PteOffsetMap(pmd, 0); var ptl = PteLockptr(mm, pmd); if (p != null) SetPte(p, default); }")]
    [InlineData("void M(Mm mm, [UnpublishedTable] Pmd* pmd) { var p = PteOffsetMap(pmd, 0); var ptl = PteLockptr(mm, pmd); if (p != null) SetPte(p, default); }")]
    [InlineData("struct L { public bool IsHeld => true; [AcquiresLock] public void Enter() { } } [LockPointer] static L LockOf(Pmd* pmd) => default; void M(Pmd* pmd) { var p = PteOffsetMap(pmd, 0); var l = LockOf(pmd); if (!l.IsHeld || p == null) return; SetPte(p, default); }")]
    public Task Tables_and_locks_that_say_otherwise_are_believed(string members) => Verify.AnalyzerAsync<UnlockedStoreAnalyzer>(MappingSource.Class(members));

    [Theory]
    [InlineData("var p = {|#1:PteOffsetMap(pmd, addr)|}; if (p == null) return 1; var ptl = PteLockptr(mm, pmd); SetPte({|#0:p|}, pte); PteUnmap(p);",
        "An entry is stored to through 'p' while the lock of its table is not held; take 'ptl' first")]
    [InlineData("var p = {|#1:PteOffsetMap(pmd, addr)|}; if (p == null) return 1; PteLockptr(mm, pmd); SetPte({|#0:p|}, pte); PteUnmap(p);",
        "An entry is stored to through 'p' while the lock of its table is not held; take 'PteLockptr(mm, pmd)' first")]
    public Task The_message_names_the_lock(string body, string message) => Verify.MessageAsync<UnlockedStoreAnalyzer>(MappingSource.Method(body), "PTE0011", message);

    private const string Both = "var a = PteOffsetMap(pmd, addr); if (a == null) return 1; var b = PteOffsetMap(pmd2, addr); if (b == null) return 1; var la = PteLockptr(mm, pmd); var lb = PteLockptr(mm, pmd2); la.Enter(); lb.Enter(); ";

    [Theory]
    [InlineData(Both + "PteUnmapUnlock(b, [|la|]); PteUnmapUnlock(a, [|lb|]);")]
    [InlineData(Both + "PteUnmapUnlock(b, lb); PteUnmapUnlock(a, [|lb|]);")]
    [InlineData(Both + "var l = la; PteUnmapUnlock(b, [|l|]);")]
    [InlineData(Map + "PteUnmapUnlock(p, [|PteLockptr(mm, pmd2)|]);")]
    [InlineData("var l = PteLockptr(mm, pmd2); l.Enter(); " + Map + "PteUnmapUnlock(p, [|l|]);")]
    [InlineData("var p = PteOffsetMapLock(mm, pmd, addr, out var ptl); if (p == null) return 1; PteUnmapUnlock(p, [|PteLockptr(mm, pmd2)|]);")]
    [InlineData(Map + Look + "ptl.Enter(); var q = PteOffsetMapLock(mm, pmd2, addr, out var l2); if (q == null) return 2; PteUnmapUnlock(q, [|ptl|]);")]
    public Task A_lock_that_was_looked_up_for_another_table_is_reported(string body) => Verify.AnalyzerAsync<ForeignUnlockAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData(Both + "PteUnmapUnlock(b, lb); PteUnmapUnlock(a, la);")]
    [InlineData(Map + "PteUnmapUnlock(p, PteLockptr(mm, pmd));")]
    [InlineData("var p = PteOffsetMap(NextPmd(), addr); if (p == null) return 1; PteUnmapUnlock(p, PteLockptr(mm, NextPmd()));")]
    [InlineData("var d = NextPmd(); var p = PteOffsetMap(d, addr); if (p == null) return 1; PteUnmapUnlock(p, PteLockptr(mm, pmd));")]
    [InlineData(Map + "pmd = pmd2; PteUnmapUnlock(p, PteLockptr(mm, NextPmd()));")]
    [InlineData(Both + "if (la == lb) PteUnmapUnlock(b, la);")]
    [InlineData(Both + "if (la.Equals(lb)) PteUnmapUnlock(b, la);")]
    [InlineData(Both + "if (Equals(la, lb)) PteUnmapUnlock(b, la);")]
    [InlineData(Both + "Foreign.UnknownLock(la); PteUnmapUnlock(b, la);")]
    [InlineData(Both + "var p = flag ? a : b; var l = flag ? la : lb; PteUnmapUnlock(p, l);")]
    [InlineData("while (n-- > 0) { var d = flag ? pmd : pmd2; var p = PteOffsetMap(d, addr); if (p == null) break; var l = PteLockptr(mm, d); l.Enter(); PteUnmapUnlock(p, l); }")]
    public Task A_lock_that_may_be_the_mappings_own_is_silent(string body) => Verify.AnalyzerAsync<ForeignUnlockAnalyzer>(MappingSource.Method(body));

    [Fact]
    public Task The_message_points_to_the_table() => Verify.MessageAsync<ForeignUnlockAnalyzer>(
        MappingSource.Method("var p = {|#1:PteOffsetMap(pmd, addr)|}; if (p == null) return 1; var l2 = PteLockptr(mm, pmd2); PteUnmapUnlock(p, {|#0:l2|});"),
        "PTE0010",
        "'l2' is not the lock of this mapping; use the one of its own table");

    [Theory]
    [InlineData(Map + "var ptl = PteLockptr(mm, pmd); [|ptl|].Enter(); if (flag) { PteUnmap(p); return 2; } PteUnmapUnlock(p, ptl);")]
    [InlineData(Map + Look + "ptl.Enter(); PteUnmapUnlock(p, ptl); [|ptl|].Exit();")]
    [InlineData(Map + Look + "ptl.Enter(); PteLockptr(mm, pmd).Exit(); [|ptl|].Exit();")]
    public Task An_unbalanced_looked_up_lock_is_reported(string body) => Verify.AnalyzerAsync<UnbalancedLockAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData(Map + Look + "ptl.Enter(); PteUnmapUnlock(p, ptl);")]
    [InlineData(Map + Look + "PteUnmap(p);")]
    [InlineData(Map + Look + "PteUnmapUnlock(p, ptl);")]
    [InlineData(Map + Look + "ptl.Exit();")]
    [InlineData(Map + Look + "ptl.Enter();")]
    [InlineData(Map + "PteLockptr(mm, pmd).Enter(); SetPte(p, pte); PteLockptr(mm, pmd).Exit();")]
    [InlineData(Map + Look + "ptl.Enter(); if (flag) { PteUnmapUnlock(p, PteLockptr(mm, pmd)); return 2; } PteUnmapUnlock(p, ptl);")]
    [InlineData(Map + Look + "ptl.Enter(); ptl.Exit(); PteLockptr(mm, pmd).Enter(); ptl.Exit();")]
    public Task A_looked_up_lock_is_balanced_however_it_is_looked_up(string body) => Verify.AnalyzerAsync<UnbalancedLockAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData(Map + "var seen = PtepGet(p); " + Look + "ptl.Enter(); SetPte(p, seen); PteUnmapUnlock(p, ptl);")]
    [InlineData(Look + Map + "var seen = PtepGet(p); ptl.Enter(); if (seen.IsPresent) SetPte(p, seen); PteUnmapUnlock(p, ptl);")]
    public Task A_value_is_not_followed_past_a_looked_up_lock(string body) => Verify.AnalyzerAsync<UnverifiedValueAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData(Look + "System.Threading.Thread.Sleep(1); ptl.Enter(); ptl.Exit(); System.Threading.Thread.Sleep(1);")]
    public Task Waiting_beside_a_looked_up_lock_is_silent(string body) => Verify.AnalyzerAsync<BlockingWhileMappedAnalyzer>(MappingSource.Method(body));

    [Theory]
    [InlineData("PteLockptr(); PteLockptr(mm).Enter(); var p = PteOffsetMap(); SetPte(p; PteUnmapUnlock(p, PteLockptr(")]
    [InlineData("var p = PteOffsetMap(pmd, ; var l = PteLockptr(mm, pmd; SetPte(p, pte); PteUnmapUnlock(p, l).")]
    public Task Half_typed_code_is_survived(string body) => Verify.AnalyzerAsync<UnlockedStoreAnalyzer>(
        MappingSource.Method(body), configure: test => test.CompilerDiagnostics = Microsoft.CodeAnalysis.Testing.CompilerDiagnostics.None);
}
