namespace PteGuard.Runtime.Tests;

/// <summary>Real threads: forks, faults, reclaim without the mmap lock, and unmapping, over pages and slots that several address spaces share.</summary>
public unsafe class ForkStressTests
{
    private const ulong Addr = TestSpace.Start;
    private const int Pages = 24;

    [Fact]
    public void No_address_space_loses_or_sees_what_another_wrote()
    {
        using var swap = new SwapArea<X86_64>(4 * Pages);
        using var space = new TestSpace(64 << 20);
        Mm<X86_64> mm = space.Mm;
        mm.SwapOn(swap);
        Vma<X86_64> vma = space.Region(Pages * TestSpace.Page);
        int forks = 0;
        int swapped = 0;

        // Each word of a page belongs to one writer, who knows what it must read back.
        Action<Func<bool>> Writer(ulong word) => done =>
        {
            using var mmu = new SoftMmu<X86_64>(mm, tlbEntries: (int)word * 16);
            ulong[] expected = new ulong[Pages];
            for (ulong i = 1; !done(); i++)
            {
                ulong page = i * 7 % Pages;
                ulong addr = Addr + (page << 12) + (word * 8);
                Assert.Equal(expected[page], mmu.Load<ulong>(addr));
                mmu.Store(addr, i);
                expected[page] = i;
            }
        };

        void SwapOut(Func<bool> done)
        {
            for (ulong i = 0; !done(); i++)
            {
                if (Reclaim.TryPage(vma, Addr + (i * 5 % Pages << 12)))
                    Interlocked.Increment(ref swapped);
            }
        }

        void Fork()
        {
            Func<bool> late = Threads.Deadline();
            for (; forks < 60 || (Volatile.Read(ref swapped) < 100 && !late()); forks++)
            {
                using Mm<X86_64> child = mm.Fork();
                using var mmu = new SoftMmu<X86_64>(child);
                ulong[] seen = new ulong[2 * Pages];
                for (int round = 0; round < 3; round++)
                {
                    for (ulong i = 0; i < (ulong)seen.Length; i++)
                    {
                        // What the parent writes after the fork is not for the child, and what the child writes stays.
                        ulong addr = Addr + (i >> 1 << 12) + ((i & 1) * 8);
                        ulong value = mmu.Load<ulong>(addr);
                        if (round != 0)
                            Assert.Equal(seen[i], value);
                        if (round == 1 && i % 3 == 0)
                            mmu.Store(addr, value = ulong.MaxValue - i);
                        seen[i] = value;
                        if (i % 5 == 0)
                            child.SwapOut(addr);
                    }
                }

                child.Munmap(Addr, Pages / 2 * TestSpace.Page);
            }
        }

        Threads.RunUntil(Fork, Writer(0), Writer(1), SwapOut);
        Assert.True(swapped >= 100, "pages were swapped out meanwhile");
        mm.Munmap(Addr, Pages * TestSpace.Page);
        Assert.Equal(0, swap.UsedSlots);
    }

    [Fact]
    public void No_write_is_lost_to_a_page_that_is_pinned()
    {
        using var swap = new SwapArea<X86_64>(8);
        using var space = new TestSpace();
        Mm<X86_64> mm = space.Mm;
        mm.SwapOn(swap);
        Vma<X86_64> vma = space.Region(TestSpace.Page);

        void Pin()
        {
            using var mmu = new SoftMmu<X86_64>(mm);
            for (ulong i = 1; i < 1500; i++)
            {
                Assert.Equal(VmFault.None, mm.PinPage(Addr, out Page page));
                *(ulong*)page.Pointer = i;
                Assert.Equal(i, mmu.Load<ulong>(Addr));
                mmu.Store(Addr, i + 1);
                Assert.Equal(i + 1, Volatile.Read(ref *(ulong*)page.Pointer));
                page.Unpin();
            }
        }

        void Fork(Func<bool> done)
        {
            while (!done())
                mm.Fork().Dispose();
        }

        void SwapOut(Func<bool> done)
        {
            while (!done())
                Reclaim.TryPage(vma, Addr);
        }

        Threads.RunUntil(Pin, Fork, SwapOut);
    }

    [Fact]
    public void No_write_is_without_its_dirty_mark_while_pages_are_shared()
    {
        using var space = new TestSpace();
        Mm<X86_64> mm = space.Mm;
        space.Region(TestSpace.Page);
        int changes = 0;

        void Write(Func<bool> done)
        {
            using var mmu = new SoftMmu<X86_64>(mm);
            for (ulong i = 1; !done(); i++)
                mmu.Store(Addr, i);
        }

        // After a fork nobody writes the page that is shared: if it was written since it was clean, its entry says so.
        void Fork()
        {
            Func<bool> late = Threads.Deadline();
            for (int round = 0; round < 300 || (changes < 10 && !late()); round++)
            {
                Assert.Equal(VmFault.None, mm.Fault(Addr, FaultFlags.Write));
                Pte<X86_64>* ptep = PageTable.GetLockedPte(mm, Addr, out PtLock ptl);
                Pte<X86_64> old = PageTable.PtepGetAndClear(mm, Addr, ptep);
                PageTable.FlushTlbMm(mm);
                ulong before = *(ulong*)old.Page.Pointer;
                PageTable.SetPteAt(mm, Addr, ptep, old.MkClean());
                PageTable.PteUnmapUnlock(ptep, ptl);

                using Mm<X86_64> child = mm.Fork();
                Page page = Entry.Of(child, Addr).Page;
                ulong after = *(ulong*)page.Pointer;
                changes += before != after ? 1 : 0;
                ptep = PageTable.GetLockedPte(mm, Addr, out ptl);
                Pte<X86_64> mine = PageTable.PtepGet(ptep);
                bool marked = page.IsDirty || (mine.Page == page && mine.IsDirty) || Entry.Of(child, Addr).IsDirty;
                PageTable.PteUnmapUnlock(ptep, ptl);
                Assert.True(before == after || page != old.Page || marked, "a write whose dirty mark is lost");
            }
        }

        Threads.RunUntil(Fork, Write);
    }
}
