namespace PteGuard;

/// <summary>
/// Page faults of a range, handled by a thread of the program (<c>userfaultfd</c>, Linux 4.3; write protection 5.7, moving 6.8). Whoever faults waits
/// until the handler, which is told of it by <see cref="Read"/>, has put a page there.
/// </summary>
/// <remarks>
/// Made by <see cref="Mm{TArch}.UserfaultRegister"/>; any number of threads may handle. Methods take the mmap lock for reading, except
/// <see cref="Dispose"/>, which takes it for writing; faults wait outside of it. A handler must not touch what it is to provide,
/// and must not hold the mmap lock while it waits.
/// Unmapping ends the registration of what is unmapped, and what <see cref="Mm{TArch}.Mremap"/> moves is not registered at its new place, nor
/// write-protected any more (Linux 0cef0bb836e3, 6.14): no handler would know of the addresses. A mapping that grows where it is, is registered with
/// what it grew by. The copy that fork makes is not registered.
/// </remarks>
/// <typeparam name="TArch">The architecture.</typeparam>
public sealed unsafe partial class Userfault<TArch> : IDisposable
    where TArch : unmanaged, IArchitecture<TArch>
{
    internal Userfault(Mm<TArch> mm, UserfaultMode mode)
    {
        Mm = mm;
        Mode = mode;
    }

    /// <summary>The address space.</summary>
    public Mm<TArch> Mm { get; }

    /// <summary>What the handler is asked about.</summary>
    public UserfaultMode Mode { get; }

    /// <summary>How many faults wait at this moment, whether a handler was told of them or not.</summary>
    public int Waiting => Queue.Count;

    internal FaultQueue Queue { get; } = new();

    /// <summary>Waits for a fault that no handler was told of.</summary>
    /// <exception cref="ObjectDisposedException">This is disposed, before or meanwhile.</exception>
    /// <exception cref="InvalidOperationException">This thread has a page table mapped.</exception>
    [MayBlock]
    public UserfaultEvent Read()
        => Queue.TryRead(out UserfaultEvent cause, Timeout.InfiniteTimeSpan) ? cause : throw new ObjectDisposedException(nameof(Userfault<TArch>));

    /// <summary>Waits for a fault that no handler was told of, for a while.</summary>
    /// <param name="cause">Which; default where the result is false.</param>
    /// <param name="timeout">How long, rounded down to milliseconds; zero: no longer than it takes to look; <see cref="Timeout.InfiniteTimeSpan"/>: as long as it takes.</param>
    /// <returns>False: there was none, or this is disposed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="InvalidOperationException">This thread has a page table mapped.</exception>
    [MayBlock]
    public bool TryRead(out UserfaultEvent cause, TimeSpan timeout)
    {
        if (timeout < TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "The time must not be negative.");
        return Queue.TryRead(out cause, timeout);
    }

    /// <summary>Lets the faults of a range be tried again, whatever is there now (<c>UFFDIO_WAKE</c>). One that finds nothing changed is reported anew.</summary>
    /// <param name="addr">Where, in bytes, a multiple of the page size.</param>
    /// <param name="length">How long, in bytes; rounded up to pages.</param>
    /// <exception cref="ArgumentException">The address is not aligned, the range is empty or leaves the addresses for regions.</exception>
    public void Wake(ulong addr, ulong length) => Queue.Wake(addr, addr + Mm<TArch>.CheckedLength(addr, length));

    /// <summary>Ends the registration of whatever is still registered, takes write-protect marks away, and wakes everybody, handlers too. May be called again.</summary>
    [MayBlock]
    public void Dispose()
    {
        if (Queue.IsClosed)
            return;
        if (!Mm.IsExiting)
            Mm.Unregister(this);
        Queue.Close();
    }

    /// <summary>Whether all of a range is registered with this for a purpose. The mmap lock is held.</summary>
    private bool Covers(ulong start, ulong end, VmFlags purpose)
    {
        for (ulong addr = start; addr < end;)
        {
            if (Find(addr, purpose) is not { } vma)
                return false;
            addr = vma.End;
        }

        return true;
    }

    /// <summary>The region at an address, if it is registered with this for a purpose. The mmap lock is held.</summary>
    private Vma<TArch>? Find(ulong addr, VmFlags purpose)
        => !Mm.IsExiting && Mm.FindVma(addr) is { } vma && vma.Userfault == this && (vma.Flags & purpose) != 0 ? vma : null;
}
