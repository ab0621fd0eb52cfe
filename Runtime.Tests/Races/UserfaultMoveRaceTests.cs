#if DEBUG
namespace PteGuard.Runtime.Tests;

/// <summary>Race R15: a page moves while others move, pin, or take the table away that it goes to.</summary>
public sealed unsafe class UserfaultMoveRaceTests : IDisposable
{
    private const ulong From = TestSpace.Start;
    private const ulong To = From + (4 * TestSpace.Huge);
    private readonly TestSpace _space = new();
    private readonly Userfault<X86_64> _userfault;

    public UserfaultMoveRaceTests()
    {
        _space.Region(8 * TestSpace.Huge);
        Store(From, 7);
        Store(To, 7);
        _userfault = _space.Mm.UserfaultRegister(From, 8 * TestSpace.Huge, UserfaultMode.Missing);
    }

    public void Dispose()
    {
        _userfault.Dispose();
        _space.Dispose();
    }

    [Fact]
    public void Opposite_moves_take_the_same_lock_first() => Assert.Equal(FirstLockOf(To, From), FirstLockOf(From, To));

    [Fact]
    public void By_role_each_takes_first_what_the_other_takes_second()
    {
        using Defence.Removal _ = Defence.Remove(Defence.LocksByAddress);
        Assert.NotEqual(FirstLockOf(To, From), FirstLockOf(From, To));
    }

    /// <summary>The lock that a move has while it takes the second: the one of <see cref="From"/>, or not.</summary>
    private bool FirstLockOf(ulong dst, ulong src)
    {
        bool? held = null;
        Checkpoint.Handler = place =>
        {
            if (place == Checkpoint.OneOfTwo)
                held = LockOf(From).IsHeld;
        };
        Assert.Equal(UserfaultResult.Succeeded, _userfault.Move(dst + TestSpace.Page, src, TestSpace.Page));
        Checkpoint.Handler = null;
        return held!.Value;
    }

    private PtLock LockOf(ulong addr) => PageTable.PteLockptr(_space.Mm, PageTable.MmFindPmd(_space.Mm, addr));

    [Fact]
    public void A_page_moves_to_the_table_that_is_there_now()
    {
        Assert.Equal(UserfaultResult.Succeeded, MoveWhileTheTableGoes(() => { }, out _));
        Assert.Equal(7, Load(To + TestSpace.Huge));
    }

    [Fact]
    public void Without_the_recheck_of_the_pmd_a_page_goes_to_a_table_that_nobody_sees()
    {
        Page lost;
        using (Defence.Remove(Defence.RecheckDestination))
            Assert.Equal(UserfaultResult.Succeeded, MoveWhileTheTableGoes(Misuse.Done, out lost));
        Assert.True(_space.PteAt(From).IsNone && _space.PteAt(To + TestSpace.Huge).IsNone);
        lost.Put();
    }

    private UserfaultResult MoveWhileTheTableGoes(Action misused, out Page page)
    {
        ulong to = To + TestSpace.Huge;
        Assert.True(PageTable.PteAlloc(_space.Mm, PageTable.PmdAllocWalk(_space.Mm, to)));
        page = _space.PteAt(From).Page;
        Interleaving.At(Checkpoint.MoveSampled, () => Assert.True(PageTable.TryReclaimPteTable(_space.Mm, PageTable.MmFindPmd(_space.Mm, to))));
        UserfaultResult result = _userfault.Move(to, From, TestSpace.Page);
        misused();
        return result;
    }

    [Fact]
    public void A_page_that_is_pinned_meanwhile_stays_where_the_device_writes()
    {
        Assert.Equal(UserfaultResult.Busy, MoveWhileAPinIsTaken(out Page pinned));
        Assert.Equal(pinned, _space.PteAt(From).Page);
        pinned.Unpin();
    }

    [Fact]
    public void Without_a_second_look_at_the_pins_a_device_writes_to_another_address()
    {
        using Defence.Removal _ = Defence.Remove(Defence.RetestPins);
        Assert.Equal(UserfaultResult.Succeeded, MoveWhileAPinIsTaken(out Page pinned));
        Assert.Equal(pinned, _space.PteAt(To + TestSpace.Page).Page);
        pinned.Unpin();
    }

    private UserfaultResult MoveWhileAPinIsTaken(out Page pinned)
    {
        Page page = default;
        Interleaving.At(Checkpoint.MoveSampled, () => Assert.Equal(VmFault.None, _space.Mm.PinPage(From, out page)));
        UserfaultResult result = _userfault.Move(To + TestSpace.Page, From, TestSpace.Page);
        pinned = page;
        return result;
    }

    [Fact]
    public void A_page_that_is_put_there_meanwhile_stays()
    {
        Interleaving.At(Checkpoint.MoveSampled, () => Assert.Equal(UserfaultResult.Succeeded, _userfault.ZeroPage(To + TestSpace.Page)));
        Assert.Equal(UserfaultResult.Exists, _userfault.Move(To + TestSpace.Page, From, TestSpace.Page));
        Assert.Equal(7, Load(From));
    }

    [Fact]
    public void Many_moves_to_and_fro_lose_nothing_and_end()
    {
        ulong page = TestSpace.Page;
        Action<Func<bool>> mover = done =>
        {
            while (!done())
            {
                _userfault.Move(To + page, From, page);
                _userfault.Move(From, To + page, page);
            }
        };
        Threads.RunUntil(
            () =>
            {
                for (int i = 0; i < 2000; i++)
                {
                    _userfault.Move(From, To + page, page);
                    _userfault.Move(To + page, From, page);
                }
            },
            mover,
            mover);
        Assert.True(_space.PteAt(From).IsPresent != _space.PteAt(To + page).IsPresent);
        Assert.Equal(7, Load(_space.PteAt(From).IsPresent ? From : To + page));
    }

    private int Load(ulong addr)
    {
        using var mmu = new SoftMmu<X86_64>(_space.Mm);
        return mmu.Load<int>(addr);
    }

    private void Store(ulong addr, int value)
    {
        using var mmu = new SoftMmu<X86_64>(_space.Mm);
        mmu.Store(addr, value);
    }
}
#endif
