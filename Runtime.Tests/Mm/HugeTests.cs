namespace PteGuard.Runtime.Tests;

public unsafe class HugeTests
{
    private const ulong Addr = TestSpace.Start;
    private const VmFlags WithHuge = TestSpace.ReadWrite | VmFlags.HugePage;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_fault_where_huge_pages_are_wanted_maps_one(bool write)
    {
        using var space = new TestSpace();
        space.Region(flags: WithHuge);
        Assert.Equal(VmFault.None, space.Mm.Fault(Addr + 0x12_3000, write ? FaultFlags.Write : FaultFlags.None));
        Pmd<X86_64> pmd = PageTable.PmdpGet(space.Pmd);
        Assert.True(pmd is { IsTransHuge: true, IsYoung: true, IsWritable: true });
        Assert.Equal(write, pmd.IsDirty);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        Assert.Equal(0, mmu.Load<int>(Addr + TestSpace.Huge - 4));
        Assert.True(PageTable.PmdSame(pmd, PageTable.PmdpGet(space.Pmd)), "nothing was left to do");
    }

    [Theory]
    [InlineData(WithHuge | VmFlags.NoHugePage, 0UL, TestSpace.Huge)]
    [InlineData(TestSpace.ReadWrite, 0UL, TestSpace.Huge)]
    [InlineData(WithHuge, 0UL, TestSpace.Huge - TestSpace.Page)]
    [InlineData(WithHuge, TestSpace.Page, TestSpace.Huge)]
    public void Elsewhere_it_maps_a_small_one(VmFlags flags, ulong offset, ulong length)
    {
        using var space = new TestSpace();
        space.Mm.Mmap(Addr + offset, length, flags);
        Assert.Equal(VmFault.None, space.Mm.Fault(Addr + offset, FaultFlags.Write));
        Assert.True(space.PteAt(Addr + offset).IsDirty);
    }

    [Fact]
    public void Without_memory_for_a_huge_page_small_ones_do()
    {
        int failures = 0;
        for (int allowed = 0; ; allowed++)
        {
            using var space = new TestSpace(8 << 20);
            space.Region(flags: WithHuge);
            _ = space.Pmd;
            space.Arena.FailAfter(allowed);
            Assert.Equal(VmFault.None, space.Mm.Fault(Addr, FaultFlags.Write));
            space.Arena.FailAfter(-1);
            if (PageTable.PmdpGet(space.Pmd).IsTransHuge)
                break;
            failures++;
            Assert.True(space.PteAt(Addr).IsDirty);
        }

        Assert.Equal(2, failures);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_huge_page_that_was_made_inaccessible_to_be_watched_comes_back_at_the_next_access(bool write)
    {
        using var space = new TestSpace();
        space.Region(flags: WithHuge);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 3);
        PtLock pml = PageTable.PmdLock(space.Mm, space.Pmd);
        PageTable.PmdpModify(space.Pmd, static pmd => pmd.Modify(Pgprot<X86_64>.Of(VmFlags.None)).MkClean());
        pml.Exit();
        Assert.True(PageTable.PmdpGet(space.Pmd).IsProtNone);
        if (write)
            mmu.Store(Addr + 4, 4);
        Assert.Equal(3, mmu.Load<int>(Addr));
        Assert.True(PageTable.PmdpGet(space.Pmd) is { IsTransHuge: true, IsProtNone: false } pmd && pmd.IsDirty == write);
    }

    [Fact]
    public void Splitting_keeps_contents_marks_and_memory()
    {
        using var space = new TestSpace();
        space.Region(flags: WithHuge);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        for (ulong offset = 0; offset < TestSpace.Huge; offset += TestSpace.Page)
            mmu.Store(Addr + offset, offset);
        Page page = PageTable.PmdpGet(space.Pmd).Page;
        Assert.True(space.Mm.SplitHuge(Addr));
        Assert.False(space.Mm.SplitHuge(Addr));
        Assert.Equal(512, page.RefCount);
        for (ulong offset = 0; offset < TestSpace.Huge; offset += TestSpace.Page)
        {
            Assert.True(space.PteAt(Addr + offset) is { IsDirty: true, IsWritable: true } pte && pte.Page.Frame == page.Frame + (offset >> 12));
            Assert.Equal(offset, mmu.Load<ulong>(Addr + offset));
        }

        Assert.Equal("addr", Assert.Throws<ArgumentException>(() => space.Mm.SplitHuge(Addr + TestSpace.Page)).ParamName);
        Assert.False(space.Mm.SplitHuge(Addr + TestSpace.Huge));
    }

    [Fact]
    public void Dropping_a_whole_table_removes_it()
    {
        using var space = new TestSpace();
        space.Region(2 * TestSpace.Huge);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1);
        long bytes = space.Mm.PgtablesBytes;
        space.Mm.MadviseDontNeed(Addr, TestSpace.Page);
        Assert.Equal(bytes, space.Mm.PgtablesBytes);
        space.Mm.MadviseDontNeed(Addr, TestSpace.Huge);
        Assert.Equal(bytes - 4096, space.Mm.PgtablesBytes);
        for (ulong offset = 0; offset < TestSpace.Huge; offset += TestSpace.Page)
            mmu.Store(Addr + offset, offset);
        Assert.Equal(bytes, space.Mm.PgtablesBytes);
        space.Mm.MadviseDontNeed(Addr, 2 * TestSpace.Huge);
        Assert.Equal(bytes - 4096, space.Mm.PgtablesBytes);
        Assert.Equal(0, mmu.Load<int>(Addr + TestSpace.Page));
    }
}
