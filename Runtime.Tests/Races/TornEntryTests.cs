using System.Runtime.InteropServices;

namespace PteGuard.Runtime.Tests;

/// <summary>
/// Race R12 of the reference, with real threads: an entry of two words goes from one table to nothing to another whose low word is
/// the same, and no reader may see a third. What follows from each defence, one at a time, is in <c>TornEntryStepTests</c>.
/// </summary>
public sealed unsafe class TornEntryTests : IDisposable
{
    private const ulong Addr = TestSpace.Start;
    private const int Rounds = 3000;

    private readonly TestSpace<X86Pae> _space = new();
    private readonly ulong* _cell = (ulong*)NativeMemory.AlignedAlloc(64, 64);

    /// <summary>Tables at 4, 8 and 12 GiB and a bit: nobody looks into them.</summary>
    private static ulong[] Tables => [1UL << 32 | 0x1000 | X86.Table, 2UL << 32 | 0x1000 | X86.Table, 3UL << 32 | 0x1000 | X86.Table];

    public TornEntryTests() => *_cell = 0;

    public void Dispose()
    {
        NativeMemory.AlignedFree(_cell);
        _space.Dispose();
    }

    [Fact]
    public void A_map_never_sees_a_pmd_made_of_two()
    {
        var pmdp = (nint)_cell;
        long mapped = 0;
        Func<bool> late = Threads.Deadline();

        void Map(Func<bool> done)
        {
            while (!done())
            {
                Pte<X86Pae>* ptep = PageTable.__PteOffsetMap((Pmd<X86Pae>*)pmdp, Addr, out Pmd<X86Pae> seen);
                if (ptep is not null)
                {
                    PageTable.PteUnmap(ptep);
                    Interlocked.Increment(ref mapped);
                }

                Assert.True(seen.IsNone || Array.IndexOf(Tables, seen.Value) >= 0, seen.ToString());
                Assert.True(seen.IsNone == ptep is null);
            }
        }

        void Exchange()
        {
            for (int round = 0; round < Rounds || (Interlocked.Read(ref mapped) < 100 && !late()); round++)
            {
                PageTable.SetPmd((Pmd<X86Pae>*)pmdp, new Pmd<X86Pae>(Tables[round % 3]));
                Thread.SpinWait(round % 50);
                PageTable.PmdClear((Pmd<X86Pae>*)pmdp);
                Hook.Sync<X86Pae>();
            }
        }

        Threads.RunUntil(Exchange, Map, Map);
        Assert.True(mapped > 0, "there was a table to map meanwhile");
    }

    [Fact]
    public void Who_has_interrupts_off_never_sees_a_pte_made_of_two()
    {
        Vma<X86Pae> vma = _space.Region();
        var ptep = (nint)_cell;
        long present = 0;
        Func<bool> late = Threads.Deadline();

        void Read(Func<bool> done)
        {
            while (!done())
            {
                PageTable.LocalIrqSave();
                Pte<X86Pae> seen = PageTable.PtepGetLockless((Pte<X86Pae>*)ptep);
                PageTable.LocalIrqRestore();
                bool sound = !seen.IsPresent || Array.IndexOf(Tables, seen.Value) >= 0;
                Assert.True(sound, seen.ToString());
                if (seen.IsPresent)
                    Interlocked.Increment(ref present);
            }
        }

        void Exchange()
        {
            for (int round = 0; round < Rounds || (Interlocked.Read(ref present) < 100 && !late()); round++)
            {
                PageTable.SetPteAt(_space.Mm, Addr, (Pte<X86Pae>*)ptep, new Pte<X86Pae>(Tables[round % 3]));
                Thread.SpinWait(round % 50);
                Assert.Equal(Tables[round % 3], PageTable.PtepClearFlush(vma, Addr, (Pte<X86Pae>*)ptep).Value);
            }
        }

        Threads.RunUntil(Exchange, Read, Read);
        Assert.True(present > 0, "there was a page meanwhile");
    }

    [Fact]
    public void Hardware_marks_dirty_while_writing_is_forbidden_and_the_mark_stays()
    {
        ulong* cell = _cell;
        ulong clean = PageTable.PfnPte(1UL << 20, Pgprot<X86Pae>.Of(VmFlags.Read | VmFlags.Write | VmFlags.Shared)).Value;
        using var round = new Barrier(2);
        bool marked = false;
        bool more = true;
        Func<bool> late = Threads.Deadline();

        void Hardware()
        {
            for (round.SignalAndWait(); more; round.SignalAndWait())
            {
                for (ulong seen = Volatile.Read(ref *cell); (seen & X86.Writable) != 0;)
                {
                    ulong was = Interlocked.CompareExchange(ref *cell, seen | X86.Dirty, seen);
                    marked = was == seen;
                    if (marked)
                        break;
                    seen = was;
                }

                round.SignalAndWait();
            }
        }

        int dirty = 0;
        int lost = 0;
        int other = 0;
        void Kernel()
        {
            for (int i = 0; i < Rounds || (dirty == 0 && !late()); i++)
            {
                Volatile.Write(ref *cell, clean);
                marked = false;
                round.SignalAndWait();
                Thread.SpinWait(i % 50);
                PageTable.PtepSetWrprotect(_space.Mm, Addr, (Pte<X86Pae>*)cell);
                round.SignalAndWait();
                ulong now = Volatile.Read(ref *cell);
                dirty += (now & X86.Dirty) != 0 ? 1 : 0;
                lost += marked && (now & X86.Dirty) == 0 ? 1 : 0;
                other += (now & ~X86.Dirty) != (clean & ~X86.Writable) ? 1 : 0;
            }

            more = false;
            round.SignalAndWait();
        }

        Threads.Run(Hardware, Kernel);
        Assert.Equal((0, 0), (lost, other));
        Assert.True(dirty > 0, "hardware was in time at least once");
    }
}

/// <summary>Hooks of an architecture that have no method of <see cref="PageTable"/>.</summary>
internal static class Hook
{
    public static void Sync<TArch>()
        where TArch : unmanaged, IArchitecture<TArch>
        => TArch.PmdpGetLocklessSync();
}
