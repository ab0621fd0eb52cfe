namespace PteGuard.Runtime.Tests;

public unsafe class LocalIrqTests
{
    private const ulong Addr = TestSpace.Start;

    private static bool AreOff
    {
        get
        {
            try
            {
                PageTable.LocalIrqRestore();
            }
            catch (InvalidOperationException)
            {
                return false;
            }

            PageTable.LocalIrqSave();
            return true;
        }
    }

    [Fact]
    public void Sections_nest_and_each_is_ended_once_by_its_thread()
    {
        Assert.False(AreOff);
        PageTable.LocalIrqSave();
        PageTable.LocalIrqSave();
        PageTable.LocalIrqRestore();
        Assert.True(AreOff && ReadSection.IsOpen);
        Threads.Elsewhere(() => Assert.Contains("LocalIrqSave", Assert.Throws<InvalidOperationException>(PageTable.LocalIrqRestore).Message, StringComparison.Ordinal));
        PageTable.LocalIrqRestore();
        Assert.False(AreOff || ReadSection.IsOpen);
        Assert.Throws<InvalidOperationException>(PageTable.LocalIrqRestore);
    }

    [Fact]
    public void Nothing_inside_waits_for_itself()
    {
        using var space = new TestSpace<X86Pae>();
        Vma<X86Pae> vma = space.Region();
        Pmd<X86Pae>* pmd = space.PmdWithTable();
        space.SetPte(Addr, PageTable.PfnPte(5, Pgprot<X86Pae>.Of(VmFlags.Read)).MkSpecial());
        Pte<X86Pae>* ptep = PageTable.GetLockedPte(space.Mm, Addr, out PtLock ptl);
        PageTable.LocalIrqSave();
        foreach (Action waits in new Action[]
        {
            () => PageTable.FlushTlbMm(space.Mm),
            () => PageTable.FlushTlbPage(vma, Addr),
            () => PageTable.FlushTlbRange(vma, Addr, Addr + TestSpace.Huge),
            () => PageTable.PtepClearFlush(vma, Addr, ptep),
            () => PageTable.PmdpHugeClearFlush(vma, Addr, pmd),
            () => PageTable.TryReclaimPteTable(space.Mm, pmd),
            Hook.Sync<X86Pae>,
            PageTable.SynchronizeRcu,
            PageTable.RcuBarrier,
            () => space.Mm.Fault(Addr, FaultFlags.None),
            () => PageTable.PteAllocOne(space.Mm),
        })
        {
            Assert.Contains("LocalIrqRestore", Assert.Throws<InvalidOperationException>(waits).Message, StringComparison.Ordinal);
        }

        Assert.True(PageTable.PtepGet(ptep).IsPresent, "what is refused changes nothing");
        Assert.False(PageTable.PmdpGet(pmd).IsNone);
        Assert.False(PageTable.PmdLockptr(space.Mm, pmd).IsHeld);
        PageTable.LocalIrqRestore();
        PageTable.PtepClearFlush(vma, Addr, ptep);
        PageTable.PteUnmapUnlock(ptep, ptl);
        Misuse.Done();
    }

    [Fact]
    public void Where_a_flush_does_not_wait_for_them_it_is_not_refused()
    {
        using var space = new TestSpace();
        Vma<X86_64> vma = space.Region();
        Pmd<X86_64>* pmd = space.PmdWithTable();
        PageTable.LocalIrqSave();
        PageTable.FlushTlbRange(vma, Addr, Addr + TestSpace.Huge);
        Threads.Elsewhere(() => PageTable.FlushTlbMm(space.Mm));
        Threads.Elsewhere(() => Assert.True(PageTable.TryReclaimPteTable(space.Mm, pmd)));
        PageTable.LocalIrqRestore();
    }

    [Fact]
    public void A_lock_is_taken_inside_if_it_is_free_and_not_waited_for()
    {
        using var space = new TestSpace<X86Pae>();
        Pmd<X86Pae>* pmd = space.PmdWithTable();
        PageTable.LocalIrqSave();
        PageTable.PteUnmapUnlock(PageTable.PteOffsetMapLock(space.Mm, pmd, Addr, out PtLock ptl), ptl);
        PageTable.LocalIrqRestore();

        ptl.Enter();
        Threads.Elsewhere(() =>
        {
            PageTable.LocalIrqSave();
            Assert.Contains("LocalIrqRestore", Assert.Throws<InvalidOperationException>(ptl.Enter).Message, StringComparison.Ordinal);
            Assert.Throws<InvalidOperationException>(() => { PageTable.PteOffsetMapLock(space.Mm, pmd, Addr, out _); });
            PageTable.LocalIrqRestore();
            Assert.False(ReadSection.IsOpen, "the map that was refused opened no section");
            PageTable.PteUnmap(PageTable.PteOffsetMap(pmd, Addr));
        });
        ptl.Exit();
    }

    [Fact]
    public void Tables_seen_inside_stay_readable_on_every_architecture()
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.PmdWithTable();
        PageTable.LocalIrqSave();
        Pgtable table = PageTable.PmdpGetLockless(pmd).Table;
        Threads.Elsewhere(() => Assert.True(PageTable.TryReclaimPteTable(space.Mm, pmd)));
        var barrier = new Thread(PageTable.RcuBarrier);
        barrier.Start();
        Assert.False(barrier.Join(TimeSpan.FromMilliseconds(20)));
        Assert.True(PageTable.PtepGetLockless((Pte<X86_64>*)table.Pointer).IsNone);
        Assert.Equal(PageKind.DeferredTable, table.Descriptor->Kind);
        PageTable.LocalIrqRestore();
        barrier.Join();
        Assert.NotEqual(PageKind.DeferredTable, table.Descriptor->Kind);
    }

#if DEBUG
    [Theory]
    [InlineData("flush")]
    [InlineData("reclaim")]
    [InlineData("clear a huge page")]
    public void Who_flushes_or_empties_a_pmd_waits_for_those_who_have_them_off(string what)
    {
        using var space = new TestSpace<X86Pae>();
        Vma<X86Pae> vma = space.Region();
        Pmd<X86Pae>* pmd = space.PmdWithTable();
        Assert.True(what != "clear a huge page" || space.Mm.MapHuge(Addr));
        using var heldUp = new ManualResetEventSlim();
        using var done = new ManualResetEventSlim();
        var other = new Thread(() =>
        {
            Checkpoint.Handler = place =>
            {
                if (place == Checkpoint.HeldUp)
                    heldUp.Set();
            };
            if (what == "flush")
                PageTable.FlushTlbMm(space.Mm);
            else if (what == "reclaim")
                Assert.True(PageTable.TryReclaimPteTable(space.Mm, pmd));
            else
                Assert.True(space.Mm.ZapHuge(Addr));
            done.Set();
        });
        PageTable.LocalIrqSave();
        PageTable.LocalIrqSave();
        other.Start();
        WaitHandle.WaitAny([heldUp.WaitHandle, done.WaitHandle]);
        Assert.False(done.IsSet);
        Assert.Equal(what != "flush", PageTable.PmdpGetLockless(pmd).IsNone);
        PageTable.LocalIrqRestore();
        Assert.False(other.Join(TimeSpan.FromMilliseconds(20)), "the outer section goes on");
        PageTable.LocalIrqRestore();
        other.Join();
        Assert.True(done.IsSet);
        Assert.True(vma.Contains(Addr));
    }
#endif
}
