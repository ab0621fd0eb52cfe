namespace PteGuard.Runtime.Tests;

public unsafe class ForkTests
{
    private const ulong Addr = TestSpace.Start;

    [Fact]
    public void Private_pages_are_shared_until_one_side_writes()
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1);
        mmu.Store(Addr + TestSpace.Page, 1);
        Page page = space.PteAt(Addr).Page;
        Assert.True(page.IsAnonExclusive);

        using Mm<X86_64> child = space.Mm.Fork();
        using var childMmu = new SoftMmu<X86_64>(child);
        Assert.True(space.PteAt(Addr) is { IsDirty: true, IsWritable: false });
        Assert.True(Entry.Of(child, Addr) is { IsDirty: true, IsWritable: false, IsYoung: false });
        Assert.Equal(page, Entry.Of(child, Addr).Page);
        Assert.Equal(2, page.RefCount);
        Assert.False(page.IsAnonExclusive);

        childMmu.Store(Addr, 2);
        mmu.Store(Addr + TestSpace.Page, 3);
        Assert.Equal((1, 2), (mmu.Load<int>(Addr), childMmu.Load<int>(Addr)));
        Assert.Equal((3, 1), (mmu.Load<int>(Addr + TestSpace.Page), childMmu.Load<int>(Addr + TestSpace.Page)));

        mmu.Store(Addr, 4);
        Assert.Equal(page, space.PteAt(Addr).Page);
        Assert.True(page.IsAnonExclusive, "the last one who has a page owns it");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_translation_from_before_the_fork_does_not_write_to_what_is_the_childs(bool huge)
    {
        using var space = new TestSpace();
        space.Region(TestSpace.Huge);
        if (huge)
            Assert.True(space.Mm.MapHuge(Addr));
        using var mmu = new SoftMmu<X86_64>(space.Mm, tlbEntries: 16);
        mmu.Store(Addr, 1);
        using Mm<X86_64> child = space.Mm.Fork();
        mmu.Store(Addr, 2);
        using var childMmu = new SoftMmu<X86_64>(child);
        Assert.Equal((2, 1), (mmu.Load<int>(Addr), childMmu.Load<int>(Addr)));
    }

    [Fact]
    public void Shared_pages_stay_shared_and_the_child_has_not_touched_them()
    {
        using var space = new TestSpace();
        space.Region(flags: TestSpace.ReadWrite | VmFlags.Shared);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1);
        Assert.False(space.PteAt(Addr).Page.IsAnonExclusive);
        using Mm<X86_64> child = space.Mm.Fork();
        using var childMmu = new SoftMmu<X86_64>(child);
        Assert.True(Entry.Of(child, Addr) is { IsWritable: true, IsDirty: false, IsYoung: false });
        Assert.True(space.PteAt(Addr) is { IsWritable: true, IsDirty: true });
        childMmu.Store(Addr, 2);
        Assert.Equal(2, mmu.Load<int>(Addr));
    }

    [Fact]
    public void Regions_come_as_their_flags_say()
    {
        using var space = new TestSpace();
        Mm<X86_64> mm = space.Mm;
        mm.Mmap(Addr, TestSpace.Page, TestSpace.ReadWrite | VmFlags.DontCopy);
        mm.Mmap(Addr + TestSpace.Page, TestSpace.Page, TestSpace.ReadWrite | VmFlags.WipeOnFork | VmFlags.Locked);
        mm.Mmap(Addr + (2 * TestSpace.Page), TestSpace.Page, VmFlags.Read);
        using var mmu = new SoftMmu<X86_64>(mm);
        mmu.Store(Addr, 1);
        mmu.Store(Addr + TestSpace.Page, 1);
        using Mm<X86_64> child = mm.Fork();
        Assert.Equal([TestSpace.ReadWrite | VmFlags.WipeOnFork, VmFlags.Read], child.GetRegions().Select(vma => vma.Flags));
        Assert.All(child.GetRegions(), vma => Assert.Same(child, vma.Mm));
        using var childMmu = new SoftMmu<X86_64>(child);
        Assert.Throws<MemoryFaultException>(() => childMmu.Load<int>(Addr));
        Assert.Equal(0, childMmu.Load<int>(Addr + TestSpace.Page));
        Assert.Equal(1, mmu.Load<int>(Addr + TestSpace.Page));
        Assert.True(space.PteAt(Addr + TestSpace.Page).IsWritable, "a region that is not copied is left alone");
    }

    [Theory]
    [InlineData(SwpEntry.MigrationWrite, SwpEntry.MigrationRead)]
    [InlineData(SwpEntry.MigrationReadExclusive, SwpEntry.MigrationRead)]
    [InlineData(SwpEntry.MigrationRead, SwpEntry.MigrationRead)]
    [InlineData(SwpEntry.HwPoison, SwpEntry.HwPoison)]
    public void Pages_on_the_move_come_back_to_both_without_the_right_to_write(uint type, uint expected)
    {
        using var space = new TestSpace();
        space.Region(2 * TestSpace.Huge);
        space.SetPte(Addr, Pte<X86_64>.FromSwpEntry(new SwpEntry(type, 0x123)).SwpMkSoftDirty());
        PageTable.SetPmd(space.Pmd + 1, Pmd<X86_64>.FromSwpEntry(new SwpEntry(type, 0x200)));
        using Mm<X86_64> child = space.Mm.Fork();
        foreach (Mm<X86_64> mm in new[] { space.Mm, child })
        {
            Assert.Equal(new SwpEntry(expected, 0x123), Entry.Of(mm, Addr).ToSwpEntry());
            Assert.True(Entry.Of(mm, Addr).IsSwpSoftDirty);
            Pmd<X86_64> pmd = PageTable.PmdpGet(PageTable.MmFindPmd(mm, Addr + TestSpace.Huge));
            Assert.Equal(new SwpEntry(expected, 0x200), pmd.ToSwpEntry());
            PageTable.PmdClear(PageTable.MmFindPmd(mm, Addr + TestSpace.Huge));
        }
    }

    [Fact]
    public void Of_a_shared_region_migration_entries_keep_the_right_to_write()
    {
        using var space = new TestSpace();
        space.Region(flags: TestSpace.ReadWrite | VmFlags.Shared);
        Pte<X86_64> moving = Pte<X86_64>.FromSwpEntry(new SwpEntry(SwpEntry.MigrationWrite, 5));
        space.SetPte(Addr, moving);
        using Mm<X86_64> child = space.Mm.Fork();
        Assert.True(PageTable.PteSame(moving, space.PteAt(Addr)) && PageTable.PteSame(moving, Entry.Of(child, Addr)));
    }

    [Theory]
    [InlineData(VmFlags.None, SwpEntry.MarkerPoisoned)]
    [InlineData(VmFlags.UffdWp, SwpEntry.MarkerPoisoned | SwpEntry.MarkerUffdWp)]
    public void Markers_are_copied_where_they_mean_something(VmFlags flags, ulong kept)
    {
        using var space = new TestSpace();
        space.Region(flags: TestSpace.ReadWrite | flags);
        space.SetPte(Addr, Pte<X86_64>.FromSwpEntry(new SwpEntry(SwpEntry.Marker, SwpEntry.MarkerUffdWp)));
        space.SetPte(Addr + TestSpace.Page, Pte<X86_64>.FromSwpEntry(new SwpEntry(SwpEntry.Marker, SwpEntry.MarkerUffdWp | SwpEntry.MarkerPoisoned)));
        space.SetPte(Addr + (2 * TestSpace.Page), PageTable.MkPte(space.Arena.AllocPage(), Pgprot<X86_64>.Of(VmFlags.Read)).MkUffdWp());
        using Mm<X86_64> child = space.Mm.Fork();
        Assert.Equal(flags == VmFlags.None, Entry.Of(child, Addr).IsNone);
        Assert.Equal(kept, Entry.Of(child, Addr + TestSpace.Page).ToSwpEntry().Offset);
        Assert.Equal(flags != VmFlags.None, Entry.Of(child, Addr + (2 * TestSpace.Page)).IsUffdWp);
        Assert.True(space.PteAt(Addr + (2 * TestSpace.Page)).IsUffdWp);
    }

    [Fact]
    public void A_pinned_page_stays_the_parents_and_the_child_gets_a_copy()
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1);
        mmu.Store(Addr + TestSpace.Page, 2);
        Assert.Equal(VmFault.None, space.Mm.PinPage(Addr + 8, out Page pinned));
        Assert.Equal(VmFault.None, space.Mm.PinPage(Addr + 8, out _));
        pinned.Unpin();
        Assert.True(pinned.IsMaybePinned);
        using (Mm<X86_64> child = space.Mm.Fork())
        {
            using var childMmu = new SoftMmu<X86_64>(child);
            Assert.True(space.PteAt(Addr).IsWritable && Entry.Of(child, Addr) is { IsWritable: true, IsDirty: true });
            Assert.NotEqual(pinned, Entry.Of(child, Addr).Page);
            Assert.Equal(Entry.Of(child, Addr + TestSpace.Page).Page, space.PteAt(Addr + TestSpace.Page).Page);
            *(int*)pinned.Pointer = 3;
            Assert.Equal((3, 1), (mmu.Load<int>(Addr), childMmu.Load<int>(Addr)));
        }

        pinned.Unpin();
        Assert.False(pinned.IsMaybePinned);
        Assert.Throws<InvalidOperationException>(pinned.Unpin);
    }

    [Fact]
    public void A_pin_keeps_the_page_and_asks_for_a_region_that_may_be_written()
    {
        using var space = new TestSpace();
        space.Region(TestSpace.Page);
        space.Mm.Mmap(Addr + TestSpace.Huge, TestSpace.Page, VmFlags.Read);
        Assert.Equal(VmFault.SigSegv, space.Mm.PinPage(Addr + TestSpace.Page, out Page none));
        Assert.True(none.IsNull);
        Assert.Equal(VmFault.SigSegv, space.Mm.PinPage(Addr + TestSpace.Huge, out _));
        Assert.Equal(VmFault.SigSegv, space.Mm.PinPage(1UL << 63, out _));
        Assert.Equal(VmFault.None, space.Mm.PinPage(Addr, out Page page));
        space.Mm.Munmap(Addr, TestSpace.Page);
        Assert.True(page.IsMaybePinned && page.RefCount > 1);
        page.Unpin();
        Assert.Equal(0, page.RefCount);
        Assert.Throws<InvalidOperationException>(page.Pin);
    }

    [Fact]
    public void Pinning_gives_back_to_a_child_that_shares_a_page_of_its_own()
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1);
        using Mm<X86_64> child = space.Mm.Fork();
        Assert.Equal(VmFault.None, child.PinPage(Addr, out Page page));
        Assert.True(page.IsAnonExclusive);
        Assert.NotEqual(page, space.PteAt(Addr).Page);
        Assert.Equal(page, Entry.Of(child, Addr).Page);
        page.Unpin();
    }

    [Fact]
    public void Every_allocation_may_fail_and_nothing_is_lost()
    {
        using var swap = new SwapArea<X86_64>(8);
        using var space = new TestSpace(16 << 20);
        Mm<X86_64> mm = space.Mm;
        mm.SwapOn(swap);
        Vma<X86_64> vma = space.Region(TestSpace.Huge * 2);
        mm.Mmap(Addr + (4UL << 30), TestSpace.Page, TestSpace.ReadWrite);
        using var mmu = new SoftMmu<X86_64>(mm);
        mmu.Store(Addr + (4UL << 30), 9);
        mmu.Store(Addr, 1);
        mmu.Store(Addr + TestSpace.Page, 2);
        Assert.True(mm.SwapOut(Addr + TestSpace.Page));
        Assert.True(mm.MapHuge(Addr + TestSpace.Huge));
        mmu.Store(Addr + TestSpace.Huge, 3);
        Assert.Equal(VmFault.None, mm.PinPage(Addr + (2 * TestSpace.Page), out Page pinned));
        long frames = space.Arena.FreeFrames;
        long tables = mm.PgtablesBytes;

        int failures = 0;
        Mm<X86_64>? child;
        for (; ; failures++)
        {
            space.Arena.FailAfter(failures);
            bool forked = mm.TryFork(out child);
            space.Arena.FailAfter(-1);
            if (forked)
                break;
            Assert.Null(child);
            PageTable.RcuBarrier();
            Assert.Equal((frames, tables, 1), (space.Arena.FreeFrames, mm.PgtablesBytes, swap.UsedSlots));
            Assert.Equal(1, swap.EntriesOf(space.PteAt(Addr + TestSpace.Page).ToSwpEntry().Offset));
            Assert.Equal((1, 3), (mmu.Load<int>(Addr), mmu.Load<int>(Addr + TestSpace.Huge)));
            mmu.Store(Addr, 1);
        }

        // The root, a pud, a pmd and a pte table, the copy of the pinned page, the table laid by, and a pmd and a pte table far away.
        Assert.Equal(8, failures);
        using (child)
        {
            using var childMmu = new SoftMmu<X86_64>(child!);
            Assert.Equal([1, 2, 3, 9], new[] { Addr, Addr + TestSpace.Page, Addr + TestSpace.Huge, Addr + (4UL << 30) }.Select(childMmu.Load<int>));
        }

        space.Arena.FailAfter(0);
        Assert.Throws<ArenaExhaustedException>(mm.Fork);
        space.Arena.FailAfter(-1);
        pinned.Unpin();
        Assert.Equal([1, 2, 3, 9], new[] { Addr, Addr + TestSpace.Page, Addr + TestSpace.Huge, Addr + (4UL << 30) }.Select(mmu.Load<int>));
        Assert.Equal(0, swap.UsedSlots);
    }
}
