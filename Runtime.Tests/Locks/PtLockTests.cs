namespace PteGuard.Runtime.Tests;

public unsafe class PtLockTests
{
    [Fact]
    public void The_lock_of_a_map_that_returned_null_throws_and_says_why()
    {
        PtLock none = default;
        Assert.False(none.Exists);
        Assert.Contains("returned null", Assert.Throws<InvalidOperationException>(none.Enter).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(none.Exit);
        Assert.Throws<InvalidOperationException>(() => none.TryEnter());
    }

    [Fact]
    public void Locking_twice_or_releasing_what_is_not_held_is_refused()
    {
        using var space = new TestSpace();
        PtLock ptl = space.Mm.PageTableLock;
        Assert.Throws<SynchronizationLockException>(ptl.Exit);
        ptl.Enter();
        Assert.True(ptl.IsHeld);
        Assert.Throws<LockRecursionException>(ptl.Enter);
        Assert.False(ptl.TryEnter());
        Threads.Elsewhere(() => Assert.Throws<SynchronizationLockException>(ptl.Exit));
        Misuse.Done();
        Threads.Elsewhere(() => Assert.False(ptl.TryEnter()));
        ptl.Exit();
        Assert.False(ptl.IsHeld);
    }

    [Fact]
    public void Equality_is_identity_and_order_is_total()
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.PmdWithTable();
        PtLock pml = PageTable.PmdLockptr(space.Mm, pmd);
        PtLock ptl = PageTable.PteLockptr(space.Mm, pmd);
        Assert.True(ptl == PageTable.PteLockptr(space.Mm, pmd));
        Assert.True(ptl != pml);
        Assert.True(ptl < pml != pml < ptl);
        Assert.Equal(ptl.GetHashCode(), PageTable.PteLockptr(space.Mm, pmd).GetHashCode());
    }

    [Fact]
    public void A_lock_excludes()
    {
        using var space = new TestSpace();
        PtLock ptl = space.Mm.PageTableLock;
        int count = 0;
        Action body = () =>
        {
            for (int i = 0; i < 100_000; i++)
            {
                ptl.Enter();
                count++;
                ptl.Exit();
            }
        };
        Threads.Run(body, body, body, body);
        Assert.Equal(400_000, count);
    }

    [FactWithoutCheck]
    public void Taking_and_releasing_allocates_nothing()
    {
        using var space = new TestSpace();
        PtLock ptl = space.Mm.PageTableLock;
        Allocations.AssertNone(_ =>
        {
            ptl.Enter();
            ptl.Exit();
        });
    }
}
