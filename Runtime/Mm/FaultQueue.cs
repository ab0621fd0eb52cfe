namespace PteGuard;

/// <summary>Faults that wait, by address, and the handlers that are told of them.</summary>
/// <remarks>
/// A wake-up is lost if it comes before the one who waits is in the queue. So he queues first, and then makes sure that
/// there is something to wait for; or he queues while he holds the lock that whoever wakes him must have taken before.
/// The queue's own lock is the last in the order, inside those of page tables: nothing else is done under it.
/// </remarks>
internal sealed class FaultQueue
{
    private readonly object _gate = new();
    private readonly List<FaultWaiter> _waiters = [];
    private bool _isClosed;

    /// <summary>Whether nobody waits here any more.</summary>
    public bool IsClosed
    {
        get
        {
            lock (_gate)
                return _isClosed;
        }
    }

    /// <summary>How many wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _waiters.Count;
        }
    }

    /// <summary>From now on a wake-up of this address is noticed; no handler is told yet.</summary>
    public FaultWaiter Enqueue(UserfaultEvent cause)
    {
        lock (_gate)
        {
            var waiter = new FaultWaiter(this, cause) { IsOver = _isClosed };
            if (!_isClosed)
                _waiters.Add(waiter);
            return waiter;
        }
    }

    /// <summary>Tells a handler, unless what it would be told of is over.</summary>
    public void Post(FaultWaiter waiter)
    {
        lock (_gate)
        {
            waiter.IsPending = !waiter.IsOver;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>There was nothing to wait for.</summary>
    public void Leave(FaultWaiter waiter)
    {
        lock (_gate)
        {
            _waiters.Remove(waiter);
            waiter.IsOver = true;
        }
    }

    /// <summary>Ends the waiting in a range, told to a handler or not.</summary>
    public void Wake(ulong start, ulong end)
    {
        lock (_gate)
        {
            foreach (FaultWaiter waiter in _waiters)
            {
                if (waiter.Cause.Address >= start && waiter.Cause.Address < end)
                    waiter.IsOver = true;
            }

            if (_waiters.RemoveAll(static waiter => waiter.IsOver) != 0)
                Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Ends all waiting, of faults and of handlers, for good.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            foreach (FaultWaiter waiter in _waiters)
                waiter.IsOver = true;
            _waiters.Clear();
            Monitor.PulseAll(_gate);
        }
    }

    [MayBlock]
    public void Wait(FaultWaiter waiter)
    {
        NotMapped("Waiting for a page");
        lock (_gate)
        {
            while (!waiter.IsOver)
                Monitor.Wait(_gate);
        }
    }

    /// <summary>The cause of the fault that has waited longest and that no handler was told of. False: time is up, or the queue is closed.</summary>
    [MayBlock]
    public bool TryRead(out UserfaultEvent cause, TimeSpan timeout)
    {
        NotMapped("Waiting for a fault");
        bool forever = timeout == Timeout.InfiniteTimeSpan;
        long deadline = forever ? long.MaxValue : Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        lock (_gate)
        {
            while (!_isClosed)
            {
                if (_waiters.Find(static waiter => waiter.IsPending) is { } waiter)
                {
                    waiter.IsPending = false;
                    cause = waiter.Cause;
                    return true;
                }

                long left = deadline - Environment.TickCount64;
                if (left <= 0)
                    break;
                Monitor.Wait(_gate, forever ? Timeout.Infinite : (int)Math.Min(left, int.MaxValue));
            }
        }

        cause = default;
        return false;
    }

    private static void NotMapped(string what)
    {
        if (CheckSwitch.IsOn)
            CheckedThread.Current.Block(what);
        if (Rcu.IsReading)
            Throw.InsideMapping(what);
    }
}
