using System.Runtime.CompilerServices;

namespace PteGuard;

public sealed unsafe partial class Mm<TArch>
{
    /// <summary>Handles a page fault: finds the region, asks whether it allows the access, and maps a page.</summary>
    /// <param name="addr">Where, in bytes.</param>
    /// <param name="flags">What the access was.</param>
    /// <returns><see cref="VmFault.None"/> where the access is to be tried again; <see cref="VmFault.Retry"/> the same, after waiting for a handler (<see cref="UserfaultRegister"/>) or a page on the move; or an error.</returns>
    [MayBlock]
    public VmFault Fault(ulong addr, FaultFlags flags)
    {
        FaultWaiter? waiter = null;
        VmFault fault;
        MmapLock.EnterRead();
        try
        {
            fault = FindVma(addr) is { } vma ? HandleMmFault(vma, addr, flags, ref waiter) : VmFault.SigSegv;
        }
        finally
        {
            MmapLock.ExitRead();
        }

        // With nothing held: who is to end this needs the same locks.
        waiter?.Wait();
        return fault;
    }

    /// <summary>Handles a page fault in a region (<c>handle_mm_fault</c>). The caller holds the mmap lock, for reading or writing.</summary>
    /// <param name="vma">The region.</param>
    /// <param name="addr">Where, in bytes; in the region.</param>
    /// <param name="flags">What the access was.</param>
    /// <returns>As <see cref="Fault"/>; but the caller holds the lock that waiting would need released, so <see cref="VmFault.Retry"/> comes without waiting, and no handler is told.</returns>
    /// <exception cref="ArgumentException">The region is not one of this address space's, or the address is not in it.</exception>
    /// <exception cref="InvalidOperationException">The mmap lock is not held.</exception>
    [MayBlock]
    public VmFault HandleMmFault(Vma<TArch> vma, ulong addr, FaultFlags flags)
        => HandleMmFault(vma, addr, flags, ref Unsafe.NullRef<FaultWaiter?>());

    /// <inheritdoc cref="HandleMmFault(Vma{TArch}, ulong, FaultFlags)"/>
    /// <param name="vma">The region.</param>
    /// <param name="addr">Where, in bytes; in the region.</param>
    /// <param name="flags">What the access was.</param>
    /// <param name="waiter">What to wait for, with the mmap lock released, before the access is tried again; unchanged: nothing.</param>
    [MayBlock]
    internal VmFault HandleMmFault(Vma<TArch> vma, ulong addr, FaultFlags flags, ref FaultWaiter? waiter)
    {
        ArgumentNullException.ThrowIfNull(vma);
        if (vma.Mm != this || vma.IsDetached)
            throw new ArgumentException("The region must be part of this address space.", nameof(vma));
        if (!vma.Contains(addr))
            throw new ArgumentOutOfRangeException(nameof(addr), $"0x{addr:x}", $"The address must lie in the region {vma}.");
        MmapLock.AssertHeld("Handling a fault");
        return new PageFault<TArch>(vma, addr, flags, ref waiter).Handle();
    }
}
