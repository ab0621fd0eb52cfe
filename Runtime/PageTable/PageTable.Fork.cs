namespace PteGuard;

public static unsafe partial class PageTable
{
    /// <summary>Copies what a region has mapped to the region of a child that is a copy of it (<c>copy_page_range</c>).</summary>
    /// <remarks>
    /// Pages of a private region are write-protected on both sides and stop being exclusive, except pinned ones, which are copied.
    /// Swap entries count twice and lose their exclusive mark on both sides; writable migration entries become readable ones;
    /// markers stay with their kind. Translations of the parent are flushed before the locks are released.
    /// The table of the child is locked first, then that of the parent, so nobody may fork the child into the parent meanwhile.
    /// </remarks>
    /// <param name="dstVma">The region of the child, without pages; the mmap lock of its address space is held for writing.</param>
    /// <param name="srcVma">The region of the parent, with the same range; the mmap lock of its address space is held for writing.</param>
    /// <returns>False: no memory, or no reservation for the child's page frames. What was copied until then stays in the child, whose regions the caller unmaps.</returns>
    /// <exception cref="ArgumentException">The regions have different ranges, or are of one address space.</exception>
    /// <exception cref="InvalidOperationException">A lock is not held, or a huge page must be split and no table was deposited for it.</exception>
    [MayBlock]
    public static bool CopyPageRange<TArch>(Vma<TArch> dstVma, Vma<TArch> srcVma)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ArgumentNullException.ThrowIfNull(dstVma);
        ArgumentNullException.ThrowIfNull(srcVma);
        if (dstVma.Mm == srcVma.Mm || dstVma.Start != srcVma.Start || dstVma.End != srcVma.End)
            throw new ArgumentException($"A region is copied to the same range of another address space, not {srcVma} to {dstVma}.", nameof(dstVma));
        dstVma.Mm.MmapLock.AssertWriteHeld("Copying to a region");
        srcVma.Mm.MmapLock.AssertWriteHeld("Copying a region");

        if (!TrackPfnCopy(dstVma, srcVma, out ulong pfn))
            return false;
        var copy = new RegionCopy<TArch>(dstVma, srcVma);
        bool copied = false;
        if (srcVma.IsPrivate)
            srcVma.Mm.BeginProtect();
        try
        {
            copied = copy.TryAll();
        }
        finally
        {
            copy.Dispose();
            if (srcVma.IsPrivate)
                srcVma.Mm.EndProtect();
            if (!copied)
                UntrackPfnCopy(dstVma, pfn);
        }

        return copied;
    }
}
