namespace PteGuard.Runtime.Tests;

public unsafe class MmTests
{
    private const ulong Addr = TestSpace.Start;

    [Fact]
    public void What_is_written_is_read_and_fresh_memory_is_zero()
    {
        using var space = new TestSpace();
        space.Region(4 * TestSpace.Huge);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        byte[] data = [.. Enumerable.Range(0, 10_000).Select(i => (byte)i)];
        byte[] back = new byte[data.Length];
        Assert.Equal(VmFault.None, mmu.Write(Addr + 4090, data));
        Assert.Equal(VmFault.None, mmu.Read(Addr + 4090, back));
        Assert.Equal(data, back);
        Assert.Equal(0, mmu.Load<byte>(Addr + 4089));
    }

    [Fact]
    public void Accesses_that_no_region_allows_end_in_a_signal()
    {
        using var space = new TestSpace();
        space.Region(TestSpace.Huge, VmFlags.Read);
        space.Mm.Mmap(Addr + TestSpace.Huge, TestSpace.Page, VmFlags.None);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        Assert.Equal(0, mmu.Load<int>(Addr));
        Assert.Equal(VmFault.SigSegv, Assert.Throws<MemoryFaultException>(() => mmu.Store(Addr, 1)).Fault);
        Assert.Throws<MemoryFaultException>(() => mmu.Load<int>(Addr + TestSpace.Huge));
        Assert.Throws<MemoryFaultException>(() => mmu.Load<int>(0));
        Assert.Equal(1UL << 63, Assert.Throws<MemoryFaultException>(() => mmu.Load<int>(1UL << 63)).Address);
    }

    [Fact]
    public void Protection_is_taken_away_and_given_back_and_the_contents_stay()
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr + TestSpace.Page, 5);
        space.Mm.Mprotect(Addr + TestSpace.Page, TestSpace.Page, VmFlags.None);
        Assert.True(space.PteAt(Addr + TestSpace.Page) is { IsProtNone: true, IsDirty: true });
        Assert.Throws<MemoryFaultException>(() => mmu.Load<int>(Addr + TestSpace.Page));
        mmu.Store(Addr, 4);
        space.Mm.Mprotect(Addr + TestSpace.Page, TestSpace.Page, TestSpace.ReadWrite);
        Assert.Equal(5, mmu.Load<int>(Addr + TestSpace.Page));
        mmu.Store(Addr + TestSpace.Page, 6);
        Assert.Equal(6, mmu.Load<int>(Addr + TestSpace.Page));
        Assert.Equal((Addr, Addr + TestSpace.Huge), Assert.Single(space.Mm.GetRegions().Select(vma => (vma.Start, vma.End))));
    }

    [Fact]
    public void Unmapping_splits_regions_and_frees_pages_and_tables()
    {
        using var space = new TestSpace();
        long bytes = space.Mm.PgtablesBytes;
        space.Region(3 * TestSpace.Huge);
        using (var mmu = new SoftMmu<X86_64>(space.Mm))
        {
            for (ulong addr = Addr; addr < Addr + (3 * TestSpace.Huge); addr += TestSpace.Huge)
                mmu.Store(addr, addr);
            space.Mm.Munmap(Addr + TestSpace.Page, TestSpace.Huge);
            Assert.Equal(Addr, mmu.Load<ulong>(Addr));
            Assert.Throws<MemoryFaultException>(() => mmu.Load<ulong>(Addr + TestSpace.Huge));
        }

        Assert.Equal([(Addr, Addr + TestSpace.Page), (Addr + TestSpace.Page + TestSpace.Huge, Addr + (3 * TestSpace.Huge))],
            space.Mm.GetRegions().Select(vma => (vma.Start, vma.End)));
        space.Mm.Munmap(Addr, 3 * TestSpace.Huge);
        Assert.Equal(bytes, space.Mm.PgtablesBytes);
        Assert.True(PageTable.MmFindPmd(space.Mm, Addr) is null);
    }

    [Fact]
    public void A_huge_page_takes_the_place_of_a_table_and_leaves_nothing()
    {
        using var space = new TestSpace();
        space.Region(TestSpace.Huge);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1);
        Assert.True(space.Mm.MapHuge(Addr));
        Pmd<X86_64>* pmd = PageTable.MmFindPmd(space.Mm, Addr);
        Assert.True(PageTable.PteOffsetMap(pmd, Addr) is null);
        Assert.Equal(0, mmu.Load<int>(Addr));
        mmu.Store(Addr + 0x12_3456, 7);
        Assert.True(PageTable.PmdpGet(pmd).IsDirty);
        Assert.Equal(7, mmu.Load<int>(Addr + 0x12_3456));
        Assert.True(space.Mm.ZapHuge(Addr));
        Assert.False(space.Mm.ZapHuge(Addr));
        Assert.True(PageTable.PmdpGet(pmd).IsNone);
        Assert.Equal(0, mmu.Load<int>(Addr + 0x12_3456));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_huge_page_of_which_a_part_is_unmapped_or_protected_is_split_and_keeps_the_rest(bool unmap)
    {
        using var space = new TestSpace();
        space.Region(TestSpace.Huge);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        Assert.True(space.Mm.MapHuge(Addr));
        for (ulong offset = 0; offset < TestSpace.Huge; offset += TestSpace.Page)
            mmu.Store(Addr + offset, offset);
        if (unmap)
            space.Mm.Munmap(Addr + TestSpace.Page, TestSpace.Page);
        else
            space.Mm.Mprotect(Addr + TestSpace.Page, TestSpace.Page, VmFlags.Read);

        Assert.False(PageTable.PmdpGet(PageTable.MmFindPmd(space.Mm, Addr)).IsTransHuge);
        Assert.Throws<MemoryFaultException>(() => mmu.Store(Addr + TestSpace.Page, 1UL));
        Assert.True(space.PteAt(Addr).IsDirty);
        for (ulong offset = 2 * TestSpace.Page; offset < TestSpace.Huge; offset += TestSpace.Page)
            Assert.Equal(offset, mmu.Load<ulong>(Addr + offset));
        mmu.Store(Addr, 1UL);
        Assert.Equal(1UL, mmu.Load<ulong>(Addr));
    }

    [Fact]
    public void A_page_that_somebody_else_holds_is_copied_on_write()
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1);
        Page page = space.PteAt(Addr).Page;
        page.Get();
        Pte<X86_64>* ptep = PageTable.GetLockedPte(space.Mm, Addr, out PtLock ptl);
        page.ClearAnonExclusive();
        PageTable.PtepSetWrprotect(space.Mm, Addr, ptep);
        PageTable.PteUnmapUnlock(ptep, ptl);
        mmu.Store(Addr, 2);
        Assert.NotEqual(page, space.PteAt(Addr).Page);
        Assert.Equal(1, *(int*)page.Pointer);
        Assert.Equal(1, page.RefCount);
        Assert.True(page.IsDirty, "the mark of the entry that was replaced goes to its page");
        page.Put();

        ptep = PageTable.GetLockedPte(space.Mm, Addr, out ptl);
        PageTable.PtepSetWrprotect(space.Mm, Addr, ptep);
        PageTable.PteUnmapUnlock(ptep, ptl);
        page = space.PteAt(Addr).Page;
        mmu.Store(Addr, 3);
        Assert.Equal(page, space.PteAt(Addr).Page);
    }

    [Theory]
    [InlineData(SwpEntry.MigrationRead, VmFault.Retry)]
    [InlineData(SwpEntry.HwPoison, VmFault.HwPoison)]
    [InlineData(0u, VmFault.SigBus)]
    public void A_fault_on_an_entry_without_a_page_ends_as_its_kind_demands(uint type, VmFault expected)
    {
        using var space = new TestSpace();
        space.Region();
        space.SetPte(Addr, Pte<X86_64>.FromSwpEntry(new SwpEntry(type, 5)));
        Assert.Equal(expected, space.Mm.Fault(Addr, FaultFlags.None));
    }

    [Fact]
    public void The_hardware_walk_sets_accessed_and_dirty_and_judges_as_the_manual_says()
    {
        using var space = new TestSpace();
        Page page = space.Arena.AllocPage();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        Assert.Equal(MmuFault.NotPresent, mmu.Translate(Addr, MmuAccess.Read, out _));
        space.SetPte(Addr, PageTable.MkPte(page, new Pgprot<X86_64>(1)));
        Assert.Equal(MmuFault.None, mmu.Translate(Addr + 9, MmuAccess.Read, out ulong physical));
        Assert.Equal(page.Address + 9, physical);
        Assert.True(space.PteAt(Addr) is { IsYoung: true, IsDirty: false });
        Assert.Equal(MmuFault.Protection, mmu.Translate(Addr, MmuAccess.Write, out _));
        Assert.Equal(MmuFault.Protection, mmu.Translate(Addr, MmuAccess.User, out _));
        Assert.Equal(MmuFault.None, mmu.Translate(Addr, MmuAccess.Execute, out _));
        space.SetPte(Addr, PageTable.MkPte(page, new Pgprot<X86_64>(3 | 1UL << 63)));
        Assert.Equal(MmuFault.None, mmu.Translate(Addr, MmuAccess.Write, out _));
        Assert.True(space.PteAt(Addr).IsDirty);
        Assert.Equal(MmuFault.Protection, mmu.Translate(Addr, MmuAccess.Execute, out _));
        Assert.Equal(MmuFault.NotCanonical, mmu.Translate(1UL << 50, MmuAccess.Read, out _));
        PageTable.SetPmd(space.Pmd + 1, new Pmd<X86_64>(0xa7 | 1UL << 13));
        Assert.Equal(MmuFault.ReservedBit, mmu.Translate(Addr + TestSpace.Huge, MmuAccess.Read, out _));
        PageTable.PmdClear(space.Pmd + 1);
    }

    [Fact]
    public void Bad_ranges_are_named()
    {
        using var space = new TestSpace();
        space.Region();
        Mm<X86_64> mm = space.Mm;
        Assert.Equal("addr", Assert.Throws<ArgumentException>(() => mm.Mmap(1, 4096, VmFlags.Read)).ParamName);
        Assert.Equal("addr", Assert.Throws<ArgumentException>(() => mm.Mmap(Addr, 4096, VmFlags.Read)).ParamName);
        Assert.Equal("length", Assert.Throws<ArgumentOutOfRangeException>(() => mm.Mmap(Addr, 0, VmFlags.Read)).ParamName);
        Assert.Equal("length", Assert.Throws<ArgumentOutOfRangeException>(() => mm.Munmap(X86_64.TaskSize, 4096)).ParamName);
        Assert.Equal("access", Assert.Throws<ArgumentException>(() => mm.Mprotect(Addr, 4096, VmFlags.Locked)).ParamName);
        Assert.Equal("addr", Assert.Throws<ArgumentException>(() => mm.Mprotect(Addr, TestSpace.Huge + 4096, VmFlags.Read)).ParamName);
        Assert.Equal("addr", Assert.Throws<ArgumentException>(() => mm.MapHuge(Addr + 4096)).ParamName);
        Assert.Equal("addr", Assert.Throws<ArgumentException>(() => mm.MapHuge(Addr + TestSpace.Huge)).ParamName);
        Assert.Throws<InvalidOperationException>(() => mm.FindVma(Addr));
    }

    [Fact]
    public void A_region_is_placed_where_there_is_room()
    {
        using var space = new TestSpace();
        Vma<X86_64> a = space.Mm.Mmap(0, 5000, VmFlags.Read);
        Vma<X86_64> b = space.Mm.Mmap(0, 4096, VmFlags.Read);
        Assert.Equal(a.Start + 8192, a.End);
        Assert.Equal(a.End, b.Start);
        space.Mm.Munmap(a.Start, 8192);
        Assert.Equal(a.Start, space.Mm.Mmap(0, 8192, VmFlags.Read).Start);
    }

    [Fact]
    public void Disposal_reports_a_table_that_was_lost()
    {
        using var arena = new Arena(2 << 20);
        var mm = new Mm<X86_64>(arena);
        Pgtable lost = PageTable.PteAllocOne(mm);
        Assert.Contains("4096 bytes", Assert.Throws<InvalidOperationException>(mm.Dispose).Message, StringComparison.Ordinal);
        PageTable.PteFree(mm, lost);
        mm.Dispose();
        Assert.Throws<ObjectDisposedException>(() => { PageTable.PgdOffset(mm, 0); });
    }

    [Fact]
    public void Every_allocation_may_fail_and_nothing_is_lost()
    {
        int failures = 0;
        for (int allowed = 0; ; allowed++)
        {
            using var space = new TestSpace(8 << 20);
            space.Region(2 * TestSpace.Huge);
            space.Arena.FailAfter(allowed);
            VmFault fault = space.Mm.Fault(Addr, FaultFlags.Write);
            bool huge = space.Mm.MapHuge(Addr + TestSpace.Huge);
            space.Arena.FailAfter(-1);
            if (fault == VmFault.None && huge)
                break;
            failures++;
            Assert.True(fault is VmFault.None or VmFault.Oom);
            Assert.True(fault == VmFault.None || space.PteAt(Addr).IsNone);
            Assert.Equal(VmFault.None, space.Mm.Fault(Addr, FaultFlags.Write));
        }

        Assert.Equal(6, failures);
    }

    [Fact]
    public void Faulting_until_memory_runs_out_ends_in_oom_and_unmapping_gives_it_back()
    {
        using var space = new TestSpace(2 << 20);
        space.Region(4 * TestSpace.Huge);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        ulong addr = Addr;
        while (mmu.Write(addr, [1]) == VmFault.None)
            addr += TestSpace.Page;
        Assert.Equal(VmFault.Oom, mmu.Write(addr, [1]));
        Assert.Equal(0, space.Arena.FreeFrames);
        Assert.Throws<ArenaExhaustedException>(() => new Mm<X86_64>(space.Arena));
        space.Mm.MadviseDontNeed(Addr, TestSpace.Huge);
        Assert.Equal(VmFault.None, mmu.Write(addr, [1]));
    }

    [FactWithoutCheck]
    public void A_fault_allocates_nothing_managed()
    {
        using var space = new TestSpace();
        space.Region(8 * TestSpace.Huge);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        Allocations.AssertNone(round => mmu.Store(Addr + ((ulong)round * TestSpace.Page), round));
    }

    [FactWithoutCheck]
    public void Translating_aging_dropping_and_huge_pages_allocate_nothing_managed()
    {
        using var space = new TestSpace();
        Vma<X86_64> vma = space.Region(2 * TestSpace.Huge);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        Allocations.AssertNone(round =>
        {
            mmu.Store(Addr, round);
            mmu.Translate(Addr, MmuAccess.User | MmuAccess.Write, out _);
            Pmd<X86_64>* pmd = PageTable.MmFindPmd(space.Mm, Addr);
            Pte<X86_64>* ptep = PageTable.PteOffsetMap(pmd, Addr);
            PageTable.PteUnmap(ptep);
            ptep = PageTable.PteOffsetMapNolock(space.Mm, pmd, Addr, out PtLock ptl);
            ptl.Enter();
            PageTable.PtepTestAndClearYoung(vma, Addr, ptep);
            PageTable.PtepSetWrprotect(space.Mm, Addr, ptep);
            PageTable.PteUnmapUnlock(ptep, ptl);
            space.Mm.MadviseDontNeed(Addr, TestSpace.Page);
            space.Mm.MapHuge(Addr + TestSpace.Huge);
            mmu.Store(Addr + TestSpace.Huge, round);
            space.Mm.ZapHuge(Addr + TestSpace.Huge);
        });
    }
}
