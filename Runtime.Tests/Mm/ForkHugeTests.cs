namespace PteGuard.Runtime.Tests;

public unsafe class ForkHugeTests
{
    private const ulong Addr = TestSpace.Start;

    [Fact]
    public void A_huge_page_is_shared_and_each_side_can_split_it()
    {
        using var space = new TestSpace();
        space.Region(TestSpace.Huge);
        Assert.True(space.Mm.MapHuge(Addr));
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1);
        mmu.Store(Addr + TestSpace.Huge - 8, 2);
        using Mm<X86_64> child = space.Mm.Fork();
        Pmd<X86_64>* theirs = PageTable.MmFindPmd(child, Addr);
        Assert.True(PageTable.PmdpGet(theirs) is { IsTransHuge: true, IsWritable: false, IsDirty: true, IsYoung: false });
        Assert.True(PageTable.PmdpGet(space.Pmd) is { IsTransHuge: true, IsWritable: false, IsDirty: true });
        Page page = PageTable.PmdpGet(theirs).Page;
        Assert.Equal((2, false), (page.RefCount, page.IsAnonExclusive));

        using var childMmu = new SoftMmu<X86_64>(child);
        childMmu.Store(Addr, 3);
        Assert.False(PageTable.PmdpGet(theirs).IsTransHuge, "the table that was laid by is in use");
        Assert.Equal((1, 3), (mmu.Load<int>(Addr), childMmu.Load<int>(Addr)));
        Assert.Equal(2, childMmu.Load<int>(Addr + TestSpace.Huge - 8));
        child.Munmap(Addr, TestSpace.Huge);
        mmu.Store(Addr, 4);
        Assert.True(PageTable.PmdpGet(space.Pmd) is { IsTransHuge: true, IsWritable: true }, "whoever is left writes it where it is");
        Assert.True(page.IsAnonExclusive);
    }

    [Fact]
    public void A_pinned_huge_page_is_split_and_copied()
    {
        using var space = new TestSpace();
        space.Region(TestSpace.Huge);
        Assert.True(space.Mm.MapHuge(Addr));
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr + (5 * TestSpace.Page), 1);
        Assert.Equal(VmFault.None, space.Mm.PinPage(Addr + (5 * TestSpace.Page), out Page pinned));
        Assert.Equal(PageTable.PmdpGet(space.Pmd).Page.Frame + 5, pinned.Frame);
        Assert.True(pinned.IsMaybePinned);
        using (Mm<X86_64> child = space.Mm.Fork())
        {
            *(int*)pinned.Pointer = 2;
            using var childMmu = new SoftMmu<X86_64>(child);
            Assert.Equal((2, 1), (mmu.Load<int>(Addr + (5 * TestSpace.Page)), childMmu.Load<int>(Addr + (5 * TestSpace.Page))));
            mmu.Store(Addr + (5 * TestSpace.Page), 3);
            Assert.Equal(3, *(int*)pinned.Pointer);
        }

        pinned.Unpin();
        Assert.Throws<InvalidOperationException>(pinned.Unpin);
    }

    [Fact]
    public void A_huge_page_in_two_regions_is_split_for_the_one_that_is_copied()
    {
        using var space = new TestSpace();
        Vma<X86_64> vma = space.Region(TestSpace.Page);
        space.Mm.Mmap(Addr + TestSpace.Page, TestSpace.Huge - TestSpace.Page, TestSpace.ReadWrite | VmFlags.NoHugePage);
        Assert.True(HugePage.TryInstall(vma, space.Pmd, Addr, HugePage.MkEntry(vma, space.Arena.AllocPage(9)), PageTable.PteAllocOne(space.Mm)));
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1);
        mmu.Store(Addr + TestSpace.Page, 2);
        using Mm<X86_64> child = space.Mm.Fork();
        using var childMmu = new SoftMmu<X86_64>(child);
        childMmu.Store(Addr, 3);
        Assert.Equal((3, 2), (childMmu.Load<int>(Addr), childMmu.Load<int>(Addr + TestSpace.Page)));
        Assert.Equal((1, 2), (mmu.Load<int>(Addr), mmu.Load<int>(Addr + TestSpace.Page)));
    }

    [Fact]
    public void Device_memory_is_copied_without_being_counted()
    {
        using var space = new TestSpace();
        space.Region(TestSpace.Huge, TestSpace.ReadWrite | VmFlags.Shared);
        var device = new Pmd<X86_64>(Pmd<X86_64>.MkHuge(1UL << 30, Pgprot<X86_64>.Of(TestSpace.ReadWrite | VmFlags.Shared)).Value | X86.Devmap);
        PageTable.SetPmd(space.Pmd, device);
        using Mm<X86_64> child = space.Mm.Fork();
        Assert.True(PageTable.PmdpGet(PageTable.MmFindPmd(child, Addr)) is { IsDevmap: true, IsWritable: true, Pfn: 1UL << 30 });
        PageTable.PmdClear(space.Pmd);
        PageTable.PmdClear(PageTable.MmFindPmd(child, Addr));
    }
}
