namespace PteGuard;

/// <summary>The locks of two tables of one address space, which may be one lock.</summary>
/// <remarks>
/// Two tables share a lock where tables share a frame (s390) or the architecture has one lock for all, and two entries do
/// where they lie in one table. Otherwise the lower is taken first, whatever the tables are to each other: two who go in
/// opposite directions would wait for each other for ever.
/// </remarks>
internal readonly struct PtLockPair
{
    private readonly PtLock _first;
    private readonly PtLock _second;

    /// <param name="one">A lock, not held.</param>
    /// <param name="other">Another, not held, or the same.</param>
    public PtLockPair(PtLock one, PtLock other)
    {
        bool swap = one > other && Defence.Holds(Defence.LocksByAddress);
        _first = swap ? other : one;
        _second = swap ? one : other;
    }

    private bool AreTwo => _first != _second || !Defence.Holds(Defence.CompareLocks);

    /// <summary>Takes both.</summary>
    /// <exception cref="LockRecursionException">This thread holds one already; it holds no other.</exception>
    public void Enter()
    {
        _first.Enter();
        if (!AreTwo)
            return;
        Checkpoint.Hit(Checkpoint.OneOfTwo);
        try
        {
            _second.Enter();
        }
        catch (LockRecursionException)
        {
            _first.Exit();
            throw;
        }
    }

    /// <summary>Releases both.</summary>
    public void Exit()
    {
        if (AreTwo)
            _second.Exit();
        _first.Exit();
    }
}
