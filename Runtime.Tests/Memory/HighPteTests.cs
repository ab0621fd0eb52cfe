namespace PteGuard.Runtime.Tests;

/// <summary>Where pte tables are in high memory, a map is also a local mapping: this thread's, one of sixteen, released last-in first-out.</summary>
public unsafe class HighPteTests : IDisposable
{
    private const ulong First = TestSpace.Start;
    private const ulong Second = TestSpace.Start + TestSpace.Huge;

    private readonly TestSpace<X86Pae> _space = new();
    private readonly Pmd<X86Pae>* _first;
    private readonly Pmd<X86Pae>* _second;

    public HighPteTests()
    {
        _first = PageTable.PmdAllocWalk(_space.Mm, First);
        _second = PageTable.PmdAllocWalk(_space.Mm, Second);
        Assert.True(PageTable.PteAlloc(_space.Mm, _first) && PageTable.PteAlloc(_space.Mm, _second));
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);

        // Most of these tests try what is refused.
        Misuse.Done();
        _space.Dispose();
    }

    [Fact]
    public void Unmapping_out_of_order_is_refused_and_changes_nothing()
    {
        Pte<X86Pae>* outer = PageTable.PteOffsetMap(_first, First);
        Pte<X86Pae>* inner = PageTable.PteOffsetMap(_second, Second);
        Assert.Contains("last-in first-out", Assert.Throws<InvalidOperationException>(() => PageTable.PteUnmap(outer)).Message, StringComparison.Ordinal);
        PageTable.PteUnmap(inner);
        Assert.True(ReadSection.IsOpen);
        PageTable.PteUnmap(outer);
        Assert.False(ReadSection.IsOpen);
        Assert.Throws<InvalidOperationException>(() => PageTable.PteUnmap(outer));
    }

    [Fact]
    public void The_seventeenth_map_is_refused_and_leaves_nothing_behind()
    {
        Pte<X86Pae>* ptep = null;
        for (int i = 0; i < 16; i++)
            ptep = PageTable.PteOffsetMap(_first, First);
        PtLock ptl = default;
        Assert.Contains("16", Assert.Throws<InvalidOperationException>(() => { PageTable.PteOffsetMap(_second, Second); }).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => { PageTable.PteOffsetMapLock(_space.Mm, _second, Second, out ptl); });
        Assert.Throws<InvalidOperationException>(() => { PageTable.KmapLocalPage<byte>(PageTable.PmdpGet(_second).Table.Page); });
        Assert.False(PageTable.PteLockptr(_space.Mm, _second).IsHeld);
        for (int i = 0; i < 16; i++)
            PageTable.PteUnmap(ptep);
        Assert.False(ReadSection.IsOpen, "the maps that failed opened no section");
        Assert.True(PageTable.TryReclaimPteTable(_space.Mm, _second), "nor is a lock left");
    }

    [Fact]
    public void Another_thread_has_nothing_to_unmap()
    {
        Pte<X86Pae>* ptep = PageTable.PteOffsetMap(_first, First);
        Threads.Elsewhere(() => Assert.Throws<InvalidOperationException>(() => PageTable.PteUnmap(ptep)));
        Threads.Elsewhere(() =>
        {
            Pte<X86Pae>* own = PageTable.PteOffsetMap(_second, Second);
            Assert.Throws<InvalidOperationException>(() => PageTable.PteUnmap(ptep));
            PageTable.PteUnmap(own);
        });
        PageTable.PteUnmap(ptep);
    }

    [Fact]
    public void After_a_loop_the_entry_before_is_unmapped_and_the_one_past_the_table_is_not()
    {
        Pte<X86Pae>* ptep = PageTable.PteOffsetMap(_first, First);
        Pte<X86Pae>* end = ptep + 512;
        int empty = 0;
        while (ptep < end)
            empty += PageTable.PtepGetLockless(ptep++).IsNone ? 1 : 0;
        Assert.Equal(512, empty);
        Assert.Throws<InvalidOperationException>(() => PageTable.PteUnmap(end));
        PageTable.PteUnmap(ptep - 1);
        Assert.False(ReadSection.IsOpen);
    }

    [Fact]
    public void Maps_and_local_mappings_of_pages_are_on_one_stack()
    {
        Page page = _space.Arena.AllocPage();
        Pte<X86Pae>* ptep = PageTable.PteOffsetMapLock(_space.Mm, _first, First, out PtLock ptl);
        byte* bytes = PageTable.KmapLocalPage<byte>(page);
        Assert.Throws<InvalidOperationException>(() => PageTable.PteUnmap(ptep));
        PageTable.KunmapLocal(bytes);
        PageTable.PteUnmapUnlock(ptep, ptl);
        page.Put();
    }

    [Fact]
    public void A_map_that_finds_no_table_takes_no_place()
    {
        for (int i = 0; i < 100; i++)
            Assert.True(PageTable.PteOffsetMap(PageTable.PmdAllocWalk(_space.Mm, Second + TestSpace.Huge), Second + TestSpace.Huge) is null);
        PageTable.PteUnmap(PageTable.PteOffsetMap(_first, First));
    }
}
