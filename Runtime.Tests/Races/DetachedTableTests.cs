#if DEBUG
using static PteGuard.Runtime.Tests.Interleaving;

namespace PteGuard.Runtime.Tests;

/// <summary>Race R1: a table is detached while somebody who has mapped it is about to lock it.</summary>
public unsafe class DetachedTableTests
{
    private const ulong Addr = TestSpace.Start;

    [Fact]
    public void A_locked_mapping_is_of_the_table_that_is_attached()
        => Assert.True(StoreWhileTheTableIsDetached(), "the store is seen by whoever walks");

    [Fact]
    public void Without_the_recheck_a_store_goes_to_a_table_that_nobody_sees()
    {
        using Defence.Removal _ = Defence.Remove(Defence.RecheckUnderLock);
        Assert.False(StoreWhileTheTableIsDetached(() => Misuse.Done()));
    }

    private static bool StoreWhileTheTableIsDetached(Action? misused = null)
    {
        using var space = new TestSpace();
        Mm<X86_64> mm = space.Mm;
        Pmd<X86_64>* pmd = space.PmdWithTable();
        At(Checkpoint.Mapped, () =>
        {
            Pmd<X86_64>* entry = PageTable.MmFindPmd(mm, Addr);
            Assert.True(PageTable.TryReclaimPteTable(mm, entry));
            Assert.True(PageTable.PteAlloc(mm, entry));
        });

        Pte<X86_64>* ptep = PageTable.PteOffsetMapLock(mm, pmd, Addr, out PtLock ptl);
        Pte<X86_64> stored = Pte<X86_64>.FromSwpEntry(new SwpEntry(1, 7));
        PageTable.SetPteAt(mm, Addr, ptep, stored);
        PageTable.PteUnmapUnlock(ptep, ptl);
        misused?.Invoke();
        return PageTable.PteSame(stored, space.PteAt(Addr));
    }
}
#endif
