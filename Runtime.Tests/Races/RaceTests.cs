namespace PteGuard.Runtime.Tests;

/// <summary>Real threads, a fixed number of rounds, and invariants that hold whatever the order.</summary>
public unsafe class RaceTests
{
    private const ulong Addr = TestSpace.Start;

    [Fact]
    public void A_walker_never_sees_what_became_of_a_removed_table()
    {
        using var space = new TestSpace(4 << 20);
        Mm<X86_64> mm = space.Mm;
        Pmd<X86_64>* pmd = space.Pmd;
        var entry = (nint)pmd;
        Pte<X86_64> marker = Pte<X86_64>.FromSwpEntry(new SwpEntry(SwpEntry.Marker, SwpEntry.MarkerUffdWp));

        void Walk(Func<bool> done)
        {
            while (!done())
            {
                Pte<X86_64>* first = PageTable.PteOffsetMap((Pmd<X86_64>*)entry, Addr);
                if (first is null)
                    continue;
                bool sound = true;
                for (Pte<X86_64>* ptep = first; ptep < first + 512; ptep++)
                {
                    Pte<X86_64> pte = PageTable.PtepGetLockless(ptep);
                    sound &= pte.IsNone || PageTable.PteSame(pte, marker);
                }

                PageTable.PteUnmap(first);
                Assert.True(sound, "the table was used for something else");
            }
        }

        void RemoveAndReuse()
        {
            for (int round = 0; round < 3000; round++)
            {
                var slot = Addr + ((ulong)(round & 511) << 12);
                space.SetPte(slot, marker);
                space.SetPte(slot, Pte<X86_64>.None);
                Assert.True(PageTable.TryReclaimPteTable(mm, (Pmd<X86_64>*)entry));
                Page page = space.Arena.AllocPage();
                new Span<byte>(page.Pointer, 4096).Fill(0xff);
                page.Put();
            }
        }

        Threads.RunUntil(RemoveAndReuse, Walk, Walk);
    }

    [Fact]
    public void No_store_goes_to_a_detached_table()
    {
        using var space = new TestSpace(4 << 20);
        Mm<X86_64> mm = space.Mm;
        var entry = (nint)space.Pmd;
        const int slots = 4;
        long[] balance = new long[slots];
        bool removed = false;
        Func<bool> late = Threads.Deadline();

        Action Storer(int slot) => () =>
        {
            ulong addr = Addr + ((ulong)slot << 12);
            Pte<X86_64> mine = Pte<X86_64>.FromSwpEntry(new SwpEntry((uint)slot, 9));
            for (int round = 0; round < 20_000 || (!Volatile.Read(ref removed) && !late()); round++)
            {
                Pte<X86_64>* ptep = PageTable.PteAllocMapLock(mm, (Pmd<X86_64>*)entry, addr, out PtLock ptl);
                if (ptep is null)
                    continue;
                bool empty = PageTable.PtepGet(ptep).IsNone;
                bool sound = (balance[slot] == 0) == empty;
                PageTable.SetPteAt(mm, addr, ptep, empty ? mine : Pte<X86_64>.None);
                balance[slot] += empty ? 1 : -1;
                PageTable.PteUnmapUnlock(ptep, ptl);
                Assert.True(sound, "a store went to a table that nobody sees");
            }
        };

        Threads.RunUntil(
            () => Threads.Run([.. Enumerable.Range(0, slots).Select(Storer)]),
            done =>
            {
                while (!done())
                {
                    if (PageTable.TryReclaimPteTable(mm, (Pmd<X86_64>*)entry))
                        Volatile.Write(ref removed, true);
                }
            });

        for (int slot = 0; slot < slots; slot++)
            Assert.Equal(balance[slot] == 0, space.PteAt(Addr + ((ulong)slot << 12)).IsNone);
        Assert.True(removed, "tables were removed meanwhile");
    }

    [Fact]
    public void Two_faulters_share_one_page()
    {
        using var space = new TestSpace();
        Mm<X86_64> mm = space.Mm;
        const int pages = 2000;
        space.Region(pages * TestSpace.Page);
        Action Faulter(ulong word) => () =>
        {
            using var mmu = new SoftMmu<X86_64>(mm);
            for (ulong page = 0; page < pages; page++)
                mmu.Store(Addr + (page << 12) + (word * 8), word + 1);
        };
        Threads.Run(Faulter(0), Faulter(1), Faulter(2));
        using var reader = new SoftMmu<X86_64>(mm);
        for (ulong page = 0; page < pages; page++)
        {
            for (ulong word = 0; word < 3; word++)
                Assert.Equal(word + 1, reader.Load<ulong>(Addr + (page << 12) + (word * 8)));
        }
    }

    [Fact]
    public void Faults_and_unmaps_and_huge_pages_lose_nothing()
    {
        using var space = new TestSpace();
        Mm<X86_64> mm = space.Mm;
        space.Region(2 * TestSpace.Huge);
        var random = new Random(7);

        void Access(Func<bool> done)
        {
            using var mmu = new SoftMmu<X86_64>(mm);
            Span<byte> word = stackalloc byte[8];
            for (ulong i = 1; !done(); i++)
            {
                ulong addr = Addr + (i * 40_960 % (2 * TestSpace.Huge));
                VmFault fault = (i & 1) == 0 ? mmu.Read(addr, word) : mmu.Write(addr, BitConverter.GetBytes(addr));
                Assert.True(fault is VmFault.None or VmFault.SigSegv, fault.ToString());
                if (fault == VmFault.None && (i & 1) == 0)
                    Assert.Contains(BitConverter.ToUInt64(word), new ulong[] { 0, addr });
            }
        }

        void Change()
        {
            for (int round = 0; round < 400; round++)
            {
                ulong huge = Addr + ((ulong)random.Next(2) * TestSpace.Huge);
                ulong page = huge + ((ulong)random.Next(512) << 12);
                switch (random.Next(6))
                {
                    case 0: mm.MadviseDontNeed(page, TestSpace.Page); break;
                    case 1: mm.MadviseDontNeed(huge, TestSpace.Huge); break;
                    case 2: Assert.True(mm.MapHuge(huge)); break;
                    case 3: mm.ZapHuge(huge); break;
                    case 4:
                        mm.Mprotect(page, TestSpace.Page, VmFlags.Read);
                        mm.Mprotect(page, TestSpace.Page, TestSpace.ReadWrite);
                        break;
                    default:
                        mm.Munmap(Addr, 2 * TestSpace.Huge);
                        space.Region(2 * TestSpace.Huge);
                        break;
                }
            }
        }

        Threads.RunUntil(Change, Access, Access);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_write_is_without_its_dirty_mark(bool wrprotect)
    {
        using var space = new TestSpace();
        Mm<X86_64> mm = space.Mm;
        Vma<X86_64> vma = space.Region();
        Assert.Equal(VmFault.None, mm.Fault(Addr, FaultFlags.Write));
        var page = (nint)space.PteAt(Addr).Page.Pointer;

        void Write(Func<bool> done)
        {
            using var mmu = new SoftMmu<X86_64>(mm);
            for (ulong i = 1; !done(); i++)
                mmu.Store(Addr, i);
        }

        void Age(Func<bool> done)
        {
            while (!done())
            {
                Pte<X86_64>* ptep = PageTable.GetLockedPte(mm, Addr, out PtLock ptl);
                PageTable.PtepTestAndClearYoung(vma, Addr, ptep);
                PageTable.PteUnmapUnlock(ptep, ptl);
            }
        }

        // Whenever the content changed since the mark was last cleared, the mark must be there.
        int changes = 0;
        Func<bool> late = Threads.Deadline();
        void Clean()
        {
            ulong clean = *(ulong*)page;
            for (int round = 0; round < 4000 || (changes < 10 && !late()); round++)
            {
                Pte<X86_64>* ptep = PageTable.GetLockedPte(mm, Addr, out PtLock ptl);
                if (wrprotect)
                {
                    PageTable.PtepSetWrprotect(mm, Addr, ptep);
                    PageTable.FlushTlbMm(mm);
                }

                Pte<X86_64> old = PageTable.PtepModifyProtStart(vma, Addr, ptep);
                PageTable.FlushTlbMm(mm);
                ulong content = Volatile.Read(ref *(ulong*)page);
                bool lost = content != clean && !old.IsDirty;
                changes += content != clean ? 1 : 0;
                clean = content;
                PageTable.PtepModifyProtCommit(vma, Addr, ptep, old, old.MkClean().MkWrite());
                PageTable.PteUnmapUnlock(ptep, ptl);
                Assert.False(lost, "a write whose dirty mark is lost");
            }
        }

        Threads.RunUntil(Clean, Write, Age);
        Assert.True(changes > 0, "there were writes meanwhile");
    }

    [Fact]
    public void Several_address_spaces_live_side_by_side()
    {
        using var arena = new Arena(32 << 20);
        Action Space(ulong seed) => () =>
        {
            for (int round = 0; round < 20; round++)
            {
                using var mm = new Mm<X86_64>(arena);
                mm.Mmap(Addr, TestSpace.Huge, TestSpace.ReadWrite);
                using var mmu = new SoftMmu<X86_64>(mm);
                for (ulong i = 0; i < 100; i++)
                    mmu.Store(Addr + (i << 12), seed + i);
                for (ulong i = 0; i < 100; i++)
                    Assert.Equal(seed + i, mmu.Load<ulong>(Addr + (i << 12)));
            }
        };
        Threads.Run(Space(1), Space(1000), Space(100_000));
        PageTable.RcuBarrier();
        Assert.Equal(arena.FrameCount, arena.FreeFrames);
    }
}
