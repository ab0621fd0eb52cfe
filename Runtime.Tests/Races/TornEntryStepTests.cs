#if DEBUG
using System.Runtime.InteropServices;

namespace PteGuard.Runtime.Tests;

/// <summary>
/// Race R12, made to happen step by step: with each defence the outcome is right, and with that one taken out it is the wrong
/// one. The places between the halves exist in debug builds of the runtime only.
/// </summary>
public sealed unsafe class TornEntryStepTests : IDisposable
{
    private const ulong Addr = TestSpace.Start;
    private const ulong Low = 0x1000 | X86.Table;
    private const ulong X = 1UL << 32 | Low;
    private const ulong Y = 2UL << 32 | Low;

    private readonly ulong* _cell = (ulong*)NativeMemory.AlignedAlloc(64, 64);

    public void Dispose() => NativeMemory.AlignedFree(_cell);

    [Fact]
    public void A_map_sees_no_table_where_one_goes_and_another_comes() => Assert.Equal(0UL, Map<X86Pae>());

    [Fact]
    public void Without_reading_the_low_word_again_it_sees_a_third() => Assert.Equal(Low, Map<DefectivePae<ReadsOnce>>());

    [Fact]
    public void Without_waiting_for_who_reads_it_sees_a_third() => Assert.Equal(Low, Map<DefectivePae<DoesNotSync>>());

    [Fact]
    public void Who_has_interrupts_off_sees_no_page_where_one_goes_and_another_comes() => Assert.Equal(0UL, Read<X86Pae>());

    [Fact]
    public void Without_reading_the_low_word_again_a_third_page_is_seen() => Assert.Equal(Low, Read<DefectivePae<ReadsOnce>>());

    [Fact]
    public void Without_a_flush_that_waits_a_third_page_is_seen() => Assert.Equal(Low, Read<DefectivePae<DoesNotWaitInFlush>>());

    [Fact]
    public void With_interrupts_on_a_lockless_read_is_a_hint() => Assert.Equal(Low, Read<X86Pae>(irqsOff: false));

    [Fact]
    public void The_low_word_is_stored_last()
    {
        Assert.False(InMidst<X86Pae>(0, Checkpoint.HighStored, pmdp => PageTable.SetPmd(Entry<X86Pae>(pmdp), new(X))).IsPresent);
        Assert.True(InMidst<DefectivePae<StoresLowFirst>>(0, Checkpoint.HighStored, pmdp
            => PageTable.SetPmd(Entry<DefectivePae<StoresLowFirst>>(pmdp), new(X))) is { IsPresent: true, Value: Low });
    }

    [Fact]
    public void The_low_word_is_cleared_first()
    {
        Assert.True(InMidst<X86Pae>(X, Checkpoint.LowCleared, pmdp => PageTable.PmdClear(Entry<X86Pae>(pmdp))).IsNone);
        Assert.True(InMidst<DefectivePae<ClearsHighFirst>>(X, Checkpoint.LowCleared, pmdp
            => PageTable.PmdClear(Entry<DefectivePae<ClearsHighFirst>>(pmdp))) is { IsPresent: true, Value: Low });
    }

    [Fact]
    public void Clearing_a_pte_half_done_leaves_nothing_present()
    {
        using var space = new TestSpace<X86Pae>();
        Pmd<X86Pae> seen = InMidst<X86Pae>(X, Checkpoint.LowCleared, ptep => PageTable.PteClear(space.Mm, Addr, (Pte<X86Pae>*)ptep));
        Assert.False(new Pte<X86Pae>(seen.Value).IsPresent);
        Assert.Equal(0UL, *_cell);
    }

    [Fact]
    public void Forbidding_to_write_keeps_a_dirty_mark_that_hardware_sets_meanwhile()
    {
        Assert.True(DirtyAfterWrprotect<X86Pae>());
        Assert.False(DirtyAfterWrprotect<DefectivePae<WrprotectsByStore>>());
    }

    [Fact]
    public void A_fault_that_reads_half_a_swap_entry_looks_again()
    {
        using var space = new TestSpace<X86Pae>();
        space.Region();
        space.SetPte(Addr, Pte<X86Pae>.FromSwpEntry(new SwpEntry(1, 77)));
        VmFault outcome = VmFault.SigSegv;
        using var sampled = new ManualResetEventSlim();
        var faulter = new Thread(() =>
        {
            Checkpoint.Handler = place => Step(place, Checkpoint.Sampled, sampled.Set);
            outcome = space.Mm.Fault(Addr, FaultFlags.None);
        });
        Pte<X86Pae>* ptep = PageTable.GetLockedPte(space.Mm, Addr, out PtLock ptl);
        Checkpoint.Handler = place => Step(place, Checkpoint.LowCleared, () =>
        {
            faulter.Start();
            sampled.Wait();
        });
        PageTable.PteClear(space.Mm, Addr, ptep);
        PageTable.PteUnmapUnlock(ptep, ptl);
        faulter.Join();
        Assert.Equal(VmFault.None, outcome);
    }

    /// <summary>What a map decides from, where table X is exchanged for table Y between its reads, as far as the writer is not held up.</summary>
    private ulong Map<TArch>()
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ulong* cell = _cell;
        return Race(
            () =>
            {
                PageTable.PmdClear((Pmd<TArch>*)cell);
                Hook.Sync<TArch>();
            },
            heldUp: true,
            () => PageTable.SetPmd((Pmd<TArch>*)cell, new(Y)),
            () =>
            {
                Pte<TArch>* ptep = PageTable.__PteOffsetMap((Pmd<TArch>*)cell, Addr, out Pmd<TArch> seen);
                if (ptep is not null)
                    PageTable.PteUnmap(ptep);
                return seen.Value;
            });
    }

    /// <summary>What a lockless read of a pte gives, in the same case.</summary>
    private ulong Read<TArch>(bool irqsOff = true)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ulong* cell = _cell;
        using var space = new TestSpace<TArch>();
        Vma<TArch> vma = space.Region();
        return Race(
            () => PageTable.PtepClearFlush(vma, Addr, (Pte<TArch>*)cell),
            heldUp: irqsOff,
            () => PageTable.SetPteAt(space.Mm, Addr, (Pte<TArch>*)cell, new(Y)),
            () =>
            {
                if (irqsOff)
                    PageTable.LocalIrqSave();
                Pte<TArch> seen = PageTable.PtepGetLockless((Pte<TArch>*)cell);
                if (irqsOff)
                    PageTable.LocalIrqRestore();
                return seen.Value;
            });
    }

    /// <summary>
    /// Another thread clears as soon as the low half is read, and installs as soon as the high half is read, unless it is held
    /// up by this one, where it may be; then this one goes on.
    /// </summary>
    private ulong Race(Action clearAndWait, bool heldUp, Action install, Func<ulong> read)
    {
        *_cell = X;
        using var waiting = new ManualResetEventSlim();
        using var cleared = new ManualResetEventSlim();
        using var highIsRead = new ManualResetEventSlim();
        using var installed = new ManualResetEventSlim();
        var writer = new Thread(() =>
        {
            Checkpoint.Handler = place => Step(place, Checkpoint.HeldUp, waiting.Set);
            clearAndWait();
            cleared.Set();
            highIsRead.Wait();
            install();
            installed.Set();
        });
        bool started = false;
        Checkpoint.Handler = place =>
        {
            if (place == Checkpoint.LowRead && !started)
            {
                started = true;
                writer.Start();
                Wait(cleared);
            }
            else if (place == Checkpoint.HighRead && !highIsRead.IsSet)
            {
                highIsRead.Set();
                Wait(installed);
            }
        };
        void Wait(ManualResetEventSlim goal)
        {
            // Who is not to hold it up does not believe that he does: others may, for a moment.
            if (heldUp)
                WaitHandle.WaitAny([waiting.WaitHandle, goal.WaitHandle]);
            else
                goal.Wait();
        }

        ulong seen = read();
        Checkpoint.Handler = null;
        highIsRead.Set();
        writer.Join();
        Assert.Equal(Y, *_cell);
        return seen;
    }

    private Pmd<TArch> InMidst<TArch>(ulong before, string place, Action<nint> change)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ulong* cell = _cell;
        *cell = before;
        Pmd<TArch> seen = default;
        Checkpoint.Handler = reached => Step(reached, place, () => seen = PageTable.PmdpGetLockless((Pmd<TArch>*)cell));
        change((nint)cell);
        Assert.Null(Checkpoint.Handler);
        return seen;
    }

    private bool DirtyAfterWrprotect<TArch>()
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ulong* cell = _cell;
        using var space = new TestSpace<TArch>();
        *cell = X & ~X86.Dirty;

        // What reads first is caught between the halves; what does it in one step is met before.
        void Mark() => Interlocked.Or(ref *(uint*)cell, (uint)X86.Dirty);
        Checkpoint.Handler = reached => Step(reached, Checkpoint.LowRead, Mark);
        PageTable.PtepSetWrprotect(space.Mm, Addr, (Pte<TArch>*)cell);
        bool oneStep = Checkpoint.Handler is not null;
        Checkpoint.Handler = null;
        if (oneStep)
            Mark();
        var pte = new Pte<TArch>(*cell);
        Assert.False(pte.IsWritable);
        Assert.Equal(X >> 32, pte.Value >> 32);
        return pte.IsDirty;
    }

    private static Pmd<TArch>* Entry<TArch>(nint address)
        where TArch : unmanaged, IArchitecture<TArch>
        => (Pmd<TArch>*)address;

    /// <summary>Does something when a place is reached, the first time.</summary>
    private static void Step(string reached, string place, Action action)
    {
        if (reached != place)
            return;
        Checkpoint.Handler = null;
        action();
    }

    private readonly struct ReadsOnce : IDefect
    {
        static bool IDefect.ReadsOnce => true;
    }

    private readonly struct DoesNotSync : IDefect
    {
        static bool IDefect.DoesNotSync => true;
    }

    private readonly struct DoesNotWaitInFlush : IDefect
    {
        static bool IDefect.DoesNotWaitInFlush => true;
    }

    private readonly struct StoresLowFirst : IDefect
    {
        static bool IDefect.StoresLowFirst => true;
    }

    private readonly struct ClearsHighFirst : IDefect
    {
        static bool IDefect.ClearsHighFirst => true;
    }

    private readonly struct WrprotectsByStore : IDefect
    {
        static bool IDefect.WrprotectsByStore => true;
    }
}
#endif
