using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Flow;
using PteGuard.Analyzers.Mappings;

namespace PteGuard.Analyzers.Tests.Mappings;

/// <summary>What is inferred of helpers.</summary>
public class HelpersTests
{
    [Theory]
    [InlineData("static void F(Pte* p) { }", "p None")]
    [InlineData("static void F(Pte* p) => PteUnmap(p);", "p Uses, Unmaps")]
    [InlineData("static void F(Pte* p) { if (p != null) PteUnmap(p); }", "p UsesTested, Unmaps")]
    [InlineData("static void F(Pte* p) { if (p == null) return; PteUnmap(p); }", "p UsesTested, Unmaps")]
    [InlineData("static void F(Pte* p, bool b) { if (b) PteUnmap(p); }", "p Unknown; b None")]
    [InlineData("static void F(Pte* p, bool b) { if (b) { PteUnmap(p); return; } PteUnmap(p); }", "p Uses, Unmaps; b None")]
    [InlineData("static void F(Pte* p) { p++; PteUnmap(p); }", "p Uses, Unmaps")]
    [InlineData("static void F(Pte* p) { p = null; }", "p None")]
    [InlineData("static void F(Pte* p) { s_kept = p; }", "p Unknown")]
    [InlineData("static Pte F(Pte* p) => PtepGet(p);", "p Uses")]
    [InlineData("static ulong F(Pte* p) { if (p == null) return 0; return PtepGet(p).Value; }", "p UsesTested")]
    [InlineData("static void F(Pte* p, Pte v) => SetPte(p, v);", "p Uses, Stores; v None")]
    [InlineData("static void F(Pte* p, Pte v) { if (p != null) SetPte(p, v); }", "p UsesTested, Stores; v None")]
    [InlineData("static Pte* F(Pte* p) => p + 1;", "p Unknown")]
    [InlineData("static void F(Pte* p, out Pte* q) => q = p;", "p Unknown; q None")]
    [InlineData("static void F(ref Pte* p) { PteUnmap(p); p = null; }", "p None")]
    [InlineData("static bool F(Pte* p) => p != null;", "p None")]
    [InlineData("static void F(PtLock l) => l.Enter();", "l Locks")]
    [InlineData("static void F(PtLock l) => l.Exit();", "l Unlocks")]
    [InlineData("static void F(PtLock l) { l.Enter(); l.Exit(); }", "l None")]
    [InlineData("static void F(PtLock l) { l.Exit(); l.Enter(); }", "l None")]
    [InlineData("static void F(PtLock l, bool b) { if (b) l.Enter(); }", "l Unknown; b None")]
    [InlineData("static void F(PtLock l) { }", "l None")]
    [InlineData("static void F(Pte* p, PtLock l) => PteUnmapUnlock(p, l);", "p Uses, Unmaps; l Unlocks")]
    [InlineData("static void F(Pte* p, PtLock l) { l.Exit(); PteUnmap(p); }", "p Uses, Unmaps; l Unlocks")]
    [InlineData("static void F(object gate) { Monitor.Enter(gate); }", "gate Unknown")]
    [InlineData("static void F(object gate) => Monitor.Exit(gate);", "gate Unknown")]
    [InlineData("static void F(object gate) { lock (gate) { } }", "gate Unknown")]
    [InlineData("static void F(ulong p) => PteUnmap((Pte*)p);", "p Uses, Unmaps")]
    [InlineData("static void F(nint p) => PteUnmap((Pte*)p);", "p Uses, Unmaps")]
    [InlineData("static void F(nuint p) => Console.Write(p);", "p None")]
    [InlineData("static ulong F(ulong p) => p + 1;", "p Unknown")]
    [InlineData("static bool F(ulong p) { PteUnmap((Pte*)p); return true; }", "p Uses, Unmaps")]
    [InlineData("static Pte* F(Pmd* pmd, bool b) { if (b) return s_kept; return PteOffsetMap(pmd, 0); }", "pmd None; b None")]
    [InlineData("static Pte* F(Pte* p, Pmd* pmd) { if (p != null) return p; return PteOffsetMap(pmd, 0); }", "p Unknown; pmd None; hands out Mapped")]
    [InlineData("static void F(Pte* p) => G(p); static void G(Pte* p) => PteUnmap(p);", "p Uses, Unmaps")]
    [InlineData("static void F(Pte* p) { F(p); }", "p Unknown")]
    [InlineData("static void F(Pte* p, Pte* q) { PteUnmap(q); PteUnmap(p); }", "p Uses, Unmaps; q Uses, Unmaps")]
    [InlineData("static extern void F(Pte* p);", "")]
    [InlineData("public virtual void F(Pte* p) => PteUnmap(p);", "")]
    [InlineData("static void F(int n) { }", "n None")]
    [InlineData("static Pte* F(Pmd* pmd) => PteOffsetMap(pmd, 0);", "pmd None; hands out Mapped")]
    [InlineData("static Pte* F(Pmd* pmd, Mm mm, out PtLock l) => PteOffsetMapLock(mm, pmd, 0, out l);", "pmd None; mm None; l None; hands out Mapped, Locked")]
    [InlineData("static Pte* F(Pmd* pmd, Mm mm, out PtLock l) => PteOffsetMapNolock(mm, pmd, 0, out l);", "pmd None; mm None; l None; hands out Mapped, Unlocked")]
    [InlineData("static Pte* F(Pmd* pmd, Mm mm) { var p = PteOffsetMapNolock(mm, pmd, 0, out var l); if (p == null) return null; l.Enter(); return p; }", "pmd None; mm None; hands out Mapped, Locked")]
    [InlineData("static Pte* F(Pmd* pmd, bool b) { if (b) return null; return PteOffsetMap(pmd, 0); }", "pmd None; b None; hands out Mapped")]
    [InlineData("static Pte* F(Pmd* pmd) { var p = PteOffsetMap(pmd, 0); if (p == null) throw null; return p; }", "pmd None; hands out Mapped")]
    [InlineData("static Pte* F(Pmd* pmd, Mm mm, bool b) { if (b) return PteOffsetMap(pmd, 0); return PteOffsetMapLock(mm, pmd, 0, out _); }", "pmd None; mm None; b None")]
    [InlineData("static Pte* F(Pmd* pmd) { var p = PteOffsetMap(pmd, 0); PteUnmap(p); return p; }", "pmd None; hands out Unmapped")]
    [InlineData("static bool F(Pmd* pmd, out Pte* p) { p = PteOffsetMap(pmd, 0); return p != null; }", "pmd None; p None; hands out Mapped")]
    [InlineData("static bool F(Pmd* pmd, out Pte* p) => TryMap(pmd, 0, out p);", "pmd None; p None; hands out Mapped")]
    [InlineData("static int F(Pmd* pmd, out Pte* p) { p = PteOffsetMap(pmd, 0); if (p == null) return -1; return 0; }", "pmd None; p None; hands out Mapped")]
    [InlineData("static Pte* F(Pmd* pmd) { var p = PteOffsetMap(pmd, 0); s_kept = p; return p; }", "pmd None; hands out Escaped")]
    public void A_helper_ends_locks_uses_or_hands_out(string helper, string summary) => AssertSummary(helper, summary);

    [Theory]
    [InlineData("static void F(ref Walk w) { }", "w None")]
    [InlineData("static void F(Walk w) { }", "w None")]
    [InlineData("static void F(ref Walk w) => PteUnmapUnlock(w.Pte, w.Ptl);", "w None; w.Pte Uses, Unmaps; w.Ptl Unlocks; w.Pte was NotNull, true NotNull, false NotNull")]
    [InlineData("static void F(ref Walk w) { PteUnmapUnlock(w.Pte, w.Ptl); w.Pte = null; }", "w None; w.Pte Uses, Unmaps; w.Ptl Unlocks; w.Pte is Empty; w.Pte was NotNull, true NotNull, false NotNull")]
    [InlineData("static void F(ref Walk w) { if (w.Pte != null) { PteUnmapUnlock(w.Pte, w.Ptl); w.Pte = null; } }", "w None; w.Address UsesTested; w.Mm UsesTested; w.Pte UsesTested, Unmaps; w.Ptl UsesTested, Unlocks; w.Pte is Empty")]
    [InlineData("static void F(ref Walk w, bool b) { if (b) PteUnmapUnlock(w.Pte, w.Ptl); }", "w None; b None; w.Pte Unknown; w.Ptl Unknown")]
    [InlineData("static void F(ref Walk w, bool b) { if (b) w.Pte = null; }", "w None; b None; w.Pte is Unknown")]
    [InlineData("static void F(Walk w) => PteUnmap(w.Pte);", "w None; w.Pte Uses, Unmaps; w.Pte was NotNull, true NotNull, false NotNull")]
    [InlineData("static void F(in Walk w) => w.Ptl.Enter();", "w None; w.Ptl Locks")]
    [InlineData("static void F(in Walk w) { if (w.Pte != null) w.Ptl.Enter(); }", "w None; w.Address UsesTested; w.Mm UsesTested; w.Ptl UsesTested, Locks")]
    [InlineData("static void F(in Walk w) { if (w.Pte != null) w.Ptl.Exit(); }", "w None; w.Address UsesTested; w.Mm UsesTested; w.Ptl UsesTested, Unlocks")]
    [InlineData("static Pte F(in Walk w) => PtepGet(w.Pte);", "w None; w.Pte Uses; w.Pte was NotNull, true NotNull, false NotNull")]
    [InlineData("static void F(ref Walk w, Pte v) => SetPte(w.Pte, v);", "w None; v None; w.Pte Uses, Stores; w.Pte was NotNull, true NotNull, false NotNull")]
    [InlineData("static bool F(ref Walk w) => w.Pte != null;", "w None; w.Pte was Maybe, true NotNull, false Null")]
    [InlineData("static bool F(ref Walk w) => w.Pte == null;", "w None; w.Pte was Maybe, true Null, false NotNull")]
    [InlineData("static bool F(ref Walk w, bool b) { if (w.Pte == null) return false; return b; }", "w None; b Unknown; w.Address UsesTested; w.Mm UsesTested; w.Ptl UsesTested; w.Pte was Maybe, true NotNull, false Maybe")]
    [InlineData("static bool F(ref Walk w) { if (w.Pte == null) return true; return false; }", "w None; w.Address UsesTested; w.Mm UsesTested; w.Ptl UsesTested; w.Pte was Maybe, true Null, false NotNull")]
    [InlineData("static int F(ref Walk w) { if (w.Pte == null) return 0; return 1; }", "w None; w.Address UsesTested; w.Mm UsesTested; w.Ptl UsesTested; w.Pte was Lost, true Maybe, false Maybe")]
    [InlineData("static void F(ref Walk w) { if (w.Pte == null) throw null; }", "w None; w.Pte was NotNull, true NotNull, false NotNull")]
    [InlineData("static Pte* F(ref Walk w) => w.Pte;", "w None; hands out Mapped; w.Pte Unknown")]
    [InlineData("static void F(ref Walk w, out Pte* p) { p = w.Pte; }", "w None; p None; hands out Mapped; w.Pte Unknown")]
    [InlineData("static void F(ref Walk w, out PtLock l) { l = w.Ptl; }", "w None; l None; w.Ptl Unknown")]
    [InlineData("static Walk F(ref Walk w) => w;", "w Unknown; w.Address Unknown; w.Mm Unknown; w.Pte Unknown; w.Ptl Unknown; result.Address is Unknown; result.Mm is Unknown; result.Pte is Unknown; result.Ptl is Unknown")]
    [InlineData("static Walk F(Walk w) { w.Address = 3; return w; }", "w Unknown; w.Mm Unknown; w.Pte Unknown; w.Ptl Unknown; result.Address is Unknown; result.Mm is Unknown; result.Pte is Unknown; result.Ptl is Unknown")]
    [InlineData("static void F(ref Walk w, ref Walk v) { v = w; w = default; }", "w Unknown; v None; w.Address Unknown; w.Mm Unknown; w.Pte Unknown; w.Ptl Unknown; w.Address is Unknown; w.Mm is Unknown; w.Pte is Empty; w.Ptl is Unknown; v.Address is Unknown; v.Mm is Unknown; v.Pte is Unknown; v.Ptl is Unknown")]
    [InlineData("static void F(ref Walk w, ref Walk v) { v.Pte = w.Pte; }", "w None; v None; w.Pte Unknown; v.Pte is Unknown")]
    [InlineData("static void F(ref Walk w) { s_walk = w; }", "w None; w.Address Unknown; w.Mm Unknown; w.Pte Unknown; w.Ptl Unknown; w.Pte was Lost, true Lost, false Lost")]
    [InlineData("static void F(ref Walk w) { s_kept = w.Pte; }", "w None; w.Pte Unknown")]
    [InlineData("static void F(ref Walk w) => Elsewhere(ref w);", "w None; w.Address Unknown; w.Mm Unknown; w.Pte Unknown; w.Ptl Unknown; w.Address is Unknown; w.Mm is Unknown; w.Pte is Unknown; w.Ptl is Unknown; w.Pte was Lost, true Lost, false Lost")]
    [InlineData("static void F(ref Walk w) => G(ref w); static void G(ref Walk w) { PteUnmap(w.Pte); }", "w None; w.Pte Uses, Unmaps; w.Pte was NotNull, true NotNull, false NotNull")]
    [InlineData("static void F(ref Walk w) { w.Pte++; }", "w None")]
    [InlineData("static void F(ref Walk w) { w = default; }", "w None; w.Address is Unknown; w.Mm is Unknown; w.Pte is Empty; w.Ptl is Unknown")]
    [InlineData("static void F(ref Walk w) { w = new Walk(); }", "w None; w.Address is Unknown; w.Mm is Unknown; w.Pte is Empty; w.Ptl is Unknown")]
    [InlineData("static void F(out Walk w) { w = default; }", "w None; w.Address is Unknown; w.Mm is Unknown; w.Pte is Empty; w.Ptl is Unknown")]
    [InlineData("static Walk F() => default;", "result.Address is Unknown; result.Mm is Unknown; result.Pte is Empty; result.Ptl is Unknown")]
    [InlineData("static Walk F() => new Walk();", "result.Address is Unknown; result.Mm is Unknown; result.Pte is Empty; result.Ptl is Unknown")]
    [InlineData("static Walk F() => s_walk;", "structs unknown")]
    [InlineData("static ref Walk F(ref Walk w) => ref w;", "w Unknown; w.Address Unknown; w.Mm Unknown; w.Pte Unknown; w.Ptl Unknown")]
    [InlineData("static void F(ref Pair p) { PteUnmapUnlock(p.Target, p.TargetLock); PteUnmapUnlock(p.Source, p.SourceLock); }", "p None; p.Source Uses, Unmaps; p.SourceLock Unlocks; p.Target Uses, Unmaps; p.TargetLock Unlocks; p.Source was NotNull, true NotNull, false NotNull; p.Target was NotNull, true NotNull, false NotNull")]
    [InlineData("static void F(ref Pair p) { PteUnmapUnlock(p.Target, p.TargetLock); }", "p None; p.Target Uses, Unmaps; p.TargetLock Unlocks; p.Target was NotNull, true NotNull, false NotNull")]
    [InlineData("static void F(ref Pair p) { (p.Source, p.Target) = (p.Target, p.Source); }", "p None; p.Source Unknown; p.Target Unknown; p.Source is Unknown; p.Target is Unknown")]
    public void A_helper_does_the_same_to_what_a_struct_carries(string helper, string summary) => AssertSummary(helper, summary);

    [Theory]
    [InlineData("static bool F(ref Walk w, Pmd* pmd) { w.Pte = PteOffsetMapLock(w.Mm, pmd, 0, out w.Ptl); return w.Pte != null; }", "w None; pmd None; maps w.Pte+w.Ptl Maybe Mapped, Locked, true NotNull, false Null")]
    [InlineData("static bool F(ref Walk w, Pmd* pmd) { w.Pte = PteOffsetMapLock(w.Mm, pmd, 0, out w.Ptl); return w.Pte == null; }", "w None; pmd None; maps w.Pte+w.Ptl Maybe Mapped, Locked, true Null, false NotNull")]
    [InlineData("static bool F(ref Walk w, Pmd* pmd) { w.Pte = PteOffsetMapLock(w.Mm, pmd, 0, out w.Ptl); if (w.Pte == null) return false; return true; }", "w None; pmd None; maps w.Pte+w.Ptl Maybe Mapped, Locked, true NotNull, false Null")]
    [InlineData("static bool F(ref Walk w, Pmd* pmd) { if (pmd == null) return false; w.Pte = PteOffsetMapLock(w.Mm, pmd, 0, out w.Ptl); return w.Pte != null; }", "w None; pmd None; maps w.Pte+w.Ptl Maybe Mapped, Locked, true NotNull, false Null, may keep")]
    [InlineData("static bool F(ref Walk w, Pmd* pmd) { if (pmd == null) return true; w.Pte = PteOffsetMapLock(w.Mm, pmd, 0, out w.Ptl); return w.Pte != null; }", "w None; pmd None; maps w.Pte+w.Ptl Maybe Escaped, LockEscaped, true Maybe, false Null, may keep")]
    [InlineData("static bool F(ref Walk w, Pmd* pmd, bool b) { w.Pte = PteOffsetMap(pmd, 0); return b; }", "w None; pmd None; b Unknown; maps w.Pte Maybe Mapped")]
    [InlineData("static bool F(ref Walk w, Pmd* pmd, bool b) { w.Pte = PteOffsetMap(pmd, 0); if (w.Pte == null) return false; return b; }", "w None; pmd None; b Unknown; maps w.Pte Maybe Mapped, true NotNull, false Maybe")]
    [InlineData("static void F(ref Walk w, Pmd* pmd) { w.Pte = PteOffsetMap(pmd, 0); }", "w None; pmd None; maps w.Pte Maybe Mapped")]
    [InlineData("static void F(ref Walk w, Pmd* pmd) { w.Pte = PteOffsetMap(pmd, 0); if (w.Pte == null) throw null; }", "w None; pmd None; maps w.Pte NotNull Mapped")]
    [InlineData("static void F(ref Walk w, Pmd* pmd, bool b) { if (b) w.Pte = PteOffsetMap(pmd, 0); }", "w None; pmd None; b None; maps w.Pte Maybe Mapped, may keep")]
    [InlineData("static void F(ref Walk w, Pmd* pmd, bool b) { if (b) w.Pte = PteOffsetMap(pmd, 0); else w.Pte = null; }", "w None; pmd None; b None; maps w.Pte Maybe Mapped")]
    [InlineData("static int F(ref Walk w, Pmd* pmd) { w.Pte = PteOffsetMap(pmd, 0); return w.Pte == null ? -1 : 0; }", "w None; pmd None; maps w.Pte Lost Mapped")]
    [InlineData("static Pte* F(ref Walk w, Pmd* pmd) { w.Pte = PteOffsetMap(pmd, 0); return w.Pte; }", "w None; pmd None; hands out Mapped; maps result+w.Pte Maybe Mapped, returned")]
    [InlineData("static Pte* F(ref Walk w, Pmd* pmd) => PteOffsetMapLock(w.Mm, pmd, 0, out w.Ptl);", "w None; pmd None; hands out Mapped, Locked; maps result+w.Ptl Maybe Mapped, Locked, returned")]
    [InlineData("static Pte* F(ref Walk w, Pmd* pmd) { if (pmd == null) return null; return PteOffsetMapLock(w.Mm, pmd, 0, out w.Ptl); }", "w None; pmd None; hands out Mapped, Locked; maps result+w.Ptl Maybe Mapped, Locked, returned")]
    [InlineData("static Pte* F(ref Walk w, Pmd* pmd, bool b) { if (b) return s_kept; return PteOffsetMapLock(w.Mm, pmd, 0, out w.Ptl); }", "w None; pmd None; b None; maps result+w.Ptl Maybe Escaped, LockEscaped, returned")]
    [InlineData("static Walk F(Pmd* pmd) { Walk w = default; w.Pte = PteOffsetMap(pmd, 0); return w; }", "pmd None; result.Address is Unknown; result.Mm is Unknown; result.Ptl is Unknown; maps result.Pte Maybe Mapped")]
    [InlineData("static Walk F(Pmd* pmd) => new Walk { Pte = PteOffsetMap(pmd, 0) };", "pmd None; result.Address is Unknown; result.Mm is Unknown; result.Ptl is Unknown; maps result.Pte Maybe Mapped")]
    [InlineData("static Walk F(Pmd* pmd, Mm mm) { var p = PteOffsetMapLock(mm, pmd, 0, out var l); if (p == null) return default; return new Walk { Pte = p, Ptl = l }; }", "pmd None; mm None; result.Address is Unknown; result.Mm is Unknown; maps result.Pte+result.Ptl Maybe Mapped, Locked")]
    [InlineData("static Walk F(Pmd* pmd, bool b) { if (b) return s_walk; return new Walk { Pte = PteOffsetMap(pmd, 0) }; }", "pmd None; b None; structs unknown")]
    [InlineData("static bool F(Pmd* pmd, out Walk w) { w = default; return TryMap(pmd, 0, out w.Pte); }", "pmd None; w None; w.Address is Unknown; w.Mm is Unknown; w.Ptl is Unknown; maps w.Pte Maybe Mapped, true NotNull, false Null")]
    [InlineData("static bool F(ref Walk w, Pmd* pmd, out PtLock l) { w.Pte = PteOffsetMapLock(w.Mm, pmd, 0, out l); return w.Pte != null; }", "w None; pmd None; l None; structs unknown")]
    [InlineData("static bool F(ref Walk w, Pmd* pmd) { w.Pte = PteOffsetMapNolock(w.Mm, pmd, 0, out w.Ptl); if (w.Pte == null) return false; w.Ptl.Enter(); return true; }", "w None; pmd None; maps w.Pte+w.Ptl Maybe Mapped, Locked, true NotNull, false Null")]
    [InlineData("static bool F(ref Walk w, Pmd* pmd, bool b) { w.Pte = PteOffsetMapNolock(w.Mm, pmd, 0, out w.Ptl); if (w.Pte == null) return false; if (b) w.Ptl.Enter(); return true; }", "w None; pmd None; b None; structs unknown")]
    [InlineData("static bool F(ref Walk w, Pmd* pmd, bool b) { if (b) { w.Pte = PteOffsetMapLock(w.Mm, pmd, 0, out w.Ptl); return w.Pte != null; } w.Pte = PteOffsetMapLock(w.Mm, pmd, 1, out w.Ptl); return w.Pte != null; }", "w None; pmd None; b None; maps w.Pte+w.Ptl Maybe Mapped, Locked, true NotNull, false Null")]
    [InlineData("static bool F(ref Walk w, Pmd* pmd, bool b) { if (b) { w.Pte = PteOffsetMap(pmd, 0); return w.Pte != null; } w.Pte = PteOffsetMapLock(w.Mm, pmd, 1, out w.Ptl); return w.Pte != null; }", "w None; pmd None; b None; structs unknown")]
    [InlineData("static bool F(ref Pair p, Pmd* pmd) { p.Source = PteOffsetMap(pmd, 0); if (p.Source == null) return false; p.Target = PteOffsetMap(pmd, 1); if (p.Target == null) { PteUnmap(p.Source); return false; } return true; }", "p None; pmd None; maps p.Source Maybe Mapped, true NotNull, false Lost; maps p.Target Lost Escaped, LockEscaped, may keep")]
    [InlineData("static bool F(ref Pair p, Pmd* pmd) { p.Source = PteOffsetMap(pmd, 0); if (p.Source == null) return false; p.Target = PteOffsetMap(pmd, 1); if (p.Target == null) { PteUnmap(p.Source); p.Source = null; return false; } return true; }", "p None; pmd None; maps p.Source Maybe Mapped, true NotNull, false Null; maps p.Target Lost Escaped, LockEscaped, may keep")]
    [InlineData("static bool F(ref Pair p, Pmd* pmd) { p.Source = p.Target = PteOffsetMap(pmd, 0); return p.Source != null; }", "p None; pmd None; maps p.Source+p.Target Maybe Mapped, true NotNull, false Null")]
    [InlineData("static bool F(ref Walk w, Pmd* pmd) { w.Pte = PteOffsetMap(pmd, 0); s_kept = w.Pte; return w.Pte != null; }", "w None; pmd None; w.Pte is Unknown")]
    [InlineData("static bool F(ref Walk w, Pmd* pmd) { w.Pte = PteOffsetMap(pmd, 0); PteUnmap(w.Pte); return w.Pte != null; }", "w None; pmd None; w.Pte is Unknown; w.Pte was Maybe, true Maybe, false Lost")]
    [InlineData("static bool F(ref Walk w, Pmd* pmd) { PteUnmap(w.Pte); w.Pte = PteOffsetMap(pmd, 0); return w.Pte != null; }", "w None; pmd None; w.Pte Uses, Unmaps; maps w.Pte Maybe Mapped, true NotNull, false Null; w.Pte was NotNull, true NotNull, false NotNull")]
    [InlineData("static bool F(ref Walk w, Pmd* pmd) => G(ref w, pmd); static bool G(ref Walk w, Pmd* pmd) { w.Pte = PteOffsetMap(pmd, 0); return w.Pte != null; }", "w None; pmd None; maps w.Pte Maybe Mapped, true NotNull, false Null")]
    public void A_helper_makes_mappings_that_a_struct_carries(string helper, string summary) => AssertSummary(helper, summary);

    [Theory]
    [InlineData("public void F() { PteUnmapUnlock(Pte, Ptl); Pte = null; }", "this.Pte Uses, Unmaps; this.Ptl Unlocks; this.Pte is Empty; this.Pte was NotNull, true NotNull, false NotNull")]
    [InlineData("public void F() { if (this.Pte != null) PteUnmapUnlock(this.Pte, Ptl); }", "this.Address UsesTested; this.Mm UsesTested; this.Pte UsesTested, Unmaps; this.Ptl UsesTested, Unlocks")]
    [InlineData("public bool F() => Pte != null;", "this.Pte was Maybe, true NotNull, false Null")]
    [InlineData("public bool F(Pmd* pmd) { Pte = PteOffsetMapLock(Mm, pmd, Address, out Ptl); return Pte != null; }", "pmd None; maps this.Pte+this.Ptl Maybe Mapped, Locked, true NotNull, false Null")]
    [InlineData("public readonly Pte F() => PtepGet(Pte);", "this.Pte Uses; this.Pte was NotNull, true NotNull, false NotNull")]
    [InlineData("public void F(ref Walk other) { other = this; }", "other None; this.Address Unknown; this.Mm Unknown; this.Pte Unknown; this.Ptl Unknown; other.Address is Unknown; other.Mm is Unknown; other.Pte is Unknown; other.Ptl is Unknown")]
    [InlineData("public Walk F() => this;", "this.Address Unknown; this.Mm Unknown; this.Pte Unknown; this.Ptl Unknown; result.Address is Unknown; result.Mm is Unknown; result.Pte is Unknown; result.Ptl is Unknown")]
    [InlineData("public Pte* F() => Pte;", "hands out Mapped; this.Pte Unknown")]
    public void So_does_a_member_of_the_struct(string member, string summary) =>
        Assert.Equal(summary, Describe(CarriedSource.Class("").Replace("unsafe struct Walk\n{", "unsafe struct Walk\n{\n" + member, StringComparison.Ordinal), "Walk"));

    [Theory]
    [InlineData("static void F(Walk w) { var v = w; PteUnmap(v.Pte); }", "w None; w.Pte Uses, Unmaps; w.Pte was NotNull, true NotNull, false NotNull")]
    [InlineData("static void F(Walk w) { Walk v; v = w; v.Pte = null; PteUnmap(w.Pte); }", "w None; w.Pte Uses, Unmaps; w.Pte was NotNull, true NotNull, false NotNull")]
    [InlineData("static void F(Walk w) { var v = w with { Pte = null }; PteUnmap(w.Pte); }", "w None; w.Pte Uses, Unmaps; w.Pte was NotNull, true NotNull, false NotNull")]
    [InlineData("static void F(Walk w) { var v = w with { Address = 3 }; PteUnmap(v.Pte); }", "w None; w.Pte Uses, Unmaps; w.Pte was NotNull, true NotNull, false NotNull")]
    [InlineData("static void F(Walk w, bool b) { Walk v = b ? w : default; if (v.Pte != null) PteUnmap(v.Pte); }", "w None; b None; w.Address UsesTested; w.Mm UsesTested; w.Pte Unknown; w.Ptl UsesTested")]
    [InlineData("static void F(ref Walk w, ref Walk v, bool b) { (b ? ref w : ref v).Pte = null; }", "w None; v None; b None; w.Pte is Unknown; v.Pte is Unknown")]
    [InlineData("static void F(ref Walk w, bool b) { w = b ? default : new Walk { Pte = null }; }", "w None; b None; w.Address is Unknown; w.Mm is Unknown; w.Pte is Empty; w.Ptl is Unknown")]
    [InlineData("static void F(Walk w) { Action a = () => PteUnmap(w.Pte); a(); }", "w None; w.Address Unknown; w.Mm Unknown; w.Pte Unknown; w.Ptl Unknown")]
    [InlineData("static void F(Walk w) { var p = &w; PteUnmap(p->Pte); }", "w None; w.Address Unknown; w.Mm Unknown; w.Pte Unknown; w.Ptl Unknown")]
    [InlineData("static void F(ref Walk w) { ref var r = ref w; PteUnmap(r.Pte); }", "w None; w.Address Unknown; w.Mm Unknown; w.Pte Unknown; w.Ptl Unknown")]
    [InlineData("static void F(ref Walk w) { Local(ref w); void Local(ref Walk v) => PteUnmap(v.Pte); }", "w None; w.Pte Uses, Unmaps; w.Pte was NotNull, true NotNull, false NotNull")]
    [InlineData("static void F(Outer o) => PteUnmap(o.Other);", "o None; o.Other Uses, Unmaps; o.Other was NotNull, true NotNull, false NotNull")]
    [InlineData("static void F(Outer o) => PteUnmap(o.Inner.Pte);", "o None")]
    [InlineData("static void F(Any<int> a) => PteUnmap(a.Pte);", "a None; a.Pte Uses, Unmaps; a.Pte was NotNull, true NotNull, false NotNull")]
    [InlineData("static void F(Union u) => PteUnmap(u.Pte);", "u None")]
    [InlineData("static void F(Walk[] w) => PteUnmap(w[0].Pte);", "w Unknown")]
    [InlineData("static void F(ref Walk w) { var v = s_walk; PteUnmap(v.Pte); }", "w None")]
    [InlineData("static void F(ref Walk w, int n) { while (n-- > 0) w.Pte++; PteUnmap(w.Pte); }", "w None; n None; w.Pte Uses, Unmaps; w.Pte was NotNull, true NotNull, false NotNull")]
    [InlineData("static void F(ref Walk w, int n) { for (var v = w; n-- > 0;) { var u = v; PteUnmap(u.Pte); } }", "w None; n None; w.Pte Unknown")]
    [InlineData("static void F(ref Walk w, int n) { Walk v; while (n-- > 0) { v = default; if (v.Pte != null) PteUnmap(w.Pte); } }", "w None; n None")]
    [InlineData("static bool F(Pmd* pmd, out Walk w) => Begin(pmd, out w);", "pmd None; w None; w.Address is Unknown; w.Mm is Unknown; maps w.Pte+w.Ptl Maybe Mapped, Locked, true NotNull, false Null")]
    [InlineData("static Walk F(Pmd* pmd) { Begin(pmd, out var w); return w; }", "pmd None; result.Address is Unknown; result.Mm is Unknown; maps result.Pte+result.Ptl Maybe Mapped, Locked")]
    [InlineData("static bool F(ref Walk w, Pmd* pmd) { if (!Begin(ref w, pmd)) return false; w.Ptl.Exit(); return true; }", "w None; pmd None; maps w.Pte+w.Ptl Maybe Mapped, Unlocked, true NotNull, false Null")]
    [InlineData("static void F(ref Walk w, Pmd* pmd) { if (Begin(ref w, pmd)) End(ref w); }", "w None; pmd None; w.Pte is Unknown; w.Ptl is Unknown")]
    [InlineData("static void F(Walk w) { w.End(); }", "w None; w.Pte Uses, Unmaps; w.Ptl Unlocks; w.Pte was NotNull, true NotNull, false NotNull")]
    [InlineData("static void F(ref Walk w) { w.End(); }", "w None; w.Pte Uses, Unmaps; w.Ptl Unlocks; w.Pte is Empty; w.Pte was NotNull, true NotNull, false NotNull")]
    [InlineData("static void F(ref Walk w) { w.Release(); w = default; }", "w None; w.Pte Unmaps; w.Ptl Unlocks; w.Address is Unknown; w.Mm is Unknown; w.Pte is Empty; w.Ptl is Unknown")]
    [InlineData("static bool F(in Walk w) => w.IsThere();", "w None; w.Pte was Maybe, true NotNull, false Null")]
    [InlineData("static bool F(in Walk w) => w.Has;", "w None; w.Pte was Lost, true Lost, false Lost")]
    [InlineData("static void F(ref Walk w) => w.Advance();", "w None; w.Address is Unknown")]
    [InlineData("static void F(ref Walk w) { w.Current = null; }", "w None; w.Address Unknown; w.Mm Unknown; w.Pte Unknown; w.Ptl Unknown; w.Address is Unknown; w.Mm is Unknown; w.Pte is Unknown; w.Ptl is Unknown; w.Pte was Lost, true Lost, false Lost")]
    [InlineData("static void F(ref Walk w) { Put(ref w, s_kept, default); }", "w None; w.Pte is Unknown; w.Ptl is Unknown")]
    [InlineData("static void F(ref Walk w) { Hand(ref w, out var l); l.Exit(); }", "w None; w.Ptl Unknown")]
    [InlineData("static void F(ref Walk w, ref Walk v) => EndTwo(ref w, ref v);", "w None; v None; w.Pte Uses, Unmaps; w.Ptl Unlocks; v.Pte Uses, Unmaps; v.Ptl Unlocks; v.Pte was NotNull, true NotNull, false NotNull; w.Pte was NotNull, true NotNull, false NotNull")]
    [InlineData("static void F(ref Walk w, bool b) => EndSometimes(ref w, b);", "w None; b None; w.Pte Unknown; w.Ptl Unknown; w.Pte was Lost, true Lost, false Lost")]
    [InlineData("static void F(Walk w) => Foreign.Unknown(w);", "w None; w.Address Unknown; w.Mm Unknown; w.Pte Unknown; w.Ptl Unknown; w.Pte was Lost, true Lost, false Lost")]
    [InlineData("static void F(ref Walk w) => Foreign.UnknownByReference(ref w);", "w None; w.Address Unknown; w.Mm Unknown; w.Pte Unknown; w.Ptl Unknown; w.Address is Unknown; w.Mm is Unknown; w.Pte is Unknown; w.Ptl is Unknown; w.Pte was Lost, true Lost, false Lost")]
    [InlineData("static void F(Scope s) { using (s) { } }", "s None; s.Pte Unmaps; s.Ptl Unlocks")]
    [InlineData("static void F(Pmd* pmd) { using var s = new Scope { Pte = PteOffsetMap(pmd, 0) }; }", "pmd None")]
    [InlineData("static void F(ref Walk w) { object o = w; }", "w None; w.Address Unknown; w.Mm Unknown; w.Pte Unknown; w.Ptl Unknown; w.Pte was Lost, true Lost, false Lost")]
    [InlineData("static void F(ref Walk w) { var t = (w, 3); }", "w None; w.Address Unknown; w.Mm Unknown; w.Pte Unknown; w.Ptl Unknown; w.Pte was Lost, true Lost, false Lost")]
    [InlineData("static void F(ref Walk w) { var (p, l) = (w.Pte, w.Ptl); PteUnmapUnlock(p, l); }", "w None; w.Pte Uses, Unmaps; w.Ptl Unlocks; w.Pte was NotNull, true NotNull, false NotNull")]
    public void A_struct_is_followed_through_copies_calls_and_members(string helper, string summary) => AssertSummary(helper, summary);

    private static void AssertSummary(string helper, string summary) =>
        Assert.Equal(summary, Describe(CarriedSource.Class(helper + " static Pte* s_kept; static Walk s_walk; static extern void Elsewhere(ref Walk w);"), "X"));

    private static string Describe(string source, string type)
    {
        var snippet = Snippet.Compile(source);
        var budget = new FlowBudget();
        var summaries = new Summaries(
            snippet.Compilation,
            (method, tree) => snippet.Facts.Mapper(method, tree) is { } mapper ? new Acquisition(mapper.Result, mapper.Lock, Nullness.Maybe, 0, mapper) : null,
            budget);
        var method = snippet.Compilation.GetTypeByMetadataName(type)!.GetMembers("F").OfType<IMethodSymbol>().Single();
        var helpers = new Helpers(snippet.Compilation, snippet.Facts, summaries, budget);
        var summary = helpers.Of(method);
        Assert.Same(summary, helpers.Of(method));
        return string.Join("; ", Parts(summary, method));
    }

    private static IEnumerable<string> Parts(HelperSummary summary, IMethodSymbol method)
    {
        foreach (var parameter in method.Parameters)
        {
            if (summary.Effects.TryGetValue(parameter.Ordinal, out var effect))
                yield return $"{parameter.Name} {effect}";
        }

        if (summary.HandedOut is { } handedOut)
            yield return $"hands out {handedOut}";
        if (summary.Carriage is not { } carriage)
        {
            if (CarriedFields.MayCarry(method))
                yield return "structs unknown";
            yield break;
        }

        foreach (var slot in Given(method))
        {
            if (carriage.On(slot) is not HandleEffect.None and var effect)
                yield return $"{Name(slot, method)} {effect}";
        }

        foreach (var (slot, content) in Sorted(carriage.Outcome.Contents))
        {
            if (content != SlotContent.Same)
                yield return $"{Name(slot, method)} is {content}";
        }

        foreach (var acquired in carriage.Outcome.Acquired)
        {
            yield return $"maps {string.Join('+', acquired.Slots.Select(s => Name(s.Slot, method)))} {acquired.Acquisition.Nullness} {(MappingState)acquired.Acquisition.States}"
                + (acquired.IsTied ? $", true {acquired.WhenTrue}, false {acquired.WhenFalse}" : "") + (acquired.MayKeep ? ", may keep" : "") + (acquired.IsResult ? ", returned" : "");
        }

        foreach (var (slot, promise) in carriage.Outcome.Promises.OrderBy(p => Name(p.Slot, method), StringComparer.Ordinal))
            yield return $"{Name(slot, method)} was {promise.OnReturn}, true {promise.WhenTrue}, false {promise.WhenFalse}";
    }

    private static IEnumerable<Slot> Given(IMethodSymbol method)
    {
        var parameters = method.Parameters.Where(p => p.RefKind != RefKind.Out).Select(p => (p.Ordinal, p.Type));
        return (CarriedFields.ThisOf(method) is { } self ? parameters.Prepend((Slot.This, self)) : parameters)
            .SelectMany(given => Carriers.FieldsOf(given.Item2).OrderBy(field => field.Name, StringComparer.Ordinal).Select(field => new Slot(given.Item1, field)));
    }

    private static IEnumerable<KeyValuePair<Slot, T>> Sorted<T>(IEnumerable<KeyValuePair<Slot, T>> slots) =>
        slots.OrderBy(s => s.Key.Ordinal).ThenBy(s => s.Key.Field?.Name, StringComparer.Ordinal);

    private static string Name(Slot slot, IMethodSymbol method)
    {
        var holder = slot.Ordinal switch
        {
            Slot.This => "this",
            Slot.Result => "result",
            var ordinal => method.Parameters[ordinal].Name,
        };
        return slot.Field is null ? holder : $"{holder}.{slot.Field.Name}";
    }
}
