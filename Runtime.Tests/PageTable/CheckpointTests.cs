#if DEBUG
using static PteGuard.Runtime.Tests.Interleaving;

namespace PteGuard.Runtime.Tests;

/// <summary>Races made to happen at the one place where they hurt. The places exist in debug builds of the runtime only.</summary>
public unsafe class CheckpointTests
{
    [Fact]
    public void A_table_replaced_between_map_and_lock_is_mapped_anew_with_its_own_lock()
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.PmdWithTable();
        Pgtable old = PageTable.PmdpGet(pmd).Table;
        At(Checkpoint.Mapped, () =>
        {
            Pmd<X86_64>* entry = PageTable.MmFindPmd(space.Mm, TestSpace.Start);
            Assert.True(PageTable.TryReclaimPteTable(space.Mm, entry));
            Assert.True(PageTable.PteAlloc(space.Mm, entry));
        });

        Pte<X86_64>* ptep = PageTable.PteOffsetMapLock(space.Mm, pmd, TestSpace.Start, out PtLock ptl);
        Pgtable table = PageTable.PmdpGet(pmd).Table;
        Assert.NotEqual(old, table);
        Assert.Equal(table.Address, PhysicalMemory.ToAddress(ptep));
        Assert.Equal(PageTable.PteLockptr(space.Mm, pmd), ptl);
        PageTable.PteUnmapUnlock(ptep, ptl);
        Assert.False(ReadSection.IsOpen);
    }

    [Fact]
    public void A_table_removed_between_map_and_lock_gives_null_and_no_lock()
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.PmdWithTable();
        At(Checkpoint.Mapped, () => Assert.True(PageTable.TryReclaimPteTable(space.Mm, PageTable.MmFindPmd(space.Mm, TestSpace.Start))));
        Assert.True(PageTable.PteOffsetMapLock(space.Mm, pmd, TestSpace.Start, out PtLock ptl) is null);
        Assert.Equal(default, ptl);
        Assert.False(ReadSection.IsOpen);
    }

    [Fact]
    public void A_table_that_took_the_place_of_a_bad_entry_is_not_cleared_with_it()
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.Pmd;
        PageTable.SetPmd(pmd, new Pmd<X86_64>(0x0bad_b001));
        At(Checkpoint.Snapshot, () =>
        {
            Pmd<X86_64>* entry = PageTable.MmFindPmd(space.Mm, TestSpace.Start);
            PageTable.PmdClear(entry);
            Assert.True(PageTable.PteAlloc(space.Mm, entry));
        });
        Assert.True(PageTable.PteOffsetMap(pmd, TestSpace.Start) is null);
        Assert.False(PageTable.PmdpGet(pmd).IsNone);
        Assert.False(ReadSection.IsOpen);
    }

    [Fact]
    public void The_pmd_is_decided_from_one_snapshot()
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.PmdWithTable();
        Pmd<X86_64> table = PageTable.PmdpGet(pmd);
        At(Checkpoint.Snapshot, () => PageTable.PmdClear(PageTable.MmFindPmd(space.Mm, TestSpace.Start)));
        Pte<X86_64>* ptep = PageTable.PteOffsetMapRwNolock(space.Mm, pmd, TestSpace.Start, out Pmd<X86_64> seen, out _);
        Assert.True(ptep is not null);
        Assert.True(PageTable.PmdSame(table, seen));
        Assert.False(PageTable.PmdSame(seen, PageTable.PmdpGetLockless(pmd)), "which is what the caller compares");
        PageTable.PteUnmap(ptep);
        PageTable.SetPmd(pmd, table);
    }

    [Fact]
    public void Who_allocates_a_table_second_frees_it()
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.Pmd;
        long bytes = space.Mm.PgtablesBytes;
        At(Checkpoint.Allocated, () => Assert.True(PageTable.PteAlloc(space.Mm, PageTable.MmFindPmd(space.Mm, TestSpace.Start))));
        Assert.True(PageTable.PteAlloc(space.Mm, pmd));
        Assert.Equal(bytes + 4096, space.Mm.PgtablesBytes);
    }

    [Fact]
    public void A_fault_that_finds_the_entry_changed_leaves_it_alone()
    {
        using var space = new TestSpace();
        Vma<X86_64> vma = space.Region();
        Assert.Equal(VmFault.None, space.Mm.Fault(TestSpace.Start, FaultFlags.None));
        At(Checkpoint.Sampled, () => space.Mm.MadviseDontNeed(TestSpace.Start, TestSpace.Page));
        Assert.Equal(VmFault.None, space.Mm.Fault(TestSpace.Start, FaultFlags.Write));
        Assert.True(space.PteAt(TestSpace.Start).IsNone);
        Assert.Equal(VmFault.None, space.Mm.Fault(TestSpace.Start, FaultFlags.Write));
        Assert.True(space.PteAt(TestSpace.Start).IsDirty);
        Assert.True(vma.Contains(TestSpace.Start));
    }
}
#endif
