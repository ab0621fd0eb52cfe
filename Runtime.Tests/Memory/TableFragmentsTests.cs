namespace PteGuard.Runtime.Tests;

/// <summary>Page tables of half a frame: two share a frame, its lock and its descriptor.</summary>
public unsafe class TableFragmentsTests
{
    private const ulong Addr = TestSpace.Start;
    private const ulong Mb = 1 << 20;

    private static (Pgtable A, Pgtable B) Pair(TestSpace<S390X> space)
        => (PageTable.PteAllocOne(space.Mm), PageTable.PteAllocOne(space.Mm));

    [Fact]
    public void Two_tables_share_a_frame_and_the_third_begins_another()
    {
        using var space = new TestSpace<S390X>();
        long free = space.Arena.FreeFrames;
        long bytes = space.Mm.PgtablesBytes;
        (Pgtable a, Pgtable b) = Pair(space);
        Assert.Equal(a.Page, b.Page);
        Assert.Equal(2048UL, b.Address - a.Address);
        Pgtable c = PageTable.PteAllocOne(space.Mm);
        Assert.NotEqual(a.Page, c.Page);
        Assert.Equal(free - 2, space.Arena.FreeFrames);
        Assert.Equal(bytes + (3 * 2048), space.Mm.PgtablesBytes);

        // The half that is free is the next to be taken, and comes empty.
        new Span<ulong>(a.Pointer, 256).Fill(ulong.MaxValue);
        new Span<ulong>(b.Pointer, 256).Fill(0xb0b);
        PageTable.PteFree(space.Mm, c);
        PageTable.PteFree(space.Mm, a);
        Assert.Equal(free - 1, space.Arena.FreeFrames);
        Assert.Equal(a, PageTable.PteAllocOne(space.Mm));
        Assert.False(new Span<ulong>(a.Pointer, 256).ContainsAnyExcept(0x400UL));
        Assert.False(new Span<ulong>(b.Pointer, 256).ContainsAnyExcept(0xb0bUL));
        PageTable.PteFree(space.Mm, b);
        PageTable.PteFree(space.Mm, a);
        Assert.Equal(free, space.Arena.FreeFrames);
        Assert.Equal(bytes, space.Mm.PgtablesBytes);
    }

    [Fact]
    public void Address_spaces_share_no_frame()
    {
        using var arena = new Arena(4 << 20);
        using var first = new Mm<S390X>(arena);
        using var second = new Mm<S390X>(arena);
        Pgtable a = PageTable.PteAllocOne(first);
        Pgtable b = PageTable.PteAllocOne(second);
        Assert.NotEqual(a.Page, b.Page);
        PageTable.PteFree(first, a);
        Pgtable again = PageTable.PteAllocOne(first);
        Assert.NotEqual(b.Page, again.Page);
        PageTable.PteFree(first, again);
        PageTable.PteFree(second, b);
    }

    [Fact]
    public void Tables_in_one_frame_have_one_lock()
    {
        using var space = new TestSpace<S390X>();
        Mm<S390X> mm = space.Mm;
        var a = (nint)PageTable.PmdAllocWalk(mm, Addr);
        var b = (nint)PageTable.PmdAllocWalk(mm, Addr + Mb);
        Pte<S390X>* first = PageTable.PteAllocMapLock(mm, (Pmd<S390X>*)a, Addr, out PtLock ptl);
        PageTable.PteUnmapUnlock(first, ptl);
        Assert.True(PageTable.PteAlloc(mm, (Pmd<S390X>*)b));
        first = PageTable.PteOffsetMapLock(mm, (Pmd<S390X>*)a, Addr, out ptl);
        Pte<S390X>* second = PageTable.PteOffsetMapNolock(mm, (Pmd<S390X>*)b, Addr + Mb, out PtLock other);
        Assert.True(ptl == other && other.IsHeld, "who wants both compares first");
        PageTable.PteUnmap(second);
        Assert.Throws<LockRecursionException>(() => PageTable.PteOffsetMapLock(mm, (Pmd<S390X>*)b, Addr + Mb, out _));
        PageTable.PteUnmapUnlock(first, ptl);
    }

    [Fact]
    public void A_reader_of_one_half_does_not_mind_what_becomes_of_the_other()
    {
        using var space = new TestSpace<S390X>();
        Mm<S390X> mm = space.Mm;
        Pmd<S390X>* a = PageTable.PmdAllocWalk(mm, Addr);
        Pmd<S390X>* b = PageTable.PmdAllocWalk(mm, Addr + Mb);
        Assert.True(PageTable.PteAlloc(mm, a) && PageTable.PteAlloc(mm, b));
        Pte<S390X> marker = Pte<S390X>.FromSwpEntry(new SwpEntry(SwpEntry.Marker, SwpEntry.MarkerUffdWp));
        space.SetPte(Addr, marker);
        Pgtable table = PageTable.PmdpGet(b).Table;
        Assert.Equal(PageTable.PmdpGet(a).Table.Page, table.Page);

        Pte<S390X>* ptep = PageTable.PteOffsetMap(a, Addr);
        Assert.True(PageTable.TryReclaimPteTable(mm, b));
        Assert.True(PageTable.PteSame(marker, PageTable.PtepGetLockless(ptep)));
        Assert.Throws<InvalidOperationException>(() => PageTable.PteFree(mm, table));
        Assert.Throws<InvalidOperationException>(() => PageTable.PteFreeDefer(mm, table));
        PageTable.PteUnmap(ptep);
        PageTable.RcuBarrier();
        Assert.True(PageTable.PteSame(marker, space.PteAt(Addr)));
        Assert.Throws<InvalidOperationException>(() => PageTable.PteFree(mm, table));
        Assert.Equal(table, PageTable.PteAllocOne(mm));
        PageTable.PteFree(mm, table);
        space.SetPte(Addr, Pte<S390X>.None);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void The_frame_goes_when_both_are_gone_at_once_or_deferred(bool deferFirst, bool deferSecond)
    {
        using var space = new TestSpace<S390X>();
        long free = space.Arena.FreeFrames;
        (Pgtable a, Pgtable b) = Pair(space);
        using var reader = new Reader();
        foreach ((Pgtable table, bool defer) in new[] { (a, deferFirst), (b, deferSecond) })
        {
            if (defer)
                PageTable.PteFreeDefer(space.Mm, table);
            else
                PageTable.PteFree(space.Mm, table);
        }

        Assert.Equal(free - 1, space.Arena.FreeFrames);
        reader.Dispose();
        PageTable.RcuBarrier();
        Assert.Equal(free, space.Arena.FreeFrames);
    }

    [Fact]
    public void A_half_that_waits_for_readers_is_not_handed_out()
    {
        using var space = new TestSpace<S390X>();
        (Pgtable a, Pgtable b) = Pair(space);
        using var reader = new Reader();
        PageTable.PteFreeDefer(space.Mm, a);
        (Pgtable c, Pgtable d) = Pair(space);
        Assert.DoesNotContain(a, new[] { c, d });
        reader.Dispose();
        PageTable.RcuBarrier();
        Assert.Equal(a, PageTable.PteAllocOne(space.Mm));
        foreach (Pgtable table in new[] { a, b, c, d })
            PageTable.PteFree(space.Mm, table);
    }

    [Fact]
    public void Tables_outlive_their_address_space_while_they_wait()
    {
        using var arena = new Arena(4 << 20);
        using (var mm = new Mm<S390X>(arena))
        {
            for (int i = 0; i < 5; i++)
                PageTable.PteFreeDefer(mm, PageTable.PteAllocOne(mm));
            mm.Mmap(Addr, 3 * Mb, TestSpace.ReadWrite);
            using var mmu = new SoftMmu<S390X>(mm);
            for (ulong i = 0; i < 3; i++)
                mmu.Store(Addr + (i * Mb), i);
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var other = new Mm<S390X>(arena);
        Pgtable fresh = PageTable.PteAllocOne(other);
        PageTable.RcuBarrier();
        PageTable.PteFree(other, fresh);
        other.Dispose();
        Assert.Equal(arena.FrameCount, arena.FreeFrames);
    }

    [Fact]
    public void Memory_pressure_waits_for_halves_that_are_deferred()
    {
        using var space = new TestSpace<S390X>(1 << 20);
        (Pgtable a, Pgtable b) = Pair(space);
        var taken = new List<Page>();
        using (new Reader())
        {
            PageTable.PteFreeDefer(space.Mm, a);
            PageTable.PteFreeDefer(space.Mm, b);
            while (space.Arena.FreeFrames > 0)
                taken.Add(space.Arena.AllocPage());
        }

        Assert.True(space.Arena.TryAllocPage(out Page reused));
        Assert.Equal(a.Page, reused);
        Assert.True(PageTable.PteAllocOne(space.Mm).IsNull, "no memory is null");
        taken.Add(reused);
        taken.ForEach(page => page.Put());
    }

    /// <summary>Two address spaces in one arena; tables of each come and go at neighbouring addresses, under walkers.</summary>
    [Fact]
    public void Tables_come_and_go_under_walkers()
    {
        using var arena = new Arena(4 << 20);
        using var mm = new Mm<S390X>(arena);
        using var other = new Mm<S390X>(arena);
        const ulong tables = 5;
        foreach (Mm<S390X> each in new[] { mm, other })
        {
            for (ulong i = 0; i < tables; i++)
                Assert.True(PageTable.PmdAllocWalk(each, Addr + (i * Mb)) is not null);
        }

        static Pte<S390X> Mark(Mm<S390X> owner, ulong i, Mm<S390X> first)
            => Pte<S390X>.FromSwpEntry(new SwpEntry((uint)i, owner == first ? 11UL : 22UL));

        Action Change(Mm<S390X> owner, int seed) => () =>
        {
            var random = new Random(seed);
            for (int round = 0; round < 4000; round++)
            {
                ulong i = (ulong)random.Next((int)tables);
                ulong addr = Addr + (i * Mb) + ((ulong)random.Next(256) << 12);
                Pmd<S390X>* pmd = PageTable.MmFindPmd(owner, addr);
                Pte<S390X>* ptep = PageTable.PteAllocMapLock(owner, pmd, addr, out PtLock ptl);
                if (ptep is not null)
                {
                    PageTable.SetPteAt(owner, addr, ptep, Mark(owner, i, mm));
                    PageTable.PteUnmapUnlock(ptep, ptl);
                    ptep = PageTable.PteOffsetMapLock(owner, pmd, addr, out ptl);
                    if (ptep is not null)
                    {
                        PageTable.SetPteAt(owner, addr, ptep, Pte<S390X>.None);
                        PageTable.PteUnmapUnlock(ptep, ptl);
                    }
                }

                PageTable.TryReclaimPteTable(owner, pmd);
                if ((round & 3) == 0)
                    PageTable.PteFree(owner, PageTable.PteAllocOne(owner));
            }
        };

        void Walk(Func<bool> done)
        {
            for (ulong i = 0; !done(); i = (i + 1) % tables)
            {
                foreach (Mm<S390X> each in new[] { mm, other })
                {
                    Pte<S390X>* first = PageTable.PteOffsetMap(PageTable.MmFindPmd(each, Addr + (i * Mb)), Addr + (i * Mb));
                    if (first is null)
                        continue;
                    bool sound = true;
                    for (Pte<S390X>* ptep = first; ptep < first + 256; ptep++)
                    {
                        Pte<S390X> pte = PageTable.PtepGetLockless(ptep);
                        sound &= pte.IsNone || PageTable.PteSame(pte, Mark(each, i, mm));
                    }

                    PageTable.PteUnmap(first);
                    Assert.True(sound, "the table was used for something else while it was mapped");
                }
            }
        }

        Threads.RunUntil(() => Threads.Run(Change(mm, 1), Change(mm, 2), Change(other, 3)), Walk);
        mm.Dispose();
        other.Dispose();
        PageTable.RcuBarrier();
        Assert.Equal(arena.FrameCount, arena.FreeFrames);
    }
}
