using System.Diagnostics.CodeAnalysis;

namespace PteGuard;

/// <summary>
/// The lock of an address space's regions (<c>mmap_lock</c>): held for reading to fault and to walk, for writing
/// to change regions. It may sleep, and so comes before any page-table lock and outside any mapping.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The address space that owns it disposes it.")]
public sealed class MmapLock
{
    private readonly ReaderWriterLockSlim _lock = new();

    internal MmapLock()
    {
    }

    /// <summary>Whether this thread holds the lock for reading or writing.</summary>
    public bool IsHeld => _lock.IsReadLockHeld || _lock.IsWriteLockHeld;

    /// <summary>Whether this thread holds the lock for writing.</summary>
    public bool IsWriteHeld => _lock.IsWriteLockHeld;

    /// <summary>Takes the lock for reading, beside other readers.</summary>
    /// <exception cref="LockRecursionException">This thread holds it already.</exception>
    [MayBlock]
    public void EnterRead()
    {
        NotMapped();
        _lock.EnterReadLock();
    }

    /// <summary>Releases the lock, taken for reading.</summary>
    /// <exception cref="SynchronizationLockException">This thread does not hold it for reading.</exception>
    public void ExitRead()
    {
        if (CheckSwitch.IsOn)
            CheckedThread.Current.LeaveMmapLock();
        _lock.ExitReadLock();
    }

    /// <summary>Takes the lock for writing, alone.</summary>
    /// <exception cref="LockRecursionException">This thread holds it already.</exception>
    [MayBlock]
    public void EnterWrite()
    {
        NotMapped();
        _lock.EnterWriteLock();
    }

    /// <summary>Releases the lock, taken for writing.</summary>
    /// <exception cref="SynchronizationLockException">This thread does not hold it for writing.</exception>
    public void ExitWrite()
    {
        if (CheckSwitch.IsOn)
            CheckedThread.Current.LeaveMmapLock();
        _lock.ExitWriteLock();
    }

    internal void AssertHeld(string what)
    {
        if (!IsHeld)
            throw new InvalidOperationException($"{what} needs the mmap lock held, for reading or writing.");
    }

    internal void AssertWriteHeld(string what)
    {
        if (!IsWriteHeld)
            throw new InvalidOperationException($"{what} needs the mmap lock held for writing.");
    }

    internal void Dispose() => _lock.Dispose();

    /// <summary>Who sleeps inside a mapping holds up every grace period, and may wait for one himself.</summary>
    private static void NotMapped()
    {
        if (CheckSwitch.IsOn)
            CheckedThread.Current.Block("Taking the mmap lock");
        if (Rcu.IsReading)
            Throw.InsideMapping("The holder of the mmap lock");
    }
}
