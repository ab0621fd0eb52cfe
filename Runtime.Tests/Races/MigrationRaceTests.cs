#if DEBUG
namespace PteGuard.Runtime.Tests;

/// <summary>Race R17: a fault waits for a page on the move, and the move ends at that very moment; and what else may happen to a migration entry.</summary>
public sealed unsafe class MigrationRaceTests : IDisposable
{
    private const ulong Addr = TestSpace.Start;
    private readonly TestSpace _space = new();
    private readonly Vma<X86_64> _vma;
    private bool _migrated;

    public MigrationRaceTests()
    {
        _vma = _space.Region();
        Store(1);
    }

    public void Dispose() => _space.Dispose();

    [Fact]
    public void Who_queues_under_the_lock_is_woken_by_the_end_of_the_move() => Assert.True(WaitWhileTheMoveEnds().IsOver);

    [Fact]
    public void Who_queues_after_it_waits_for_ever()
    {
        FaultWaiter waiter;
        using (Defence.Remove(Defence.QueueUnderLock))
            waiter = WaitWhileTheMoveEnds();
        Assert.False(waiter.IsOver);
        Assert.True(_migrated && _space.PteAt(Addr).IsPresent, "nobody is left who would wake it");
    }

    private FaultWaiter WaitWhileTheMoveEnds()
    {
        FaultWaiter? waiter = null;
        WhileItMoves(end =>
        {
            Interleaving.At(Checkpoint.MigrationSeen, end);
            _space.Mm.MmapLock.EnterRead();
            VmFault fault = _space.Mm.HandleMmFault(_vma, Addr, FaultFlags.None, ref waiter);
            _space.Mm.MmapLock.ExitRead();
            Assert.Equal(VmFault.Retry, fault);
        });
        return waiter!;
    }

    [Fact]
    public void Without_unmapping_first_a_fault_would_sleep_inside_a_mapping()
        => WhileItMoves(_ =>
        {
            using (Defence.Remove(Defence.UnmapToWait))
                Assert.Throws<InvalidOperationException>(() => _space.Mm.Fault(Addr, FaultFlags.None));
            PageTable.RcuReadUnlock();
            Misuse.Done();
        });

    [Fact]
    public void A_fault_sleeps_until_the_move_ends_and_a_grace_period_does_not_wait_for_it()
    {
        int seen = 0;
        WhileItMoves(end =>
        {
            var reader = new Thread(() => seen = Load());
            reader.Start();
            while ((reader.ThreadState & ThreadState.WaitSleepJoin) == 0)
                Thread.Yield();
            PageTable.SynchronizeRcu();
            end();
            reader.Join();
        });
        Assert.Equal(1, seen);
    }

    [Fact]
    public void Who_cannot_release_the_mmap_lock_is_told_to_try_again()
        => WhileItMoves(_ =>
        {
            _space.Mm.MmapLock.EnterRead();
            Assert.Equal(VmFault.Retry, _space.Mm.HandleMmFault(_vma, Addr, FaultFlags.None));
            _space.Mm.MmapLock.ExitRead();
        });

    [Fact]
    public void An_entry_that_nobody_moves_is_not_waited_for()
    {
        _space.SetPte(Addr + TestSpace.Page, Pte<X86_64>.FromSwpEntry(new SwpEntry(SwpEntry.MigrationRead, 1)));
        Assert.Equal(VmFault.Retry, _space.Mm.Fault(Addr + TestSpace.Page, FaultFlags.None));
    }

    [Fact]
    public void A_page_that_is_dropped_meanwhile_does_not_come_back()
    {
        WhileItMoves(_ =>
        {
            _space.Mm.MadviseDontNeed(Addr, TestSpace.Page);
            Store(2);
        });
        Assert.False(_migrated);
        Assert.Equal(2, Load());
    }

    [Fact]
    public void A_mark_that_a_handler_sets_meanwhile_is_kept()
    {
        using Userfault<X86_64> userfault = _space.Mm.UserfaultRegister(Addr, TestSpace.Page, UserfaultMode.WriteProtect);
        WhileItMoves(_ => userfault.WriteProtect(Addr, TestSpace.Page, protect: true));
        Assert.True(_migrated && _space.PteAt(Addr) is { IsUffdWp: true, IsWritable: false });
    }

    [Fact]
    public void A_reference_that_is_taken_without_a_lock_keeps_the_page_where_it_is()
    {
        Page page = default;
        Interleaving.At(Checkpoint.Mapped, () => Assert.True(_space.Mm.GetUserPagesFast(Addr, write: true, out page)));
        Assert.False(_space.Mm.MigratePage(Addr));
        Assert.Equal(page, _space.PteAt(Addr).Page);
        page.Put();
    }

    [Fact]
    public void A_page_that_moves_all_the_time_is_written_as_if_it_did_not()
    {
        Store(0);
        int moves = 0;
        Threads.RunUntil(
            () =>
            {
                using var mmu = new SoftMmu<X86_64>(_space.Mm, 16);
                Func<bool> late = Threads.Deadline();
                for (int i = 1; i <= 5000 || (Volatile.Read(ref moves) == 0 && !late()); i++)
                {
                    mmu.Store(Addr, mmu.Load<int>(Addr) + 1);
                    Assert.Equal(i, mmu.Load<int>(Addr));
                }
            },
            done =>
            {
                while (!done())
                {
                    if (_space.Mm.MigratePage(Addr))
                        Interlocked.Increment(ref moves);
                }
            });
        Assert.True(moves > 0);
    }

    /// <summary>Does something while the page has a migration entry; ending the move, which also happens by itself afterwards, is up to it.</summary>
    private void WhileItMoves(Action<Action> body)
    {
        using var begun = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var mover = new Thread(() =>
        {
            Checkpoint.Handler = place =>
            {
                if (place != Checkpoint.Migrating)
                    return;
                begun.Set();
                go.Wait();
            };
            _migrated = _space.Mm.MigratePage(Addr);
        });
        mover.Start();
        begun.Wait();
        try
        {
            body(() =>
            {
                go.Set();
                mover.Join();
            });
        }
        finally
        {
            go.Set();
            mover.Join();
        }
    }

    private int Load()
    {
        using var mmu = new SoftMmu<X86_64>(_space.Mm);
        return mmu.Load<int>(Addr);
    }

    private void Store(int value)
    {
        using var mmu = new SoftMmu<X86_64>(_space.Mm);
        mmu.Store(Addr, value);
    }
}
#endif
