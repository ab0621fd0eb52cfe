using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Rules;

namespace PteGuard.Analyzers.Tests.Mappings;

/// <summary>Locks that a struct carries with their mappings, and what else follows from knowing both.</summary>
public class CarriedLocksTests
{
    private const string Walk = "var w = new Walk { Mm = mm, Address = addr }; var v = w; ";
    private const string Begun = Walk + "if (!Begin(ref w, pmd)) return 1; ";
    private const string Both = Begun + "if (!Begin(ref v, pmd2)) { End(ref w); return 2; } ";
    private const string Unlocked = Walk + "if (!BeginUnlocked(ref w, pmd)) return 1; ";

    [Theory]
    [InlineData("PteUnmapUnlock(v.Pte, [|w.Ptl|]); PteUnmapUnlock(w.Pte, [|v.Ptl|]);")]
    [InlineData("var l = w.Ptl; PteUnmapUnlock(v.Pte, [|l|]);")]
    [InlineData("v.Ptl = w.Ptl; PteUnmapUnlock(v.Pte, [|v.Ptl|]);")]
    [InlineData("End(ref v); v = default; v.Pte = PteOffsetMapLock(mm, pmd2, addr, out _); if (v.Pte == null) return 3; PteUnmapUnlock(v.Pte, [|v.Ptl|]);")]
    public Task The_lock_of_another_walk_is_reported(string body) => Verify.AnalyzerAsync<ForeignUnlockAnalyzer>(CarriedSource.Method(Both + body));

    [Theory]
    [InlineData("PteUnmapUnlock(v.Pte, v.Ptl); PteUnmapUnlock(w.Pte, w.Ptl);")]
    [InlineData("if (v.Ptl == w.Ptl) PteUnmapUnlock(v.Pte, w.Ptl);")]
    [InlineData("(v, w) = (w, v); PteUnmapUnlock(v.Pte, v.Ptl);")]
    [InlineData("var t = v; v = w; w = t; PteUnmapUnlock(v.Pte, v.Ptl); PteUnmapUnlock(w.Pte, w.Ptl);")]
    [InlineData("Foreign.UnknownByReference(ref w); PteUnmapUnlock(v.Pte, w.Ptl);")]
    public Task Its_own_lock_is_silent(string body) => Verify.AnalyzerAsync<ForeignUnlockAnalyzer>(CarriedSource.Method(Both + body));

    [Theory]
    [InlineData("End(ref [|w|]); End(ref v);")]
    [InlineData("[|w|].End(); v.End();")]
    [InlineData("PteUnmapUnlock([|w.Pte|], w.Ptl); v.Release();")]
    public Task The_wrong_order_is_reported(string body) => Verify.AnalyzerAsync<UnmapOrderAnalyzer>(CarriedSource.Method(Both + body));

    [Theory]
    [InlineData("End(ref v); End(ref w);")]
    [InlineData("v.Release(); w.Release();")]
    [InlineData("EndTwo(ref w, ref v);")]
    public Task The_right_order_is_silent(string body) => Verify.AnalyzerAsync<UnmapOrderAnalyzer>(CarriedSource.Method(Both + body));

    [Theory]
    [InlineData("p.End();")]
    [InlineData("PteUnmapUnlock(p.Source, p.SourceLock); PteUnmapUnlock(p.Target, p.TargetLock);")]
    public Task The_order_of_what_one_call_made_is_not_judged(string body) => Verify.AnalyzerAsync<UnmapOrderAnalyzer>(CarriedSource.Class(
        "static bool Pairs(ref Pair p, Pmd* a, Pmd* b) { p.Source = PteOffsetMapLock(default, a, 0, out p.SourceLock); if (p.Source == null) return false; "
        + "p.Target = PteOffsetMapLock(default, b, 0, out p.TargetLock); if (p.Target == null) { PteUnmapUnlock(p.Source, p.SourceLock); return false; } return true; } "
        + "void M(Pmd* a, Pmd* b) { Pair p = default; if (!Pairs(ref p, a, b)) return; if (p.Target == null) return; " + body + " }"));

    [Theory]
    [InlineData("SetPte([|w.Pte|], pte);")]
    [InlineData("Store(ref [|w|], pte);")]
    [InlineData("Lock(w); Unlock(ref w); SetPte([|w.Pte|], pte);")]
    [InlineData("w.Ptl.Enter(); w.Ptl.Exit(); Store(ref [|w|], pte);")]
    [InlineData("v = w; SetPte([|v.Pte|], pte);")]
    public Task A_store_without_the_lock_is_reported(string body) => Verify.AnalyzerAsync<UnlockedStoreAnalyzer>(CarriedSource.Method(Unlocked + body));

    [Theory]
    [InlineData("w.Ptl.Enter(); SetPte(w.Pte, pte);")]
    [InlineData("Lock(w); Store(ref w, pte); Unlock(ref w);")]
    [InlineData("v = w; v.Ptl.Enter(); Store(ref w, pte);")]
    [InlineData("Foreign.Unknown(w); SetPte(w.Pte, pte);")]
    [InlineData("w.Current = w.Pte; SetPte(w.Pte, pte);")]
    [InlineData("LockThere(ref w); SetPte(w.Pte, pte);")]
    public Task A_store_under_the_lock_is_silent(string body) => Verify.AnalyzerAsync<UnlockedStoreAnalyzer>(CarriedSource.Method(Unlocked + body));

    [Theory]
    [InlineData("if (![|Begin(ref w, pmd)|]) return 1; if (flag) return 2; End(ref w);")]
    [InlineData("if (!BeginUnlocked(ref w, pmd)) return 1; Lock([|w|]); if (flag) return 2; Unlock(ref w);")]
    [InlineData("if (!BeginUnlocked(ref w, pmd)) return 1; [|w.Ptl|].Enter(); EndUnlocked(w);")]
    [InlineData("if (!Begin(ref w, pmd)) return 1; Unlock(ref w); Unlock(ref [|w|]);")]
    [InlineData("if (!Begin(ref w, pmd)) return 1; w.Ptl.Exit(); [|w|].End();")]
    [InlineData("if (!BeginUnlocked(ref w, pmd)) return 1; [|w.Ptl|].Exit();")]
    public Task An_unbalanced_lock_is_reported(string body) => Verify.AnalyzerAsync<UnbalancedLockAnalyzer>(CarriedSource.Method(Walk + body));

    [Theory]
    [InlineData("if (!Begin(ref w, pmd)) return 1; End(ref w);")]
    [InlineData("if (!Begin(ref w, pmd)) return 1; Unlock(ref w); EndUnlocked(w);")]
    [InlineData("if (!BeginUnlocked(ref w, pmd)) return 1; Lock(w); w.Release();")]
    [InlineData("Begin(ref w, pmd); EndIfThere(ref w);")]
    [InlineData("w.Ptl = PmdLock(mm, pmd); EndIfThere(ref w); w.Ptl.Exit();")]
    [InlineData("w.Ptl = PmdLock(mm, pmd); Put(ref v, null, w.Ptl); Unlock(ref v);")]
    [InlineData("var l = PmdLock(mm, pmd); Put(ref v, null, l); Unlock(ref v);")]
    [InlineData("if (!Begin(ref w, pmd)) return 1; Foreign.Unknown(w); Unlock(ref w);")]
    [InlineData("if (!Begin(ref w, pmd)) return 1; Hand(ref w, out var l); l.Exit(); PteUnmap(w.Pte);")]
    [InlineData("if (!Begin(ref w, pmd)) return 1; Tell(w); PteUnmap(w.Pte);")]
    [InlineData("var p = Lead(ref w, pmd); if (p == null) return 1; PteUnmapUnlock(p, w.Ptl);")]
    [InlineData("var p = Lead(ref field, pmd); if (p == null) return 1; PteUnmapUnlock(p, field.Ptl);")]
    [InlineData("this.field.Ptl.Enter(); w = this.field; w.Ptl.Exit();")]
    [InlineData("Lock(walks[0]); Unlock(ref walks[0]);")]
    public Task A_balanced_lock_is_silent(string body) => Verify.AnalyzerAsync<UnbalancedLockAnalyzer>(CarriedSource.Method(Walk + body));

    [Theory]
    [InlineData("[|Thread.Sleep(1)|]; End(ref w);")]
    [InlineData("while (Test()) { [|Thread.Sleep(1)|]; } w.End();")]
    public Task Blocking_between_begin_and_end_is_reported(string body) => Verify.AnalyzerAsync<BlockingWhileMappedAnalyzer>(CarriedSource.Method(Begun + body));

    [Theory]
    [InlineData("End(ref w); Thread.Sleep(1);")]
    [InlineData("this.field = w; Thread.Sleep(1);")]
    public Task Blocking_outside_is_silent(string body) => Verify.AnalyzerAsync<BlockingWhileMappedAnalyzer>(CarriedSource.Method(Begun + body));

    [Theory]
    [InlineData("var seen = PtepGet(w.Pte); w.Ptl.Enter(); SetPte(w.Pte, [|seen|]);")]
    [InlineData("var seen = PtepGet(w.Pte); Lock(w); SetPte(w.Pte, [|seen|]);")]
    public Task A_value_from_before_the_lock_is_reported(string body) => Verify.AnalyzerAsync<UnverifiedValueAnalyzer>(CarriedSource.Method(Unlocked + body));

    [Theory]
    [InlineData("var seen = PtepGet(w.Pte); w.Ptl.Enter(); if (PteSame(seen, PtepGet(w.Pte))) SetPte(w.Pte, seen);")]
    [InlineData("var seen = PtepGet(w.Pte); Lock(w); if (seen == PtepGet(w.Pte)) SetPte(w.Pte, seen);")]
    public Task A_compared_value_is_silent(string body) => Verify.AnalyzerAsync<UnverifiedValueAnalyzer>(CarriedSource.Method(Unlocked + body));

    [Theory]
    [InlineData(Walk + "if (![|Begin(ref w, pmd)|]) return 1; if (flag) return 2; End(ref w);")]
    [InlineData(Walk + "if (![|w.Begin(pmd)|]) return 1; if (flag) return 2; w.End();")]
    [InlineData(Walk + "if (![|BeginUnlocked(ref w, pmd)|]) return 1; if (flag) return 2; EndUnlocked(w);")]
    [InlineData(Walk + "w.Pte = [|PteOffsetMap(pmd, addr)|]; if (w.Pte == null) return 1; if (flag) return 2; EndUnlocked(w);")]
    [InlineData(Walk + "var ok = [|Begin(ref w, pmd)|]; if (!ok) return 1; if (flag) return 2; End(ref w);")]
    [InlineData(Walk + "if (![|Begin(ref w, pmd)|]) return 1; var p = w.Pte; if (flag) return 2; End(ref w);")]
    [InlineData(Walk + "w.Pte = [|PteOffsetMap(pmd, addr)|]; if (w.Pte == null) return 1; var p = w.Pte; p++; if (flag) return 2; EndUnlocked(w);")]
    public Task A_leak_that_only_the_struct_can_end_has_no_fix(string body) =>
        Verify.FixAsync<LeakedMappingAnalyzer, LeakedMappingFix>(CarriedSource.Method(body), CarriedSource.Method(body));

    [Fact]
    public Task A_leak_that_a_local_can_end_is_fixed_through_it() => Verify.FixAsync<LeakedMappingAnalyzer, LeakedMappingFix>(
        CarriedSource.Method("var p = [|PteOffsetMap(pmd, addr)|]; if (p == null) return 1; var w = new Walk { Pte = p }; if (flag) { return 2; } EndUnlocked(w);"),
        CarriedSource.Method("var p = PteOffsetMap(pmd, addr); if (p == null) return 1; var w = new Walk { Pte = p }; if (flag) { PteUnmap(p); return 2; } EndUnlocked(w);"));

    [Fact]
    public Task A_check_that_would_leave_a_walk_open_is_not_written() => Verify.FixAsync<UncheckedMappingAnalyzer, UncheckedMappingFix>(
        CarriedSource.Method(Begun + "var p = PteOffsetMap(pmd2, addr); _ = PtepGet([|p|]); PteUnmap(p); End(ref w);"),
        CarriedSource.Method(Begun + "var p = PteOffsetMap(pmd2, addr); _ = PtepGet([|p|]); PteUnmap(p); End(ref w);"));

    [Theory]
    [InlineData("Begin(ref w, pmd); _ = PtepGet([|w.Pte|]); End(ref w);")]
    [InlineData("Begin(ref w, pmd); End(ref [|w|]);")]
    [InlineData("w.Pte = PteOffsetMap(pmd, addr); EndUnlocked([|w|]);")]
    public Task An_unchecked_use_of_a_field_has_no_fix(string body) =>
        Verify.FixAsync<UncheckedMappingAnalyzer, UncheckedMappingFix>(CarriedSource.Method(Walk + body), CarriedSource.Method(Walk + body));

    [Fact]
    public Task An_unlock_that_a_field_would_mend_has_no_fix() => Verify.FixAsync<ForeignUnlockAnalyzer, ForeignUnlockFix>(
        CarriedSource.Method(Both + "PteUnmapUnlock(v.Pte, [|w.Ptl|]);"),
        CarriedSource.Method(Both + "PteUnmapUnlock(v.Pte, [|w.Ptl|]);"));
}
