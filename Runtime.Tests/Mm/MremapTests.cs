namespace PteGuard.Runtime.Tests;

public unsafe class MremapTests
{
    private const ulong Addr = TestSpace.Start;
    private const ulong Page = TestSpace.Page;

    [Theory]
    [InlineData(0UL)]
    [InlineData(5UL)]
    public void What_is_mapped_goes_along_without_being_copied(ulong misaligned)
    {
        using var space = new TestSpace();
        Mm<X86_64> mm = space.Mm;
        const ulong pages = 1200;
        mm.Mmap(Addr, pages * Page, TestSpace.ReadWrite);
        using var mmu = new SoftMmu<X86_64>(mm, 256);
        for (ulong page = 0; page < pages; page += 3)
            mmu.Store(Addr + (page * Page), page + 1);
        Page first = space.PteAt(Addr).Page;
        long free = space.Arena.FreeFrames;

        ulong to = Addr + (64 * TestSpace.Huge) + (misaligned * Page);
        Assert.Equal(to, mm.Mremap(Addr, pages * Page, pages * Page, MremapFlags.MayMove | MremapFlags.Fixed, to));
        Assert.Equal(first, space.PteAt(to).Page);
        Assert.True(space.PteAt(Addr).IsNone);
        Assert.InRange(space.Arena.FreeFrames, free - 4, free + 4);
        for (ulong page = 0; page < pages; page++)
            Assert.Equal(page % 3 == 0 ? page + 1 : 0, mmu.Load<ulong>(to + (page * Page)));
        Assert.Throws<MemoryFaultException>(() => mmu.Load<ulong>(Addr));
    }

    [Fact]
    public void It_grows_where_it_is_if_there_is_room_and_moves_if_there_is_not()
    {
        using var space = new TestSpace();
        Mm<X86_64> mm = space.Mm;
        space.Region(4 * Page);
        using var mmu = new SoftMmu<X86_64>(mm);
        mmu.Store(Addr, 7UL);
        Assert.Equal(Addr, mm.Mremap(Addr, 4 * Page, 8 * Page, MremapFlags.None));
        mmu.Store(Addr + (7 * Page), 8UL);
        mm.Mmap(Addr + (8 * Page), Page, VmFlags.Read);
        Assert.Throws<InvalidOperationException>(() => mm.Mremap(Addr, 8 * Page, 16 * Page, MremapFlags.None));
        ulong moved = mm.Mremap(Addr, 8 * Page, 16 * Page);
        Assert.NotEqual(Addr, moved);
        Assert.Equal((7UL, 8UL, 0UL), (mmu.Load<ulong>(moved), mmu.Load<ulong>(moved + (7 * Page)), mmu.Load<ulong>(moved + (15 * Page))));
        Assert.Equal(moved, mm.Mremap(moved, 16 * Page, Page));
        Assert.Equal(7UL, mmu.Load<ulong>(moved));
        Assert.Throws<MemoryFaultException>(() => mmu.Load<ulong>(moved + Page));
    }

    [Fact]
    public void A_huge_page_moves_whole_and_is_split_where_it_cannot()
    {
        using var space = new TestSpace();
        Mm<X86_64> mm = space.Mm;
        space.Region(TestSpace.Huge);
        Assert.True(mm.MapHuge(Addr));
        using var mmu = new SoftMmu<X86_64>(mm);
        mmu.Store(Addr + 4096, 5UL);
        const ulong aligned = Addr + (8 * TestSpace.Huge);
        mm.Mremap(Addr, TestSpace.Huge, TestSpace.Huge, MremapFlags.MayMove | MremapFlags.Fixed, aligned);
        Assert.True(PageTable.PmdpGet(PageTable.MmFindPmd(mm, aligned)).IsTransHuge);
        Assert.Equal(5UL, mmu.Load<ulong>(aligned + 4096));
        const ulong crooked = Addr + (16 * TestSpace.Huge) + Page;
        mm.Mremap(aligned, TestSpace.Huge, TestSpace.Huge, MremapFlags.MayMove | MremapFlags.Fixed, crooked);
        Assert.Equal(5UL, mmu.Load<ulong>(crooked + 4096));
        Assert.False(PageTable.PmdpGet(PageTable.MmFindPmd(mm, crooked)).IsTransHuge);
    }

    [Fact]
    public void The_old_region_may_stay_and_is_empty()
    {
        using var space = new TestSpace();
        space.Region(Page);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 7UL);
        ulong moved = space.Mm.Mremap(Addr, Page, Page, MremapFlags.MayMove | MremapFlags.DontUnmap);
        Assert.Equal((7UL, 0UL), (mmu.Load<ulong>(moved), mmu.Load<ulong>(Addr)));
    }

    [Fact]
    public void Each_allocation_may_fail_and_then_nothing_has_moved()
    {
        using var space = new TestSpace();
        Mm<X86_64> mm = space.Mm;
        const ulong to = (5UL << 39) + (Page * 3);
        space.Region(2 * TestSpace.Huge);
        using var mmu = new SoftMmu<X86_64>(mm);
        for (ulong at = 0; at < 2 * TestSpace.Huge; at += 64 * Page)
            mmu.Store(Addr + at, at + 1);
        int failures = 0;
        for (bool done = false; !done; failures++)
        {
            Assert.True(failures < 100, "it succeeds in the end");
            space.Arena.FailAfter(failures);
            try
            {
                mm.Mremap(Addr, 2 * TestSpace.Huge, 2 * TestSpace.Huge, MremapFlags.MayMove | MremapFlags.Fixed, to);
                done = true;
            }
            catch (ArenaExhaustedException)
            {
                space.Arena.FailAfter(-1);
                for (ulong at = 0; at < 2 * TestSpace.Huge; at += 64 * Page)
                    Assert.Equal(at + 1, mmu.Load<ulong>(Addr + at));
                Assert.Throws<MemoryFaultException>(() => mmu.Load<ulong>(to));
            }
        }

        space.Arena.FailAfter(-1);
        Assert.True(failures > 3);
        Assert.Equal(1UL, mmu.Load<ulong>(to));
    }

    [Fact]
    public void Bad_ranges_and_flags_are_named()
    {
        using var space = new TestSpace();
        Mm<X86_64> mm = space.Mm;
        space.Region(4 * Page);
        Assert.Equal("addr", Assert.Throws<ArgumentException>(() => mm.Mremap(Addr + (64 * Page), Page, Page)).ParamName);
        Assert.Equal("addr", Assert.Throws<ArgumentException>(() => mm.Mremap(Addr, 8 * Page, Page)).ParamName);
        Assert.Equal("flags", Assert.Throws<ArgumentException>(() => mm.Mremap(Addr, Page, Page, MremapFlags.Fixed, Addr + (64 * Page))).ParamName);
        Assert.Equal("flags", Assert.Throws<ArgumentException>(() => mm.Mremap(Addr, Page, 2 * Page, MremapFlags.MayMove | MremapFlags.DontUnmap)).ParamName);
        Assert.Equal("newAddr", Assert.Throws<ArgumentException>(() => mm.Mremap(Addr, 2 * Page, 2 * Page, MremapFlags.MayMove | MremapFlags.Fixed, Addr + Page)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => mm.Mremap(Addr, Page, 0));
    }
}
