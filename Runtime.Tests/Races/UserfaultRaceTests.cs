#if DEBUG
namespace PteGuard.Runtime.Tests;

/// <summary>Races R7 and R17 of a fault that waits for a handler: the answer comes, or the entry looks empty for a moment, before it is in the queue.</summary>
public sealed unsafe class UserfaultRaceTests : IDisposable
{
    private const ulong Addr = TestSpace.Start;
    private readonly TestSpace _space = new();
    private readonly Userfault<X86_64> _userfault;

    public UserfaultRaceTests()
    {
        _space.Region();
        _userfault = _space.Mm.UserfaultRegister(Addr, TestSpace.Huge, UserfaultMode.Missing | UserfaultMode.WriteProtect);
    }

    public void Dispose()
    {
        _userfault.Dispose();
        _space.Dispose();
    }

    [Fact]
    public void An_answer_before_the_question_is_seen()
        => Assert.True(IsTriedAgain(FaultFlags.None, () => Assert.Equal(UserfaultResult.Succeeded, _userfault.ZeroPage(Addr))));

    [Fact]
    public void Without_the_recheck_a_fault_waits_for_what_has_happened()
    {
        using Defence.Removal _ = Defence.Remove(Defence.RecheckQueued);
        Assert.False(IsTriedAgain(FaultFlags.None, () => Assert.Equal(UserfaultResult.Succeeded, _userfault.ZeroPage(Addr))));
    }

    [Fact]
    public void A_write_that_is_allowed_meanwhile_does_not_wait() => Assert.True(WriteWhileItIsAllowed());

    [Fact]
    public void Without_the_recheck_a_write_waits_for_what_is_allowed()
    {
        using Defence.Removal _ = Defence.Remove(Defence.RecheckQueued);
        Assert.False(WriteWhileItIsAllowed());
    }

    private bool WriteWhileItIsAllowed()
    {
        _userfault.ZeroPage(Addr);
        _userfault.WriteProtect(Addr, TestSpace.Page, protect: true);
        return IsTriedAgain(FaultFlags.Write, () => _userfault.WriteProtect(Addr, TestSpace.Page, protect: false));
    }

    [Fact]
    public void An_entry_that_looks_empty_for_a_moment_is_asked_for_of_nobody() => Assert.True(FaultWhileTheProtectionChanges());

    [Fact]
    public void Without_the_recheck_a_page_that_is_there_is_asked_for()
    {
        using Defence.Removal _ = Defence.Remove(Defence.RecheckQueued);
        Assert.False(FaultWhileTheProtectionChanges());
    }

    private bool FaultWhileTheProtectionChanges()
    {
        _userfault.ZeroPage(Addr);
        Vma<X86_64> vma = Region();
        using var emptied = new ManualResetEventSlim();
        using var seen = new ManualResetEventSlim();
        var changing = new Thread(() =>
        {
            Pte<X86_64>* ptep = PageTable.GetLockedPte(_space.Mm, Addr, out PtLock ptl);
            Pte<X86_64> old = PageTable.PtepModifyProtStart(vma, Addr, ptep);
            emptied.Set();
            seen.Wait();
            PageTable.PtepModifyProtCommit(vma, Addr, ptep, old, old.MkOld());
            PageTable.PteUnmapUnlock(ptep, ptl);
        });
        changing.Start();
        emptied.Wait();
        bool again = IsTriedAgain(FaultFlags.None, seen.Set);
        changing.Join();
        return again;
    }

    /// <summary>Whether a fault is tried again at once, and not left waiting for somebody who has nothing more to say.</summary>
    private bool IsTriedAgain(FaultFlags flags, Action meanwhile)
    {
        Vma<X86_64> vma = Region();
        Interleaving.At(Checkpoint.HandlerNeeded, meanwhile);
        FaultWaiter? waiter = null;
        _space.Mm.MmapLock.EnterRead();
        VmFault fault = _space.Mm.HandleMmFault(vma, Addr, flags, ref waiter);
        _space.Mm.MmapLock.ExitRead();
        Assert.Equal(fault == VmFault.None, waiter is null);
        if (waiter is not null)
            Assert.True(!waiter.IsOver && _userfault.TryRead(out _, TimeSpan.Zero));
        return waiter is null;
    }

    private Vma<X86_64> Region() => Assert.Single(_space.Mm.GetRegions());
}
#endif
