#if DEBUG
using static PteGuard.Runtime.Tests.Interleaving;

namespace PteGuard.Runtime.Tests;

/// <summary>Races R1 and R16: a page table of shared memory is taken away while others fault in it.</summary>
public class RetractedTableTests
{
    private const ulong Addr = TestSpace.Start;

    [Fact]
    public void A_fault_puts_no_page_into_a_retracted_table() => Assert.Equal(0, PagesLostByAFault());

    [Fact]
    public void Without_the_recheck_the_page_is_lost_with_the_table()
    {
        using Defence.Removal _ = Defence.Remove(Defence.RecheckUnderLock);
        Assert.Equal(1, PagesLostByAFault());
    }

    [Fact]
    public void A_private_copy_made_meanwhile_keeps_its_table() => Assert.Equal(7, WhatIsReadAfterACopyWasMade());

    [Fact]
    public void Without_the_second_scan_a_private_copy_is_lost()
    {
        using Defence.Removal _ = Defence.Remove(Defence.RescanUnderLocks);
        Assert.Equal(1, WhatIsReadAfterACopyWasMade());
    }

    private static int PagesLostByAFault()
    {
        using var space = new TestSpace();
        using var memory = new SharedMemory(space.Arena, TestSpace.Huge);
        space.Mm.MmapShared(Addr, TestSpace.Huge, TestSpace.ReadWrite | VmFlags.Shared, memory, 0);
        Assert.Equal(VmFault.None, space.Mm.Fault(Addr + TestSpace.Page, FaultFlags.Write));
        At(Checkpoint.Mapped, () => Assert.True(space.Mm.RetractPageTables(Addr)));
        Assert.Equal(VmFault.None, space.Mm.Fault(Addr, FaultFlags.Write));

        Assert.True(memory.TryGetPage(0, out Page page));
        int known = 2 + (space.PteAt(Addr).IsPresent ? 1 : 0);
        int lost = page.RefCount - known;
        for (int i = 0; i <= lost; i++)
            page.Put();
        return lost;
    }

    private static int WhatIsReadAfterACopyWasMade()
    {
        using var space = new TestSpace();
        using var memory = new SharedMemory(space.Arena, TestSpace.Huge);
        space.Mm.MmapShared(Addr + TestSpace.Huge, TestSpace.Huge, TestSpace.ReadWrite | VmFlags.Shared, memory, 0);
        space.Mm.MmapShared(Addr, TestSpace.Huge, TestSpace.ReadWrite, memory, 0);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr + TestSpace.Huge, 1);
        Assert.Equal(1, mmu.Load<int>(Addr));
        At(Checkpoint.RetractScanned, () =>
        {
            using var other = new SoftMmu<X86_64>(space.Mm);
            other.Store(Addr, 7);
        });
        space.Mm.RetractPageTables(Addr);
        Assert.Equal(1, mmu.Load<int>(Addr + TestSpace.Huge));
        return mmu.Load<int>(Addr);
    }
}
#endif
