namespace PteGuard.Runtime.Tests;

public unsafe class SharedMemoryTests
{
    private const ulong Addr = TestSpace.Start;
    private const VmFlags Shared = TestSpace.ReadWrite | VmFlags.Shared;

    [Fact]
    public void Contents_survive_dropping_unmapping_and_retracting_and_are_seen_by_all()
    {
        using var space = new TestSpace();
        using var other = new Mm<X86_64>(space.Arena);
        using var memory = new SharedMemory(space.Arena, 3 * TestSpace.Huge);
        space.Mm.MmapShared(Addr, 2 * TestSpace.Huge, Shared, memory, TestSpace.Page);
        other.MmapShared(Addr, TestSpace.Huge, Shared, memory, 0);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        using var otherMmu = new SoftMmu<X86_64>(other);
        mmu.Store(Addr, 1);
        mmu.Store(Addr + TestSpace.Huge, 2);
        Assert.Equal(1, otherMmu.Load<int>(Addr + TestSpace.Page));
        space.Mm.MadviseDontNeed(Addr, TestSpace.Huge);
        Assert.Equal(1, mmu.Load<int>(Addr));
        Assert.True(space.Mm.RetractPageTables(Addr));
        Assert.True(PageTable.PmdpGet(space.Pmd).IsNone);
        Assert.Equal(1, mmu.Load<int>(Addr));
        space.Mm.Munmap(Addr, 2 * TestSpace.Huge);
        space.Mm.MmapShared(Addr, TestSpace.Huge, Shared, memory, TestSpace.Huge);
        Assert.Equal(2, mmu.Load<int>(Addr + TestSpace.Page));
        Assert.True(memory.TryGetPage(513, out Page page));
        Assert.Equal((3, true), (page.RefCount, page.IsDirty));
        page.Put();
    }

    [Fact]
    public void A_private_region_copies_what_it_writes_and_keeps_its_table_then()
    {
        using var space = new TestSpace();
        using var memory = new SharedMemory(space.Arena, TestSpace.Huge);
        space.Mm.MmapShared(Addr, TestSpace.Huge, Shared, memory, 0);
        space.Mm.MmapShared(Addr + TestSpace.Huge, TestSpace.Huge, TestSpace.ReadWrite, memory, 0);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1);
        Assert.Equal(1, mmu.Load<int>(Addr + TestSpace.Huge));
        Assert.True(space.Mm.RetractPageTables(Addr + TestSpace.Huge));
        mmu.Store(Addr + TestSpace.Huge, 2);
        Assert.Equal(1, mmu.Load<int>(Addr));
        Assert.False(space.Mm.RetractPageTables(Addr + TestSpace.Huge));
        Assert.Equal(2, mmu.Load<int>(Addr + TestSpace.Huge));
        Assert.Equal(CollapseResult.NotAnonymous, space.Mm.CollapseHuge(Addr + TestSpace.Huge));
        space.Mm.MadviseDontNeed(Addr + TestSpace.Huge, TestSpace.Huge);
        Assert.Equal(1, mmu.Load<int>(Addr + TestSpace.Huge));
    }

    [Fact]
    public void Regions_that_are_cut_and_joined_map_the_same_pages()
    {
        using var space = new TestSpace();
        using var memory = new SharedMemory(space.Arena, TestSpace.Huge);
        space.Mm.MmapShared(Addr, TestSpace.Huge, Shared, memory, 0);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        for (ulong i = 0; i < 4; i++)
            mmu.Store(Addr + (i << 12), i);
        space.Mm.Mprotect(Addr + TestSpace.Page, TestSpace.Page, VmFlags.Read);
        Assert.Equal([0UL, 1UL << 12, 2UL << 12], space.Mm.GetRegions().Select(vma => vma.MemoryOffset));
        space.Mm.MadviseDontNeed(Addr, TestSpace.Huge);
        for (ulong i = 0; i < 4; i++)
            Assert.Equal(i, mmu.Load<ulong>(Addr + (i << 12)));
        space.Mm.Mprotect(Addr + TestSpace.Page, TestSpace.Page, TestSpace.ReadWrite);
        Assert.Single(space.Mm.GetRegions());
        space.Mm.Munmap(Addr + TestSpace.Page, TestSpace.Page);
        Assert.Equal(3UL, mmu.Load<ulong>(Addr + (3 << 12)));
        space.Mm.MmapShared(Addr + TestSpace.Page, TestSpace.Page, Shared, memory, TestSpace.Page);
        Assert.Equal(1UL, mmu.Load<ulong>(Addr + TestSpace.Page));

        ulong moved = space.Mm.Mremap(Addr + (2 * TestSpace.Page), TestSpace.Page, TestSpace.Page, MremapFlags.MayMove | MremapFlags.Fixed, Addr + (8 * TestSpace.Huge));
        Assert.Equal(2UL, mmu.Load<ulong>(moved));
        space.Mm.MadviseDontNeed(moved, TestSpace.Page);
        Assert.Equal(2UL, mmu.Load<ulong>(moved));
    }

    [Fact]
    public void What_cannot_be_mapped_is_named()
    {
        using var space = new TestSpace();
        using var memory = new SharedMemory(space.Arena, 5000);
        Assert.Equal((2UL, 8192UL), (memory.PageCount, memory.Length));
        space.Mm.MmapShared(Addr, TestSpace.Huge, Shared, memory, 0);
        Assert.Equal(VmFault.SigBus, space.Mm.Fault(Addr + 8192, FaultFlags.None));
        Assert.False(space.Mm.GetUserPagesFast(Addr + 8192, write: false, out _));
        Assert.Throws<ArgumentException>(() => space.Mm.MapHuge(Addr));
        Assert.False(space.Mm.RetractPageTables(Addr + TestSpace.Huge));
        Assert.Throws<ArgumentException>(() => space.Mm.RetractPageTables(Addr + TestSpace.Page));
        Assert.Equal("offset", Assert.Throws<ArgumentException>(() => space.Mm.MmapShared(0, 4096, Shared, memory, 1)).ParamName);
        using var large = new SharedMemory(space.Arena, 1, 16);
        Assert.Equal("memory", Assert.Throws<ArgumentException>(() => space.Mm.MmapShared(0, 4096, Shared, large, 0)).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SharedMemory(space.Arena, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.TryGetPage(2, out _));
    }

    [Fact]
    public void The_last_region_keeps_the_memory_and_its_end_frees_it()
    {
        using var space = new TestSpace();
        var memory = new SharedMemory(space.Arena, TestSpace.Huge);
        space.Mm.MmapShared(Addr, TestSpace.Huge, Shared, memory, 0);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 4);
        memory.Dispose();
        memory.Dispose();
        space.Mm.MadviseDontNeed(Addr, TestSpace.Huge);
        Assert.Equal(4, mmu.Load<int>(Addr));
        space.Mm.Munmap(Addr, TestSpace.Huge);
        Assert.Throws<ObjectDisposedException>(() => memory.TryGetPage(0, out _));
        Assert.Throws<ObjectDisposedException>(() => space.Mm.MmapShared(Addr, TestSpace.Huge, Shared, memory, 0));
        PageTable.RcuBarrier();
        Assert.Equal(space.Arena.FrameCount - 1, space.Arena.FreeFrames);
    }

    [Fact]
    public void Every_allocation_may_fail_and_nothing_is_lost()
    {
        for (int allowed = 0; ; allowed++)
        {
            using var space = new TestSpace(8 << 20);
            using var memory = new SharedMemory(space.Arena, TestSpace.Huge);
            space.Mm.MmapShared(Addr, TestSpace.Huge, Shared, memory, 0);
            space.Arena.FailAfter(allowed);
            VmFault fault = space.Mm.Fault(Addr, FaultFlags.Write);
            space.Arena.FailAfter(-1);
            if (fault == VmFault.None)
                return;
            Assert.Equal(VmFault.Oom, fault);
            Assert.InRange(allowed, 0, 3);
        }
    }

    [Fact]
    public void Pages_are_found_without_a_lock()
    {
        using var space = new TestSpace();
        space.Region();
        Assert.True(space.Mm.GetUserPagesFast(Addr + 8, write: true, out Page page));
        *(int*)page.Pointer = 11;
        page.MarkDirty();
        page.Put();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        Assert.Equal(11, mmu.Load<int>(Addr));
        space.Mm.Mprotect(Addr, TestSpace.Page, VmFlags.Read);
        Assert.False(space.Mm.GetUserPagesFast(Addr, write: true, out _));
        Assert.True(space.Mm.GetUserPagesFast(Addr, write: false, out Page same));
        Assert.Equal(page, same);
        same.Put();
        Assert.False(space.Mm.GetUserPagesFast(Addr + TestSpace.Huge, write: false, out _));
        Assert.False(space.Mm.GetUserPagesFast(1UL << 60, write: false, out _));
        space.SetPte(Addr + TestSpace.Page, PageTable.MkPte(page, Pgprot<X86_64>.Of(VmFlags.Read)).MkSpecial());
        Assert.False(space.Mm.GetUserPagesFast(Addr + TestSpace.Page, write: false, out Page none));
        Assert.True(none.IsNull);
    }
}
