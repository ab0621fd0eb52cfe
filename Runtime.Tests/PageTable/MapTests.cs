namespace PteGuard.Runtime.Tests;

public unsafe class MapTests
{
    [Fact]
    public void An_entry_of_a_table_is_mapped_and_unmapped()
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.PmdWithTable();
        Pte<X86_64>* ptep = PageTable.PteOffsetMap(pmd, TestSpace.Start + (3 * TestSpace.Page));
        Assert.True(ptep == PageTable.PteOffsetKernel(pmd, TestSpace.Start) + 3);
        Assert.True(PageTable.PtepGet(ptep).IsNone);
        PageTable.PteUnmap(ptep);
    }

    [Fact]
    public void Unmapping_what_is_not_mapped_is_refused()
        => Threads.Elsewhere(() =>
        {
            Pte<X86_64> pte = default;
            Pte<X86_64>* ptep = &pte;
            Assert.Throws<InvalidOperationException>(() => PageTable.PteUnmap(ptep));
            Misuse.Done();
        });

    [Fact]
    public void Null_pointers_are_named_and_change_nothing()
    {
        Assert.Equal("pmd", Assert.Throws<ArgumentNullException>(() => { PageTable.PteOffsetMap((Pmd<X86_64>*)null, 0); }).ParamName);
        Assert.False(ReadSection.IsOpen);

        PageTable.RcuReadLock();
        Assert.Equal("pte", Assert.Throws<ArgumentNullException>(() => PageTable.PteUnmap((Pte<X86_64>*)null)).ParamName);
        Misuse.Done();
        Assert.True(ReadSection.IsOpen);
        PageTable.RcuReadUnlock();
    }

    [Fact]
    public void Who_throws_at_the_report_of_a_bad_entry_leaves_no_section_open_and_the_entry_cleared()
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.Pmd;
        PageTable.SetPmd(pmd, new Pmd<X86_64>(0x0dea_d001));
        EventHandler<BadEntryEventArgs> handler = (_, e) => throw new FormatException($"{e.Value:x}");
        BadEntries.Found += handler;
        try
        {
            Assert.Throws<FormatException>(() => { PageTable.PteOffsetMap(PageTable.MmFindPmd(space.Mm, TestSpace.Start), TestSpace.Start); });
        }
        finally
        {
            BadEntries.Found -= handler;
        }

        Assert.False(ReadSection.IsOpen);
        Assert.True(PageTable.PmdpGet(pmd).IsNone);
    }

    [Fact]
    public void A_huge_page_has_no_page_table_lock()
    {
        using var space = new TestSpace();
        space.Region();
        Assert.True(space.Mm.MapHuge(TestSpace.Start));
        Assert.Equal("pmd", Assert.Throws<ArgumentException>(() => { PageTable.PteLockptr(space.Mm, PageTable.MmFindPmd(space.Mm, TestSpace.Start)); }).ParamName);
    }

    public static TheoryData<string, ulong> NoTable => new()
    {
        { "empty", 0 },
        { "huge", 0x8000_0000_0040_00a7 },
        { "huge without access", Pmd<X86_64>.MkHuge(0x400, Pgprot<X86_64>.Of(VmFlags.None)).Value },
        { "being split", new Pmd<X86_64>(0x8000_0000_0040_00a7).MkInvalid().Value },
        { "device", 0x8000_0000_0040_00a7 | 1UL << 57 },
        { "migrating", Pmd<X86_64>.FromSwpEntry(new SwpEntry(SwpEntry.MigrationRead, 0x400)).Value },
        { "migrating, and not looking like device memory", Pmd<X86_64>.FromSwpEntry(new SwpEntry(SwpEntry.MigrationRead, 0x400 | 1UL << 48)).Value },
    };

    [Theory]
    [MemberData(nameof(NoTable))]
    public void Where_there_is_no_table_every_map_returns_null_with_no_lock_and_leaves_the_entry(string state, ulong bits)
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.Pmd;
        var value = new Pmd<X86_64>(bits);
        PageTable.SetPmd(pmd, value);
        long bad = BadEntries.Count;

        Assert.True(PageTable.PteOffsetMap(pmd, TestSpace.Start) is null, state);
        Assert.True(PageTable.PteOffsetMapLock(space.Mm, pmd, TestSpace.Start, out PtLock ptl) is null);
        Assert.Equal(default, ptl);
        Assert.True(PageTable.PteOffsetMapNolock(space.Mm, pmd, TestSpace.Start, out ptl) is null);
        Assert.Equal(default, ptl);
        Assert.True(PageTable.PteOffsetMapRwNolock(space.Mm, pmd, TestSpace.Start, out Pmd<X86_64> seen, out ptl) is null);
        Assert.Equal(default, ptl);
        Assert.True(PageTable.PmdSame(value, seen));
        if (bits != 0)
        {
            Assert.True(PageTable.PteAllocMap(space.Mm, pmd, TestSpace.Start) is null);
            Assert.True(PageTable.PteAllocMapLock(space.Mm, pmd, TestSpace.Start, out ptl) is null);
            Assert.Equal(default, ptl);
        }

        Assert.True(PageTable.PmdSame(value, PageTable.PmdpGet(pmd)), "only a bad entry is cleared");
        Assert.False(ReadSection.IsOpen);
        PageTable.SetPmd(pmd, Pmd<X86_64>.None);
    }

    [Theory]
    [InlineData(0x8000_0000_0012_3067UL)]
    [InlineData(0x0012_3065UL)]
    [InlineData(0x0012_3001UL)]
    [InlineData(0x000f_0000_0012_3067UL)]
    public void A_bad_entry_is_reported_and_cleared_and_not_mapped(ulong bits)
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.Pmd;
        PageTable.SetPmd(pmd, new Pmd<X86_64>(bits));
        BadEntryEventArgs? report = null;
        EventHandler<BadEntryEventArgs> handler = (_, e) => report = e.Value == bits ? e : report;
        BadEntries.Found += handler;
        try
        {
            Assert.True(PageTable.PteOffsetMapLock(space.Mm, pmd, TestSpace.Start, out PtLock ptl) is null);
            Assert.Equal(default, ptl);
        }
        finally
        {
            BadEntries.Found -= handler;
        }

        Assert.True(PageTable.PmdpGet(pmd).IsNone);
        Assert.Equal(("pmd", bits, (nuint)pmd), (report!.Level, report.Value, report.Location));
        Assert.False(ReadSection.IsOpen);
    }

    [Fact]
    public void The_locking_map_holds_the_lock_of_the_table_that_it_mapped()
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.PmdWithTable();
        Pte<X86_64>* ptep = PageTable.PteOffsetMapLock(space.Mm, pmd, TestSpace.Start, out PtLock ptl);
        Assert.True(ptl.IsHeld);
        Assert.Equal(ptl, PageTable.PteLockptr(space.Mm, pmd));
        Assert.Throws<LockRecursionException>(() =>
        {
            PageTable.PteOffsetMapLock(space.Mm, PageTable.MmFindPmd(space.Mm, TestSpace.Start), TestSpace.Start, out _);
        });
        PageTable.PteUnmapUnlock(ptep, ptl);
        Assert.False(ptl.IsHeld);
        Assert.False(ReadSection.IsOpen);
    }

    [Fact]
    public void The_nolock_map_names_the_lock_and_does_not_take_it()
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.PmdWithTable();
        Pte<X86_64>* ptep = PageTable.PteOffsetMapNolock(space.Mm, pmd, TestSpace.Start, out PtLock ptl);
        Assert.False(ptl.IsHeld);
        Assert.Equal(PageTable.PteLockptr(space.Mm, pmd), ptl);
        PageTable.PteUnmap(ptep);
    }

    [Fact]
    public void Two_tables_have_two_locks()
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.PmdWithTable();
        Assert.True(PageTable.PteAlloc(space.Mm, pmd + 1));
        Assert.NotEqual(PageTable.PteLockptr(space.Mm, pmd), PageTable.PteLockptr(space.Mm, pmd + 1));
        Assert.Equal(PageTable.PmdLockptr(space.Mm, pmd), PageTable.PmdLockptr(space.Mm, pmd + 1));
    }

    [Fact]
    public void The_lock_of_a_copy_or_of_no_table_is_refused()
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.Pmd;
        var address = (nint)pmd;
        Assert.Equal("pmd", Assert.Throws<ArgumentException>(() => PageTable.PteLockptr(space.Mm, (Pmd<X86_64>*)address)).ParamName);
        Pmd<X86_64> copy = PageTable.PmdpGet(pmd);
        var local = (nint)(&copy);
        Assert.Equal("pmd", Assert.Throws<ArgumentException>(() => PageTable.PmdLockptr(space.Mm, (Pmd<X86_64>*)local)).ParamName);
    }

    [Fact]
    public void A_private_copy_maps_the_detached_table()
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.PmdWithTable();
        Pmd<X86_64> detached = PageTable.PmdpGet(pmd);
        PageTable.PmdClear(pmd);
        Pte<X86_64>* ptep = PageTable.PteOffsetMapLock(space.Mm, &detached, TestSpace.Start, out PtLock ptl);
        Assert.True(ptep is not null);
        PageTable.PteUnmapUnlock(ptep, ptl);
        PageTable.PteFreeDefer(space.Mm, detached.Table);
    }

    [FactWithoutCheck]
    public void Mapping_and_locking_allocates_nothing()
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.PmdWithTable();
        Allocations.AssertNone(_ =>
        {
            Pte<X86_64>* ptep = PageTable.PteOffsetMapLock(space.Mm, pmd, TestSpace.Start, out PtLock ptl);
            PageTable.SetPteAt(space.Mm, TestSpace.Start, ptep, new Pte<X86_64>(0x20));
            PageTable.PtepGetAndClear(space.Mm, TestSpace.Start, ptep);
            PageTable.PteUnmapUnlock(ptep, ptl);
        });
    }
}
