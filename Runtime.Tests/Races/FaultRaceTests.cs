#if DEBUG
namespace PteGuard.Runtime.Tests;

/// <summary>Races R6 and R7: what a fault found empty is not empty any more, or never was.</summary>
public unsafe class FaultRaceTests
{
    private const ulong Addr = TestSpace.Start;

    [Fact]
    public void Two_faults_on_one_page_end_with_the_page_of_the_first()
    {
        using var space = new TestSpace();
        Assert.Equal(7, WriteWhileAnotherFaults(space, out _));
    }

    [Fact]
    public void Without_the_recheck_the_second_fault_takes_away_what_was_written_after_the_first()
    {
        using var space = new TestSpace();
        using Defence.Removal _ = Defence.Remove(Defence.RecheckEmpty);
        Assert.Equal(0, WriteWhileAnotherFaults(space, out Page lost));
        lost.Put();
    }

    private static int WriteWhileAnotherFaults(TestSpace space, out Page first)
    {
        space.Region();
        space.PmdWithTable();
        Page theirs = default;
        Interleaving.At(Checkpoint.PageReady, () =>
        {
            using var other = new SoftMmu<X86_64>(space.Mm);
            other.Store(Addr, 7);
            theirs = space.PteAt(Addr).Page;
        });
        Assert.Equal(VmFault.None, space.Mm.Fault(Addr, FaultFlags.Write));
        first = theirs;
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        return mmu.Load<int>(Addr);
    }

    [Fact]
    public void An_entry_that_is_empty_while_its_protection_changes_is_held_against_nobody()
        => Assert.Equal(VmFault.None, FaultWhileTheProtectionChanges());

    [Fact]
    public void Without_a_second_look_the_access_gets_a_signal()
    {
        using Defence.Removal _ = Defence.Remove(Defence.LookAgain);
        Assert.Equal(VmFault.SigBus, FaultWhileTheProtectionChanges());
    }

    private static VmFault FaultWhileTheProtectionChanges()
    {
        using var space = new TestSpace();
        Vma<X86_64> vma = space.Region(TestSpace.Page, TestSpace.ReadWrite | VmFlags.Shared);
        Page page = space.Arena.AllocPage();
        space.Mm.MmapLock.EnterWrite();
        Assert.True(PageTable.RemapPfnRange(vma, Addr, page.Frame, TestSpace.Page, vma.PageProt));
        space.Mm.MmapLock.ExitWrite();

        using var emptied = new ManualResetEventSlim();
        using var seen = new ManualResetEventSlim();
        using var done = new ManualResetEventSlim();
        var changing = new Thread(() =>
        {
            Pte<X86_64>* ptep = PageTable.GetLockedPte(space.Mm, Addr, out PtLock ptl);
            Pte<X86_64> old = PageTable.PtepModifyProtStart(vma, Addr, ptep);
            emptied.Set();
            seen.Wait();
            PageTable.PtepModifyProtCommit(vma, Addr, ptep, old, old.MkYoung());
            PageTable.PteUnmapUnlock(ptep, ptl);
            done.Set();
        });
        changing.Start();
        emptied.Wait();
        Interleaving.At(Checkpoint.SeenEmpty, () =>
        {
            seen.Set();
            done.Wait();
        });
        VmFault fault = space.Mm.Fault(Addr, FaultFlags.None);
        changing.Join();
        space.Mm.Munmap(Addr, TestSpace.Page);
        page.Put();
        return fault;
    }
}
#endif
