namespace PteGuard.Runtime.Tests;

public sealed unsafe class SwapTests : IDisposable
{
    private const ulong Addr = TestSpace.Start;
    private readonly SwapArea<X86_64> _swap = new(8);
    private readonly TestSpace _space = new();
    private readonly SoftMmu<X86_64> _mmu;

    public SwapTests()
    {
        Assert.Equal(0u, Mm.SwapOn(_swap));
        _space.Region(2 * TestSpace.Huge);
        _mmu = new(Mm);
    }

    private Mm<X86_64> Mm => _space.Mm;

    public void Dispose()
    {
        _mmu.Dispose();
        _space.Dispose();
        Assert.Equal(0, _swap.UsedSlots);
        _swap.Dispose();
    }

    [Fact]
    public void A_page_goes_to_swap_and_comes_back_and_may_be_written()
    {
        _mmu.Store(Addr + 8, 7);
        long free = _space.Arena.FreeFrames;
        Assert.True(Mm.SwapOut(Addr + 8));
        Assert.Equal(free + 1, _space.Arena.FreeFrames);
        Pte<X86_64> swapped = _space.PteAt(Addr);
        Assert.True(swapped is { IsSwap: true, IsSwpExclusive: true });
        Assert.Equal((1, 1), (_swap.UsedSlots, _swap.EntriesOf(swapped.ToSwpEntry().Offset)));
        Assert.False(Mm.SwapOut(Addr), "there is no page to swap out");

        Assert.Equal(7, _mmu.Load<int>(Addr + 8));
        Assert.True(_space.PteAt(Addr) is { IsWritable: true, IsYoung: true, IsDirty: false });
        Assert.True(_space.PteAt(Addr).Page is { IsAnonExclusive: true, IsDirty: true, RefCount: 1 });
        Assert.Equal(0, _swap.UsedSlots);
    }

    [Fact]
    public void The_marks_go_there_and_come_back()
    {
        _mmu.Store(Addr, 1);
        _mmu.Store(Addr + TestSpace.Page, 1);
        _space.SetPte(Addr, _space.PteAt(Addr).MkSoftDirty().MkUffdWp());
        _space.SetPte(Addr + TestSpace.Page, _space.PteAt(Addr + TestSpace.Page).ClearSoftDirty());
        Assert.True(Mm.SwapOut(Addr) && Mm.SwapOut(Addr + TestSpace.Page));
        Assert.True(_space.PteAt(Addr) is { IsSwpSoftDirty: true, IsSwpUffdWp: true, IsSwpExclusive: true });
        Assert.True(_space.PteAt(Addr + TestSpace.Page) is { IsSwpSoftDirty: false, IsSwpUffdWp: false });
        Assert.Equal((1, 1), (_mmu.Load<int>(Addr), _mmu.Load<int>(Addr + TestSpace.Page)));
        Assert.True(_space.PteAt(Addr) is { IsSoftDirty: true, IsUffdWp: true, IsWritable: false });
        Assert.True(_space.PteAt(Addr + TestSpace.Page) is { IsSoftDirty: false, IsUffdWp: false, IsWritable: false });
        _mmu.Store(Addr + TestSpace.Page, 2);
        Assert.True(_space.PteAt(Addr + TestSpace.Page) is { IsSoftDirty: true, IsWritable: true }, "the write that follows is seen");
    }

    /// <summary>Two address spaces that share a page reclaim it at the same time, and neither finds it known.</summary>
    [Fact]
    public void A_page_that_two_put_into_swap_at_once_gets_one_slot()
    {
        using var swap = new SwapArea<X86_64>(4);
        Page page = _space.Arena.AllocPage();
        Assert.False(swap.TryFind(page, out _));
        Assert.True(swap.TryAlloc(page, out ulong first));
        Assert.True(swap.TryAlloc(page, out ulong second));
        Assert.Equal(first, second);
        Assert.Equal((2, 1), (swap.EntriesOf(first), swap.UsedSlots));
        swap.Free(first);
        swap.Free(second);
        Assert.Equal((0, 1), (swap.UsedSlots, page.RefCount));
        page.Put();
    }

    [Fact]
    public void Fork_counts_the_entries_twice_and_none_of_them_is_exclusive()
    {
        _mmu.Store(Addr, 1);
        Assert.True(Mm.SwapOut(Addr));
        ulong slot = _space.PteAt(Addr).ToSwpEntry().Offset;
        using Mm<X86_64> child = Mm.Fork();
        Assert.Equal(2, _swap.EntriesOf(slot));
        Assert.True(_space.PteAt(Addr) is { IsSwap: true, IsSwpExclusive: false });
        Assert.True(PageTable.PteSame(_space.PteAt(Addr), Entry.Of(child, Addr)));

        using var childMmu = new SoftMmu<X86_64>(child);
        Assert.Equal(1, _mmu.Load<int>(Addr));
        Assert.Equal(1, childMmu.Load<int>(Addr));
        Assert.Equal(_space.PteAt(Addr).Page, Entry.Of(child, Addr).Page);
        Assert.Equal(0, _swap.UsedSlots);
        _mmu.Store(Addr, 2);
        childMmu.Store(Addr, 3);
        Assert.Equal((2, 3), (_mmu.Load<int>(Addr), childMmu.Load<int>(Addr)));
    }

    [Fact]
    public void Who_writes_to_a_page_that_came_back_changes_nobody_elses()
    {
        _mmu.Store(Addr, 1);
        Assert.True(Mm.SwapOut(Addr));
        using Mm<X86_64> child = Mm.Fork();
        using var childMmu = new SoftMmu<X86_64>(child);
        _mmu.Store(Addr, 2);
        Assert.Equal((2, 1), (_mmu.Load<int>(Addr), childMmu.Load<int>(Addr)));
    }

    [Fact]
    public void A_shared_page_is_swapped_out_of_each_into_one_slot()
    {
        _mmu.Store(Addr, 1);
        using Mm<X86_64> child = Mm.Fork();
        Assert.True(Mm.SwapOut(Addr));
        Assert.False(_space.PteAt(Addr).IsSwpExclusive);
        Assert.True(Entry.Of(child, Addr).IsPresent);
        Assert.True(child.SwapOut(Addr));
        Assert.True(PageTable.PteSame(_space.PteAt(Addr), Entry.Of(child, Addr)));
        Assert.Equal(1, _swap.UsedSlots);
        using var childMmu = new SoftMmu<X86_64>(child);
        childMmu.Store(Addr, 2);
        Assert.Equal((1, 2), (_mmu.Load<int>(Addr), childMmu.Load<int>(Addr)));
    }

    [Fact]
    public void A_page_that_nobody_maps_any_more_is_not_kept_for_its_slot()
    {
        _mmu.Store(Addr, 1);
        _mmu.Store(Addr + TestSpace.Page, 1);
        using Mm<X86_64> child = Mm.Fork();
        PageTable.RcuBarrier();
        Assert.True(Mm.SwapOut(Addr));
        using (var childMmu = new SoftMmu<X86_64>(child))
            childMmu.Store(Addr, 2);
        long free = _space.Arena.FreeFrames;
        Assert.True(Mm.SwapOut(Addr + TestSpace.Page) && child.SwapOut(Addr + TestSpace.Page));
        Assert.Equal(free + 2, _space.Arena.FreeFrames);
        Assert.Equal(1, _mmu.Load<int>(Addr));
    }

    [Fact]
    public void What_may_not_go_stays()
    {
        Assert.False(Mm.SwapOut(Addr), "nothing there");
        Assert.False(Mm.SwapOut(0), "no region");
        _mmu.Store(Addr, 1);
        Assert.Equal(VmFault.None, Mm.PinPage(Addr, out Page pinned));
        Pte<X86_64> before = _space.PteAt(Addr);
        Assert.False(Mm.SwapOut(Addr), "pinned");
        Assert.True(PageTable.PteSame(before, _space.PteAt(Addr)) && pinned.IsAnonExclusive);
        pinned.Unpin();
        Mm.Mmap(Addr + (1UL << 30), TestSpace.Page, TestSpace.ReadWrite | VmFlags.Shared);
        Mm.Mmap(Addr + (2UL << 30), TestSpace.Page, TestSpace.ReadWrite | VmFlags.Locked);
        _mmu.Store(Addr + (1UL << 30), 1);
        _mmu.Store(Addr + (2UL << 30), 1);
        Assert.False(Mm.SwapOut(Addr + (1UL << 30)), "shared");
        Assert.False(Mm.SwapOut(Addr + (2UL << 30)), "locked");
        Assert.Equal(0, _swap.UsedSlots);
    }

    [Fact]
    public void A_full_area_takes_no_more_and_a_second_one_does()
    {
        for (ulong i = 0; i < 10; i++)
            _mmu.Store(Addr + (i << 12), i);
        for (ulong i = 0; i < 8; i++)
            Assert.True(Mm.SwapOut(Addr + (i << 12)));
        Assert.False(Mm.SwapOut(Addr + (8 << 12)));
        using var second = new SwapArea<X86_64>(1);
        Assert.Equal(1u, Mm.SwapOn(second));
        Assert.Throws<ArgumentException>(() => Mm.SwapOn(second));
        Assert.True(Mm.SwapOut(Addr + (8 << 12)));
        Assert.Equal(1u, _space.PteAt(Addr + (8 << 12)).ToSwpEntry().Type);
        Assert.Throws<InvalidOperationException>(second.Dispose);
        for (ulong i = 0; i < 10; i++)
            Assert.Equal(i, _mmu.Load<ulong>(Addr + (i << 12)));
        Assert.Equal((0, 0), (_swap.UsedSlots, second.UsedSlots));
    }

    [Fact]
    public void Dropping_and_unmapping_free_the_slots()
    {
        for (ulong i = 0; i < 3; i++)
        {
            _mmu.Store(Addr + (i << 12), i);
            Assert.True(Mm.SwapOut(Addr + (i << 12)));
        }

        Mm.MadviseDontNeed(Addr, TestSpace.Page);
        Assert.Equal(2, _swap.UsedSlots);
        Mm.Munmap(Addr + TestSpace.Page, TestSpace.Page);
        Assert.Equal(1, _swap.UsedSlots);
        Assert.Equal(0, _mmu.Load<int>(Addr));
    }

    [Fact]
    public void A_page_of_a_huge_one_is_split_off()
    {
        Assert.True(Mm.MapHuge(Addr));
        _mmu.Store(Addr + TestSpace.Page, 1);
        _mmu.Store(Addr + (2 * TestSpace.Page), 2);
        Assert.True(Mm.SwapOut(Addr + TestSpace.Page));
        Assert.True(_space.PteAt(Addr + TestSpace.Page).IsSwpExclusive);
        Assert.True(_space.PteAt(Addr + (2 * TestSpace.Page)) is { IsWritable: true, Page.IsAnonExclusive: true });
        Assert.Equal((1, 2), (_mmu.Load<int>(Addr + TestSpace.Page), _mmu.Load<int>(Addr + (2 * TestSpace.Page))));
        Assert.Equal(511, _space.PteAt(Addr).Page.RefCount);
    }

    [Fact]
    public void Without_memory_the_page_stays_in_swap()
    {
        _mmu.Store(Addr, 1);
        Assert.True(Mm.SwapOut(Addr));
        Pte<X86_64> swapped = _space.PteAt(Addr);
        _space.Arena.FailAfter(0);
        Assert.Equal(VmFault.Oom, Mm.Fault(Addr, FaultFlags.None));
        Assert.True(PageTable.PteSame(swapped, _space.PteAt(Addr)));
        Assert.Equal(1, _mmu.Load<int>(Addr));
    }

    [Fact]
    public void An_entry_that_names_no_slot_in_use_ends_in_a_signal_and_a_warning()
    {
        int warnings = 0;
        Warnings.Handler = _ => warnings++;
        foreach (ulong slot in new ulong[] { 3, 900 })
        {
            _space.SetPte(Addr, Pte<X86_64>.FromSwpEntry(new SwpEntry(0, slot)));
            Assert.Equal(VmFault.SigBus, Mm.Fault(Addr, FaultFlags.None));
            Mm.MadviseDontNeed(Addr, TestSpace.Page);
        }

        Warnings.Handler = null;
        Assert.Equal(2, warnings);
        Assert.Throws<ArgumentOutOfRangeException>(() => new SwapArea<X86_64>(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SwapArea<X86_64>(int.MaxValue));
    }
}
