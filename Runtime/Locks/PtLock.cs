using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>
/// A page-table lock: of one table where the architecture splits locks, of the whole address space where it does not.
/// Two tables may share one, so code that takes two compares them first. It spins, then yields; it never sleeps long,
/// and whoever holds it must not block.
/// </summary>
/// <remarks>
/// A value names a lock, as a pointer would; copies name the same one. <c>default</c> names none. The lock
/// is not recursive, is released by the thread that took it, and orders memory as any lock does: what was
/// written before <see cref="Exit"/> is seen after the next <see cref="Enter"/>. Where two are needed and no order is
/// given by the structure, take them by ascending <see cref="CompareTo"/>.
/// </remarks>
public readonly unsafe struct PtLock : IEquatable<PtLock>, IComparable<PtLock>
{
    private readonly int* _holder;

    internal PtLock(int* holder) => _holder = holder;

    /// <summary>Whether this names a lock; a map that returns null gives none.</summary>
    public bool Exists => _holder is not null;

    /// <summary>Whether this thread holds the lock.</summary>
    public bool IsHeld => _holder is not null && Volatile.Read(ref *_holder) == Environment.CurrentManagedThreadId;

    /// <summary>Takes the lock; waits by spinning, then by yielding.</summary>
    /// <exception cref="InvalidOperationException">This is <c>default</c>: the map returned null. Or somebody else holds it, and this thread, which has interrupts off (<see cref="PageTable.LocalIrqSave"/>), must not wait.</exception>
    /// <exception cref="LockRecursionException">This thread holds it already.</exception>
    [AcquiresLock]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter()
    {
        if (_holder is null)
            Throw.DefaultLock();
        if (Interlocked.CompareExchange(ref *_holder, Environment.CurrentManagedThreadId, 0) != 0)
            Wait();
        if (CheckSwitch.IsOn)
            CheckedThread.Current.Lock((nuint)_holder);
    }

    /// <summary>Takes the lock if it is free; false: it is not.</summary>
    /// <exception cref="InvalidOperationException">This is <c>default</c>: the map returned null.</exception>
    public bool TryEnter()
    {
        if (_holder is null)
            Throw.DefaultLock();
        bool taken = Interlocked.CompareExchange(ref *_holder, Environment.CurrentManagedThreadId, 0) == 0;
        if (CheckSwitch.IsOn && taken)
            CheckedThread.Current.Lock((nuint)_holder);
        return taken;
    }

    /// <summary>Releases the lock.</summary>
    /// <exception cref="InvalidOperationException">This is <c>default</c>: the map returned null.</exception>
    /// <exception cref="SynchronizationLockException">This thread does not hold it.</exception>
    [ReleasesLock]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit()
    {
        if (_holder is null)
            Throw.DefaultLock();
        if (Volatile.Read(ref *_holder) != Environment.CurrentManagedThreadId)
            NotHeld();
        if (CheckSwitch.IsOn)
            CheckedThread.Current.Unlock((nuint)_holder);
        Volatile.Write(ref *_holder, 0);
    }

    /// <summary>Whether both name the same lock.</summary>
    public bool Equals(PtLock other) => _holder == other._holder;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PtLock other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ((nint)_holder).GetHashCode();

    /// <summary>The order in which to take two locks that no other rule orders: by address.</summary>
    public int CompareTo(PtLock other) => ((nuint)_holder).CompareTo((nuint)other._holder);

    /// <summary>Whether both name the same lock.</summary>
    public static bool operator ==(PtLock left, PtLock right) => left.Equals(right);

    /// <summary>Whether they name different locks.</summary>
    public static bool operator !=(PtLock left, PtLock right) => !left.Equals(right);

    /// <summary>Whether <paramref name="left"/> is taken before <paramref name="right"/>.</summary>
    public static bool operator <(PtLock left, PtLock right) => left.CompareTo(right) < 0;

    /// <summary>Whether <paramref name="left"/> is taken after <paramref name="right"/>.</summary>
    public static bool operator >(PtLock left, PtLock right) => left.CompareTo(right) > 0;

    /// <summary>Whether <paramref name="left"/> is taken before <paramref name="right"/>, or is it.</summary>
    public static bool operator <=(PtLock left, PtLock right) => left.CompareTo(right) <= 0;

    /// <summary>Whether <paramref name="left"/> is taken after <paramref name="right"/>, or is it.</summary>
    public static bool operator >=(PtLock left, PtLock right) => left.CompareTo(right) >= 0;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Wait()
    {
        int self = Environment.CurrentManagedThreadId;
        if (Volatile.Read(ref *_holder) == self)
            throw new LockRecursionException("This thread already holds the page-table lock; two tables may share one, so compare locks before taking the second.");

        // The holder may be waiting for this thread to turn interrupts on.
        LocalIrq.RequireOn("The holder of the page-table lock");

        var wait = default(SpinWait);
        do
        {
            wait.SpinOnce(sleep1Threshold: -1);
        }
        while (Volatile.Read(ref *_holder) != 0 || Interlocked.CompareExchange(ref *_holder, self, 0) != 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void NotHeld()
    {
        if (CheckSwitch.IsOn)
            ContractCheck.Report("PTE0019", "A page-table lock is released that this thread does not hold.", 0, null);
        throw new SynchronizationLockException("The page-table lock is released by a thread that does not hold it.");
    }
}
