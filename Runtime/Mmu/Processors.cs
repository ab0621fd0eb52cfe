namespace PteGuard;

/// <summary>The memory management units that translate through an address space, and how to know that they see a change.</summary>
internal sealed class Processors
{
    private readonly object _gate = new();
    private Processor[] _attached = [];

    public bool Any => Volatile.Read(ref _attached).Length != 0;

    /// <summary>
    /// Waits until no access is under way that was translated before the call. Such an access takes no lock, so locks may
    /// be held here.
    /// </summary>
    public void Flush()
    {
        Processor[] attached = Volatile.Read(ref _attached);
        if (attached.Length == 0)
            return;

        // Either the unit's store that begins an access is seen below, or its walk sees the change.
        Interlocked.MemoryBarrierProcessWide();
        foreach (Processor processor in attached)
            processor.WaitForAccess();
    }

    public void Attach(Processor processor)
    {
        lock (_gate)
            Volatile.Write(ref _attached, [.. _attached, processor]);

        // Whoever changed an entry and saw no unit to wait for has the change out by now.
        Interlocked.MemoryBarrierProcessWide();
    }

    public void Detach(Processor processor)
    {
        lock (_gate)
            Volatile.Write(ref _attached, Array.FindAll(_attached, other => other != processor));
    }
}

/// <summary>One memory management unit: the number of its accesses begun and ended, so odd during one.</summary>
internal sealed class Processor
{
    private ulong _accesses;

    public void BeginAccess() => Volatile.Write(ref _accesses, _accesses + 1);

    public void EndAccess() => Volatile.Write(ref _accesses, _accesses + 1);

    public void WaitForAccess()
    {
        ulong seen = Volatile.Read(ref _accesses);
        if ((seen & 1) == 0)
            return;
        for (var wait = default(SpinWait); Volatile.Read(ref _accesses) == seen;)
            wait.SpinOnce(sleep1Threshold: -1);
    }
}
