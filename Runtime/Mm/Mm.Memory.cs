namespace PteGuard;

public sealed unsafe partial class Mm<TArch>
{
    /// <summary>Makes a region that maps a part of a <see cref="SharedMemory"/>. What is unmapped, or dropped, and touched again, has its contents still.</summary>
    /// <param name="addr">Where, in bytes, a multiple of the page size; 0: wherever there is room.</param>
    /// <param name="length">How long, in bytes; rounded up to pages.</param>
    /// <param name="flags">What the region is and allows. Without <see cref="VmFlags.Shared"/> it is private: a page that is written is copied first.</param>
    /// <param name="memory">What to map. The region keeps it.</param>
    /// <param name="offset">From where on, in bytes, a multiple of the page size. Accesses behind the end of the memory end in <see cref="VmFault.SigBus"/>.</param>
    /// <exception cref="ArgumentException">As <see cref="Mmap"/>; or the offset is not aligned, or the memory has pages of another size.</exception>
    /// <exception cref="ObjectDisposedException">The memory is disposed, and no region maps it.</exception>
    [MayBlock]
    public Vma<TArch> MmapShared(ulong addr, ulong length, VmFlags flags, SharedMemory memory, ulong offset)
    {
        ArgumentNullException.ThrowIfNull(memory);
        if (memory.PageShift != TArch.PageShift)
            throw new ArgumentException($"The memory has pages of 2^{memory.PageShift} bytes, and {TArch.Name} of 2^{TArch.PageShift}.", nameof(memory));
        if ((offset & ((1UL << TArch.PageShift) - 1)) != 0)
            Throw.NotAligned(nameof(offset), offset, 1UL << TArch.PageShift);
        return AddRegion(addr, length, flags, memory, offset);
    }

    /// <summary>
    /// Removes the page table of a huge page's worth of addresses in a region that maps a <see cref="SharedMemory"/>, while
    /// others walk and fault there; what it mapped is found again by the next access (<c>retract_page_tables</c>, Linux 1d65b7711160).
    /// </summary>
    /// <remarks>
    /// Holds the mmap lock for reading, as a fault does, and the locks of the pmd and of the table: who has mapped the table
    /// keeps it until he unmaps it, and who locks it afterwards finds that it is not attached.
    /// </remarks>
    /// <param name="addr">Where, in bytes, aligned to the huge page.</param>
    /// <returns>False: no such region covers the range; there is no table; or an entry is of more than a page of the memory: a private copy, a marker.</returns>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    [MayBlock]
    public bool RetractPageTables(ulong addr)
    {
        ulong size = 1UL << TArch.PmdShift;
        if ((addr & (size - 1)) != 0)
            Throw.NotAligned(nameof(addr), addr, size);
        MmapLock.EnterRead();
        try
        {
            return RegionOf(addr, size) is { Memory: not null } vma && Retraction.TryRetract(vma, addr);
        }
        finally
        {
            MmapLock.ExitRead();
        }
    }

    /// <summary>The region that a whole range lies in. Null: there is none, or the address space is going away. The mmap lock is held.</summary>
    private Vma<TArch>? RegionOf(ulong addr, ulong size)
        => !IsExiting && FindVma(addr) is { } vma && vma.End - addr >= size ? vma : null;
}
