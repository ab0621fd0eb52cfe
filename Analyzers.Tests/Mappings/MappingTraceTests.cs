using System.Collections.Immutable;
using Microsoft.CodeAnalysis.FlowAnalysis;
using PteGuard.Analyzers.Mappings;

namespace PteGuard.Analyzers.Tests.Mappings;

/// <summary>
/// What happens to mappings, locks and values in one body, in the order of the source: the kind, where, and in what
/// state. <c>?</c> may be null, <c>!</c> is not, <c>0</c> is, <c>~</c> is not followed; then the letters that
/// <see cref="Letters"/> gives to states.
/// </summary>
public class MappingTraceTests
{
    private static readonly (MappingState State, string Letter)[] Letters =
    [
        (MappingState.Mapped, "M"), (MappingState.Unmapped, "U"), (MappingState.Escaped, "E"),
        (MappingState.Unlocked, "u"), (MappingState.Locked, "L"), (MappingState.LockEscaped, "l"),
        (MappingState.ReadUnlocked, "r"), (MappingState.Unverified, "v"), (MappingState.Left, "+left"), (MappingState.Buried, "+buried"),
    ];

    [Theory]
    [InlineData("PteUnmap(p);", "Use p ?M; Unmap p !M")]
    [InlineData("_ = PtepGet(p); PteUnmap(p);", "Use p ?M; Use p !M; Unmap p !M")]
    [InlineData("if (p == null) return; PteUnmap(p);", "Use p !M; Unmap p !M")]
    [InlineData("if (p == null) return; SetPte(p, pte); PteUnmap(p);", "Store p !M; Use p !M; Use p !M; Unmap p !M")]
    [InlineData("*p = pte; PteUnmap(p);", "Store *p ?M; Use *p ?M; Use p !M; Unmap p !M")]
    [InlineData("PteUnmap(p); _ = PtepGet(p);", "Use p ?M; Unmap p !M; Use p !U")]
    [InlineData("PteUnmap(p); PteUnmap(p);", "Use p ?M; Unmap p !M; Use p !U; Unmap p !U")]
    [InlineData("field = p; PteUnmap(p);", "Use p ?E; Unmap p !E")]
    [InlineData("Keeps(p, this); _ = PtepGet(p);", "Use p ~E")]
    [InlineData("Foreign.Unknown(p); PteUnmap(p);", "Use p ~E; Unmap p ~E")]
    [InlineData("Ends(p); _ = PtepGet(p);", "Use p ?M; Unmap p !M; Use p !U")]
    [InlineData("EndsIfThere(p);", "Unmap p ?M")]
    [InlineData("EndsSometimes(p, flag);", "")]
    [InlineData("Reads(p); ReadsIfThere(p); PteUnmap(p);", "Use p ?M; Use p !M; Use p !M; Unmap p !M")]
    [InlineData("if (p == null) return; ReadsIfThere(p); NotesIfThere(p); PteUnmap(p);", "Use p !M; Use p !M; Use p !M; Unmap p !M")]
    [InlineData("Writes(p, pte); PteUnmap(p);", "Store p ?M; Use p ?M; Use p !M; Unmap p !M")]
    [InlineData("Retarget(ref p);", "")]
    [InlineData("Hand(p, out var q); PteUnmap(q);", "")]
    [InlineData("var q = Same(p); PteUnmap(q);", "")]
    [InlineData("var q = p + 1; _ = PtepGet(q); p = null; PteUnmap(q - 1);", "Use q ?M; Use q - 1 !M; Unmap q - 1 !M")]
    [InlineData("var s = new Span<Pte>(p, 512); PteUnmap(p);", "Use p ?M; Unmap p !M")]
    [InlineData("new Span<Pte>(p, 512)[3] = pte; PteUnmap(p);", "Store p ?M; Use p ?M; Use p !M; Unmap p !M")]
    [InlineData("_ = new Span<Pte>(p, 512)[3]; PteUnmap(p);", "Use p ?M; Use p !M; Unmap p !M")]
    [InlineData("var q = PteOffsetMap(pmd2, addr); PteUnmap(q); PteUnmap(p);", "Use q ?M; Unmap q !M; Use p ?M; Unmap p !M")]
    [InlineData("var q = PteOffsetMap(pmd2, addr); PteUnmap(p); PteUnmap(q);", "Use p ?M; Unmap p !M; UnmapBelow p by PteOffsetMap(pmd2, addr) !M; Use q ?M; Unmap q !M")]
    [InlineData("var q = PteOffsetMap(pmd2, addr); if (q == null) { PteUnmap(p); return; } PteUnmap(p); PteUnmap(q);", "Use p ?M; Unmap p !M; Use p ?M; Unmap p !M; UnmapBelow p by PteOffsetMap(pmd2, addr) !M; Use q !M; Unmap q !M")]
    [InlineData("var q = PteOffsetMap(pmd2, addr); var r = PteOffsetMap(pmd, 0); PteUnmap(q); PteUnmap(r); PteUnmap(p);", "Use q ?M; Unmap q !M; UnmapBelow q by PteOffsetMap(pmd, 0) !M; Use r ?M; Unmap r !M; Use p ?M; Unmap p !M")]
    [InlineData("p = PteOffsetMap(pmd2, addr); PteUnmap(p);", "Exit PteUnmap(p); ?M; Use p ?M; Unmap p !M")]
    [InlineData("for (int i = 0; i < n; i++) { p = PteOffsetMap(pmd2, addr); } PteUnmap(p);", "Overwrite PteOffsetMap(pmd2, addr) ?M+left; Exit PteUnmap(p); ?M; Use p ?M; Unmap p !M; Use p ?M+left; Unmap p !M+left")]
    [InlineData("for (int i = 0; i < n; i++) { PteUnmap(p); p = PteOffsetMap(pmd2, addr); } PteUnmap(p);", "Use p ?M; Unmap p !M; Use p ?M; Unmap p !M; Use p ?M; Unmap p !M; Use p ?M; Unmap p !M")]
    [InlineData("Thread.Sleep(1); PteUnmap(p);", "Block Thread.Sleep(1) ?M; Use p ?M; Unmap p !M")]
    [InlineData("lock (gate) { Thread.Sleep(1); } PteUnmap(p);", "Block gate ?M; Block Thread.Sleep(1) ?M; Use p ?M; Unmap p !M")]
    [InlineData("try { Work(); } catch { PteUnmap(p); return; } PteUnmap(p);", "Use p ?M; Unmap p !M; Use p ?M; Unmap p !M")]
    [InlineData("Action f = () => PteUnmap(p); f();", "")]
    [InlineData("var boxed = (object)(ulong)p; PteUnmap(p);", "Use p ?M; Unmap p !M")]
    [InlineData("var t = (p, n); PteUnmap(p);", "Use p ?E; Unmap p !E")]
    [InlineData("Pte*[] all = { p }; PteUnmap(p);", "Use p ?E; Unmap p !E")]
    [InlineData("(field, n) = (p, 3);", "")]
    [InlineData("var (q, m) = (p, 3); PteUnmap(q);", "Use q ?M; Unmap q !M")]
    [InlineData("if (flag) PteUnmap(p); if (!flag) PteUnmap(p);", "Use p ?M; Unmap p !M; Use p ?M; Unmap p !M")]
    [InlineData("ref var r = ref *p; r = pte; PteUnmap(p);", "Use *p ?M; Use p !E; Unmap p !E")]
    [InlineData("ref var r = ref p[3]; field = p; PteUnmap(p);", "Use p[3] ?M; Use p !E; Unmap p !E")]
    [InlineData("_ = p == field; PteUnmap(p);", "Use p ?M; Unmap p !M")]
    [InlineData("p++; PteUnmap(p - 1);", "Use p - 1 ?M; Unmap p - 1 !M")]
    [InlineData("Pte v = PtepGet(p); PteUnmap(p); _ = v.Pfn;", "Use p ?M; Use p !M; Unmap p !M")]
    [InlineData("throw null;", "")]
    public void A_mapping_is_used_ended_or_left(string body, string events) => AssertTrace("var p = PteOffsetMap(pmd, addr); " + body, events);

    [Theory]
    [InlineData("ptl.Enter(); SetPte(p, pte); ptl.Exit(); PteUnmap(p);", "UseLock ptl !Mu; Lock ptl !Mu; Store p !ML; Use p !ML; UseLock ptl !ML; Unlock ptl !ML; Use p !Mu; Unmap p !Mu")]
    [InlineData("SetPte(p, pte); PteUnmap(p);", "Store p !Mu; Use p !Mu; Use p !Mu; Unmap p !Mu")]
    [InlineData("ptl.Enter(); PteUnmapUnlock(p, ptl);", "UseLock ptl !Mu; Lock ptl !Mu; Use p !ML; Unmap p !ML; UseLock ptl !UL; Unlock ptl !UL")]
    [InlineData("PteUnmapUnlock(p, ptl);", "Use p !Mu; Unmap p !Mu; UseLock ptl !Uu; Unlock ptl !Uu")]
    [InlineData("ptl.Enter(); PteUnmap(p);", "UseLock ptl !Mu; Lock ptl !Mu; Exit PteUnmap(p); !UL; Use p !ML; Unmap p !ML")]
    [InlineData("ptl.Enter(); EndsUnlocked(p, ptl);", "UseLock ptl !Mu; Lock ptl !Mu; Use p !ML; Unmap p !ML; UseLock ptl !UL; Unlock ptl !UL")]
    [InlineData("Take(ptl); Writes(p, pte); Release(ptl); PteUnmap(p);", "UseLock ptl !Mu; Lock ptl !Mu; Store p !ML; Use p !ML; UseLock ptl !ML; Unlock ptl !ML; Use p !Mu; Unmap p !Mu")]
    [InlineData("AnnotatedTake(ptl); SetPte(p, pte); ptl.Exit(); PteUnmap(p);", "UseLock ptl !Mu; Lock ptl !Mu; Store p !ML; Use p !ML; UseLock ptl !ML; Unlock ptl !ML; Use p !Mu; Unmap p !Mu")]
    [InlineData("ptl.Enter(); ptl.Enter(); ptl.Exit(); PteUnmap(p);", "UseLock ptl !Mu; Lock ptl !Mu; UseLock ptl !ML; Lock ptl !ML; UseLock ptl !ML; Unlock ptl !ML; Use p !Mu; Unmap p !Mu")]
    [InlineData("ptl.Exit(); PteUnmap(p);", "UseLock ptl !Mu; Unlock ptl !Mu; Use p !Mu; Unmap p !Mu")]
    [InlineData("PteUnmap(p); ptl.Enter(); ptl.Exit();", "Use p !Mu; Unmap p !Mu; UseLock ptl !Uu; Lock ptl !Uu; UseLock ptl !UL; Unlock ptl !UL")]
    [InlineData("lockField = ptl; SetPte(p, pte); PteUnmap(p);", "Store p !Ml; Use p !Ml; Use p !Ml; Unmap p !Ml")]
    [InlineData("Tell(ptl); SetPte(p, pte); PteUnmap(p);", "Store p !Ml; Use p !Ml; Use p !Ml; Unmap p !Ml")]
    [InlineData("Foreign.UnknownLock(ptl); SetPte(p, pte); PteUnmap(p);", "Store p !Ml; Use p !Ml; Use p !Ml; Unmap p !Ml")]
    [InlineData("if (ptl == lockField) return; SetPte(p, pte); PteUnmap(p);", "Exit return; !Ml; Store p !Ml; Use p !Ml; Use p !Ml; Unmap p !Ml")]
    [InlineData("if (ptl.Equals(lockField)) return; SetPte(p, pte); PteUnmap(p);", "Exit return; !Ml; Store p !Ml; Use p !Ml; Use p !Ml; Unmap p !Ml")]
    [InlineData("var l = ptl; l.Enter(); SetPte(p, pte); ptl.Exit(); PteUnmap(p);", "UseLock l !Mu; Lock l !Mu; Store p !ML; Use p !ML; UseLock ptl !ML; Unlock ptl !ML; Use p !Mu; Unmap p !Mu")]
    [InlineData("var l = SameLock(ptl); l.Enter(); SetPte(p, pte); PteUnmap(p);", "Lock l !; Store p !Ml; Use p !Ml; Exit PteUnmap(p); !L; Use p !Ml; Unmap p !Ml")]
    [InlineData("Breathe(ptl); PteUnmap(p);", "Use p !Mu; Unmap p !Mu")]
    [InlineData("ptl.Enter(); Breathe(ptl); ptl.Exit(); PteUnmap(p);", "UseLock ptl !Mu; Lock ptl !Mu; UseLock ptl !ML; Unlock ptl !ML; Use p !Mu; Unmap p !Mu")]
    [InlineData("Sample(p, ptl); PteUnmap(p);", "Use p !Mu; Use p !Mu; Unmap p !Mu")]
    [InlineData("PteUnmapUnlock(p, lockField);", "Use p !Mu; Unmap p !Mu; Unlock lockField !")]
    [InlineData("var q = PteOffsetMapLock(mm, pmd2, addr, out var other); PteUnmapUnlock(p, other);", "Exit PteUnmapUnlock(p, other); !Mu; Use p !Mu; Unmap p !Mu; UnmapBelow p by PteOffsetMapLock(mm, pmd2, addr, out var other) !Mu; UnlockOther other by PteOffsetMapLock(mm, pmd2, addr, out var other) !Uu; UseLock other ?ML; Unlock other !ML")]
    [InlineData("var q = PteOffsetMapLock(mm, pmd2, addr, out var other); PteUnmapUnlock(q, other); PteUnmap(p);", "Use q ?ML; Unmap q !ML; UseLock other !UL; Unlock other !UL; Use p !Mu; Unmap p !Mu")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); SetPte(p, v); ptl.Exit(); PteUnmap(p);", "Use p !Mu; UseLock ptl !Mu; Lock ptl !Mu; Store p !ML; Use p !ML; StaleUse v !v; UseLock ptl !ML; Unlock ptl !ML; Use p !Mu; Unmap p !Mu")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); if (PteSame(v, PtepGet(p))) SetPte(p, v); ptl.Exit(); PteUnmap(p);", "Use p !Mu; UseLock ptl !Mu; Lock ptl !Mu; Use p !ML; Store p !ML; Use p !ML; UseLock ptl !ML; Unlock ptl !ML; Use p !Mu; Unmap p !Mu")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); if (v == PtepGet(p)) SetPte(p, v.MkOld()); ptl.Exit(); PteUnmap(p);", "Use p !Mu; UseLock ptl !Mu; Lock ptl !Mu; Use p !ML; Store p !ML; Use p !ML; UseLock ptl !ML; Unlock ptl !ML; Use p !Mu; Unmap p !Mu")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); if (v.Equals(PtepGet(p))) SetPte(p, v); ptl.Exit(); PteUnmap(p);", "Use p !Mu; UseLock ptl !Mu; Lock ptl !Mu; Use p !ML; Store p !ML; Use p !ML; UseLock ptl !ML; Unlock ptl !ML; Use p !Mu; Unmap p !Mu")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); _ = v.Pfn; _ = v.Value; Reads(p); ptl.Exit(); PteUnmap(p);", "Use p !Mu; UseLock ptl !Mu; Lock ptl !Mu; StaleUse v.Pfn !v; Use p !ML; UseLock ptl !ML; Unlock ptl !ML; Use p !Mu; Unmap p !Mu")]
    [InlineData("var v = PtepGet(p); _ = v.Pfn; PteUnmap(p);", "Use p !Mu; Use p !Mu; Unmap p !Mu")]
    [InlineData("var v = PtepGet(p); ptl.Enter(); v = PtepGet(p); _ = v.Pfn; ptl.Exit(); PteUnmap(p);", "Use p !Mu; UseLock ptl !Mu; Lock ptl !Mu; Use p !ML; UseLock ptl !ML; Unlock ptl !ML; Use p !Mu; Unmap p !Mu")]
    [InlineData("var v = PtepGet(p); if (v.IsNone) return; ptl.Enter(); Console.Write(v.Pfn); v.MkOld(); ptl.Exit(); PteUnmap(p);", "Use p !Mu; Exit return; !Mu; UseLock ptl !Mu; Lock ptl !Mu; Block Console.Write(v.Pfn) !ML; StaleUse v.Pfn !v; UseLock ptl !ML; Unlock ptl !ML; Use p !Mu; Unmap p !Mu")]
    [InlineData("ptl.Enter(); Thread.Sleep(1); ptl.Exit(); PteUnmap(p);", "UseLock ptl !Mu; Lock ptl !Mu; Block Thread.Sleep(1) !ML; UseLock ptl !ML; Unlock ptl !ML; Use p !Mu; Unmap p !Mu")]
    [InlineData("ptl.Enter(); try { Work(); } finally { ptl.Exit(); PteUnmap(p); }", "UseLock ptl !Mu; Lock ptl !Mu; UseLock ptl !ML; Unlock ptl !ML; Use p !Mu; Unmap p !Mu")]
    [InlineData("if (!ptl.TryEnter()) return; SetPte(p, pte); PteUnmap(p);", "Exit return; !Ml; Store p !Ml; Use p !Ml; Use p !Ml; Unmap p !Ml")]
    [InlineData("if (TryTake(ptl)) { SetPte(p, pte); ptl.Exit(); } PteUnmap(p);", "Store p !Ml; Use p !Ml; UseLock ptl !Ml; Unlock ptl !Ml; Use p !Ml; Unmap p !Ml")]
    [InlineData("if (flag) ptl.Enter(); SetPte(p, pte); if (flag) ptl.Exit(); PteUnmap(p);", "UseLock ptl !Mu; Lock ptl !Mu; Store p !Mu; Use p !Mu; Store p !ML; Use p !ML; UseLock ptl !ML; Unlock ptl !ML; Use p !Mu; Unmap p !Mu")]
    [InlineData("PtLock l; if (flag) l = ptl; else l = lockField; l.Enter(); SetPte(p, pte); PteUnmap(p);", "UseLock l !Mu; Lock l !Mu; Lock l !; Store p !Mu; Use p !Mu; Store p !ML; Use p !ML; Exit PteUnmap(p); !UL; Exit PteUnmap(p); !L; Use p !Mu; Unmap p !Mu; Use p !ML; Unmap p !ML")]
    public void The_lock_of_a_mapping_is_taken_and_released(string body, string events) =>
        AssertTrace("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return; " + body, events);

    [Theory]
    [InlineData("var l = PmdLock(mm, pmd); l.Exit();", "Unlock l !L")]
    [InlineData("var l = PmdLock(mm, pmd); Work();", "Exit Work(); !L")]
    [InlineData("var l = PmdLock(mm, pmd); if (flag) return; l.Exit();", "Exit return; !L; Unlock l !L")]
    [InlineData("var l = PmdLock(mm, pmd); lockField = l;", "")]
    [InlineData("lockField.Enter(); lockField.Exit();", "Lock lockField !; Unlock lockField !L")]
    [InlineData("lockField.Exit();", "")]
    [InlineData("var l = PteLockptr(mm, pmd); l.Enter(); l.Exit();", "Lock l !; Unlock l !L")]
    [InlineData("var p = PteOffsetMap(pmd, 0); var l = PteLockptr(mm, pmd); l.Enter(); SetPte(p, pte); l.Exit(); PteUnmap(p);", "Lock l !; Store p ?M; Use p ?M; Unlock l !L; Use p !M; Unmap p !M")]
    [InlineData("var p = PteOffsetMap(pmd, 0); var l = PteLockptr(mm, pmd2); l.Enter(); SetPte(p, pte); l.Exit(); PteUnmap(p);", "Lock l !; Store p ?M; Use p ?M; Unlock l !L; Use p !M; Unmap p !M")]
    [InlineData("var p = PteOffsetMap(pmd, 0); SetPte(p, pte); var l = PteLockptr(mm, pmd); l.Enter(); l.Exit(); PteUnmap(p);", "Store p ?M; Use p ?M; Lock l !; Unlock l !L; Use p !M; Unmap p !M")]
    [InlineData("var p = Maps(pmd); PteUnmap(p);", "Use p ?M; Unmap p !M")]
    [InlineData("var p = MapsLocked(mm, pmd, out var l); if (p == null) return; SetPte(p, pte); PteUnmapUnlock(p, l);", "Store p !ML; Use p !ML; Use p !ML; Unmap p !ML; UseLock l !UL; Unlock l !UL")]
    [InlineData("var p = Either(mm, pmd, flag, out var l); SetPte(p, pte); PteUnmapUnlock(p, l);", "Store p ?El; Use p ?El; Use p !El; Unmap p !El; UseLock l !El; Unlock l !El")]
    [InlineData("var p = Leads(this, mm, pmd); PteUnmapUnlock(p, lockField);", "Use p ?Ml; Unmap p !Ml; Unlock lockField !")]
    [InlineData("if (TryMap(pmd, 0, out var p)) { SetPte(p, pte); PteUnmap(p); }", "Store p !M; Use p !M; Use p !M; Unmap p !M")]
    [InlineData("var t = GetTable(null, 3); _ = *t;", "Use *t ?E")]
    [InlineData("Ends(PteOffsetMap(pmd, 0));", "Use PteOffsetMap(pmd, 0) ?M; Unmap PteOffsetMap(pmd, 0) !M")]
    [InlineData("PteOffsetMap(pmd, 0);", "Exit PteOffsetMap(pmd, 0); ?M")]
    [InlineData("using var x = new System.IO.MemoryStream(); var p = PteOffsetMap(pmd, 0); Work(); PteUnmap(p);", "Use p ?M; Unmap p !M")]
    [InlineData("void Local() { var p = PteOffsetMap(pmd, 0); PteUnmap(p); } Local();", "Use p ?M; Unmap p !M")]
    [InlineData("_ = PteOffsetMap(pmd, 0) == null;", "Exit _ = PteOffsetMap(pmd, 0) == null; ?M")]
    public void Locks_and_mappings_come_from_other_places(string body, string events) => AssertTrace(body, events);

    [Fact]
    public void Events_are_found_by_kind_in_the_order_of_the_source()
    {
        var trace = Assert.Single(Traces("var p = PteOffsetMap(pmd, addr); if (p == null) return; SetPte(p, pte); _ = PtepGet(p); PteUnmap(p);"));

        Assert.Equal([MappingEventKind.Store, MappingEventKind.Unmap], trace.Of(MappingEventKind.Unmap, MappingEventKind.Store).Select(seen => seen.Kind));
        Assert.Empty(trace.Of(MappingEventKind.Lock, MappingEventKind.Block));
        Assert.Empty(trace.Of());
        Assert.Equal(3, trace.Once(MappingEventKind.Use).Count());
        Assert.Empty(trace.Once(MappingEventKind.Lock));
        Assert.Empty(trace.Once(MappingEventKind.Use, seen => seen.State.IsUnmapped()));
    }

    [Fact]
    public void Of_several_cases_at_one_place_the_first_is_found()
    {
        var trace = Assert.Single(Traces("var p = PteOffsetMapNolock(mm, pmd, addr, out var ptl); if (p == null) return; if (flag) ptl.Enter(); SetPte(p, pte); if (flag) ptl.Exit(); PteUnmap(p);"));

        Assert.Equal(2, trace.Of(MappingEventKind.Store).Count());
        Assert.True(Assert.Single(trace.Once(MappingEventKind.Store)).State.IsUnlocked());
        Assert.True(Assert.Single(trace.Once(MappingEventKind.Store, seen => seen.State.IsLocked())).State.IsLocked());
    }

    [Fact]
    public void Code_that_implements_the_contract_and_code_that_maps_nothing_have_no_trace()
    {
        Assert.Empty(Traces("Work();"));
        Assert.Empty(Traces("PteUnmap(null);"));
        Assert.Empty(Traces("var p = PteOffsetMap(pmd, addr); PteUnmap(p);", "[ArchitectureCode] "));
        Assert.Single(Traces("var p = PteOffsetMap(pmd, addr); PteUnmap(p);", "[UnpublishedTable] "));
        Assert.Single(Traces("var l = PmdLock(mm, pmd);"));
        Assert.Single(Traces("var p = PteOffsetMap(pmd, addr); Action f = () => Work();"));
        Assert.Equal(2, Traces("var p = PteOffsetMap(pmd, addr); Action f = () => { var q = PteOffsetMap(pmd, addr); };").Length);
    }

    private static void AssertTrace(string body, string events) =>
        Assert.Equal(events, string.Join("; ", Traces(body).SelectMany(trace => trace.Events).Select(Describe)));

    private static ImmutableArray<MappingTrace> Traces(string body, string attributes = "")
    {
        var snippet = Snippet.Compile(MappingSource.Class($"{attributes}void M(Pmd* pmd, Pmd* pmd2, Mm mm, ulong addr, int n, bool flag, Pte pte, object gate) {{ {body} }}"));
        var (root, owner) = snippet.Method("M");
        return MappingTraces.For(snippet.Compilation, snippet.Facts).Of(root, owner, () => ControlFlowGraph.Create(root), CancellationToken.None);
    }

    private static string Describe(MappingEvent seen)
    {
        var where = seen.Syntax.ToString();
        var other = seen.Other is { } site ? $" by {site.Syntax}" : "";
        return $"{seen.Kind} {where}{other} {"?0!~"[(int)seen.State.Nullness]}{string.Concat(Letters.Where(l => seen.State.Of().HasFlag(l.State)).Select(l => l.Letter))}";
    }
}
