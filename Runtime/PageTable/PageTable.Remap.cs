namespace PteGuard;

public static unsafe partial class PageTable
{
    /// <summary>Maps a range of page frames into a region (<c>remap_pfn_range</c>). They are not counted, and nothing is faulted in beside them.</summary>
    /// <remarks>The region gets <see cref="VmFlags.PfnMap"/> and <see cref="VmFlags.DontExpand"/>, and, if the frames fill it, a reservation of their memory type where the architecture keeps track of it.</remarks>
    /// <param name="vma">The region; the mmap lock of its address space is held for writing.</param>
    /// <param name="addr">Where, in bytes, a multiple of the page size. A private region that may be written is filled from its start.</param>
    /// <param name="pfn">The first frame, in units of the architecture's pages; need not lie in an arena.</param>
    /// <param name="size">How much, in bytes; rounded up to pages.</param>
    /// <param name="prot">The protection, with the memory type.</param>
    /// <returns>False: no memory for tables, or another memory type is reserved; nothing is mapped.</returns>
    /// <exception cref="ArgumentException">The range is not aligned or not in the region, or is a part of a private region that may be written.</exception>
    /// <exception cref="InvalidOperationException">The mmap lock is not held for writing, or something is mapped in the range.</exception>
    [MayBlock]
    public static bool RemapPfnRange<TArch>(Vma<TArch> vma, ulong addr, ulong pfn, ulong size, Pgprot<TArch> prot)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ArgumentNullException.ThrowIfNull(vma);
        vma.Mm.MmapLock.AssertWriteHeld("Mapping page frames");
        ulong page = 1UL << TArch.PageShift;
        if ((addr & (page - 1)) != 0)
            Throw.NotAligned(nameof(addr), addr, page);
        size = (size + page - 1) & ~(page - 1);
        if (size == 0 || addr < vma.Start || addr >= vma.End || size > vma.End - addr)
            throw new ArgumentOutOfRangeException(nameof(size), $"0x{size:x}", $"The range must lie in the region {vma}.");

        // Frames that are copied on write can be told from the copies only if one subtraction gives the frame of an address.
        bool copiedOnWrite = vma.IsPrivate && (vma.Flags & (VmFlags.Write | VmFlags.MayWrite)) != 0;
        if (copiedOnWrite && (addr != vma.Start || size != vma.End - addr))
            throw new ArgumentException("A private region that may be written is filled with frames as a whole.", nameof(addr));

        if (!TrackPfnRemap(vma, ref prot, pfn, addr, size))
            return false;
        ulong reached = addr;
        bool mapped = false;
        try
        {
            mapped = TryMapFrames(vma, ref reached, addr + size, pfn, prot);
        }
        finally
        {
            if (!mapped)
            {
                if (reached != addr)
                    Zap.Range(vma, addr, reached);
                if (addr == vma.Start && size == vma.End - addr)
                    UntrackPfn(vma, pfn, size, mmWrLocked: true);
            }
        }

        if (!mapped)
            return false;
        VmFlagsSet(vma, VmFlags.PfnMap | VmFlags.DontExpand);
        if (copiedOnWrite)
            vma.PageOffset = pfn;
        return true;
    }

    private static bool TryMapFrames<TArch>(Vma<TArch> vma, ref ulong addr, ulong end, ulong pfn, Pgprot<TArch> prot)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        while (addr < end)
        {
            Pte<TArch>* first = GetLockedPte(vma.Mm, addr, out PtLock ptl);
            if (first is null)
                return false;
            ulong next = Math.Min(end, ((addr >> TArch.PmdShift) + 1) << TArch.PmdShift);
            bool empty = true;
            for (Pte<TArch>* ptep = first; addr < next && empty; ptep++)
            {
                empty = PtepGet(ptep).IsNone;
                if (!empty)
                    break;
                SetPteAt(vma.Mm, addr, ptep, PfnPte(pfn++, prot).MkSpecial());
                addr += 1UL << TArch.PageShift;
            }

            PteUnmapUnlock(first, ptl);
            if (!empty)
                throw new InvalidOperationException($"Something is mapped at 0x{addr:x}: frames are mapped into an empty range.");
        }

        return true;
    }
}
