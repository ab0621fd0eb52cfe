namespace PteGuard;

public sealed unsafe partial class Mm<TArch>
{
    /// <summary>Handles a page fault: finds the region, asks whether it allows the access, and maps a page.</summary>
    /// <param name="addr">Where, in bytes.</param>
    /// <param name="flags">What the access was.</param>
    /// <returns><see cref="VmFault.None"/> where the access is to be tried again, <see cref="VmFault.Retry"/> where that should wait a little, or an error.</returns>
    [MayBlock]
    public VmFault Fault(ulong addr, FaultFlags flags)
    {
        MmapLock.EnterRead();
        try
        {
            return FindVma(addr) is { } vma ? HandleMmFault(vma, addr, flags) : VmFault.SigSegv;
        }
        finally
        {
            MmapLock.ExitRead();
        }
    }

    /// <summary>Handles a page fault in a region (<c>handle_mm_fault</c>). The caller holds the mmap lock, for reading or writing.</summary>
    /// <param name="vma">The region.</param>
    /// <param name="addr">Where, in bytes; in the region.</param>
    /// <param name="flags">What the access was.</param>
    /// <returns>As <see cref="Fault"/>.</returns>
    /// <exception cref="ArgumentException">The region is not one of this address space's, or the address is not in it.</exception>
    /// <exception cref="InvalidOperationException">The mmap lock is not held.</exception>
    [MayBlock]
    public VmFault HandleMmFault(Vma<TArch> vma, ulong addr, FaultFlags flags)
    {
        ArgumentNullException.ThrowIfNull(vma);
        if (vma.Mm != this || vma.IsDetached)
            throw new ArgumentException("The region must be part of this address space.", nameof(vma));
        if (!vma.Contains(addr))
            throw new ArgumentOutOfRangeException(nameof(addr), $"0x{addr:x}", $"The address must lie in the region {vma}.");
        MmapLock.AssertHeld("Handling a fault");
        return new PageFault<TArch>(vma, addr, flags).Handle();
    }
}
