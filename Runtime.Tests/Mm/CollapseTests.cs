namespace PteGuard.Runtime.Tests;

public unsafe class CollapseTests
{
    private const ulong Addr = TestSpace.Start;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(512)]
    public void Small_pages_become_a_huge_one_with_their_contents(int step)
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        for (ulong i = 0; i < 512; i += (ulong)step)
            mmu.Store(Addr + (i << 12) + (i << 3), i + 1);
        long bytes = space.Mm.PgtablesBytes;
        Assert.Equal(CollapseResult.Succeeded, space.Mm.CollapseHuge(Addr));
        Assert.True(PageTable.PmdpGet(space.Pmd) is { IsTransHuge: true, IsDirty: true, IsWritable: true });
        Assert.Equal(bytes, space.Mm.PgtablesBytes);
        Assert.Equal(space.Arena.FrameCount - 512 - (bytes >> 12), space.Arena.FreeFrames);
        for (ulong i = 0; i < 512; i++)
            Assert.Equal(i % (ulong)step == 0 ? i + 1 : 0, mmu.Load<ulong>(Addr + (i << 12) + (i << 3)));
        Assert.Equal(CollapseResult.AlreadyHuge, space.Mm.CollapseHuge(Addr));
        Assert.True(space.Mm.SplitHuge(Addr));
        mmu.Store(Addr, 77UL);
        Assert.Equal(CollapseResult.Succeeded, space.Mm.CollapseHuge(Addr));
        Assert.Equal(77UL, mmu.Load<ulong>(Addr));
        Assert.True(space.Mm.ZapHuge(Addr));
    }

    [Theory]
    [InlineData(CollapseResult.NoRegion)]
    [InlineData(CollapseResult.NotAnonymous)]
    [InlineData(CollapseResult.NotWanted)]
    [InlineData(CollapseResult.NotMapped)]
    [InlineData(CollapseResult.TooManyEmpty)]
    [InlineData(CollapseResult.SwapEntries)]
    [InlineData(CollapseResult.UffdWp)]
    [InlineData(CollapseResult.NotWritable)]
    [InlineData(CollapseResult.Uncounted)]
    [InlineData(CollapseResult.Pinned)]
    [InlineData(CollapseResult.NoMemory)]
    public void What_stands_in_the_way_is_named_and_nothing_changes(CollapseResult expected)
    {
        using var space = new TestSpace(expected == CollapseResult.NoMemory ? 2 << 20 : 8 << 20);
        space.Region(expected == CollapseResult.NoRegion ? TestSpace.Huge - TestSpace.Page : TestSpace.Huge, TestSpace.ReadWrite | expected switch
        {
            CollapseResult.NotAnonymous => VmFlags.Shared,
            CollapseResult.NotWanted => VmFlags.NoHugePage,
            _ => VmFlags.None,
        });
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        if (expected != CollapseResult.NotMapped)
            mmu.Store(Addr, 6);
        ulong second = Addr + TestSpace.Page;
        Pte<X86_64> pte = space.PteAt(Addr);
        Page page = pte.Page;
        switch (expected)
        {
            case CollapseResult.SwapEntries: space.SetPte(second, Pte<X86_64>.FromSwpEntry(new SwpEntry(1, 1))); break;
            case CollapseResult.UffdWp: space.SetPte(Addr, pte.MkUffdWp()); break;
            case CollapseResult.NotWritable: space.SetPte(Addr, pte.Wrprotect()); break;
            case CollapseResult.Uncounted: space.SetPte(second, PageTable.PfnPte(space.Arena.AllocPage().Frame, Pgprot<X86_64>.Of(VmFlags.Read)).MkSpecial()); break;
            case CollapseResult.Pinned: page.Get(); break;
        }

        pte = space.PteAt(Addr);
        Assert.Equal(expected, space.Mm.CollapseHuge(Addr, expected == CollapseResult.TooManyEmpty ? 510 : 511));
        Assert.True(PageTable.PteSame(pte, space.PteAt(Addr)));
        if (expected == CollapseResult.Pinned)
            page.Put();
        if (expected == CollapseResult.Uncounted)
            space.PteAt(second).Page.Put();
        if (expected != CollapseResult.NotMapped)
            Assert.Equal(6, mmu.Load<int>(Addr));
    }

    [Fact]
    public void A_pin_of_a_part_of_a_split_page_is_seen_and_an_empty_table_is_not_collapsed()
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        Assert.True(space.Mm.MapHuge(Addr));
        mmu.Store(Addr + (9 * TestSpace.Page), 9);
        Assert.True(space.Mm.GetUserPagesFast(Addr + (9 * TestSpace.Page), write: true, out Page part));
        Assert.Equal(PageTable.PmdpGet(space.Pmd).Page.Frame + 9, part.Frame);
        Assert.True(space.Mm.SplitHuge(Addr));
        space.Mm.MadviseDontNeed(Addr, TestSpace.Page);
        space.Mm.MadviseDontNeed(Addr + (2 * TestSpace.Page), TestSpace.Page);
        mmu.Store(Addr, 1);
        mmu.Store(Addr + (2 * TestSpace.Page), 2);
        Assert.Equal(CollapseResult.Pinned, space.Mm.CollapseHuge(Addr));
        part.Put();
        Assert.Equal(CollapseResult.Succeeded, space.Mm.CollapseHuge(Addr));
        Assert.Equal(9, mmu.Load<int>(Addr + (9 * TestSpace.Page)));
        Assert.Equal(1, mmu.Load<int>(Addr));
        space.Mm.MadviseDontNeed(Addr, TestSpace.Huge);
        space.PmdWithTable();
        Assert.Equal(CollapseResult.TooManyEmpty, space.Mm.CollapseHuge(Addr));
        Assert.Equal("maxNone", Assert.Throws<ArgumentOutOfRangeException>(() => space.Mm.CollapseHuge(Addr, -1)).ParamName);
    }

#if DEBUG
    [Theory]
    [InlineData(CollapseResult.NoRegion)]
    [InlineData(CollapseResult.AlreadyHuge)]
    [InlineData(CollapseResult.TooManyEmpty)]
    public void What_came_in_the_way_after_the_scan_is_found_under_the_locks(CollapseResult expected)
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 6);
        Interleaving.At(Checkpoint.CollapseScanned, () =>
        {
            switch (expected)
            {
                case CollapseResult.NoRegion: space.Mm.Munmap(Addr, TestSpace.Page); break;
                case CollapseResult.AlreadyHuge: Assert.Equal(CollapseResult.Succeeded, space.Mm.CollapseHuge(Addr)); break;
                default: space.Mm.MadviseDontNeed(Addr, TestSpace.Page); break;
            }
        });
        Assert.Equal(expected, space.Mm.CollapseHuge(Addr));
        mmu.Store(Addr + TestSpace.Page, 7);
        Assert.Equal(7, mmu.Load<int>(Addr + TestSpace.Page));
    }
#endif
}
