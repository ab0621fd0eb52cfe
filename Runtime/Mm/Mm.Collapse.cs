namespace PteGuard;

public sealed unsafe partial class Mm<TArch>
{
    /// <summary>Makes one huge page of the small pages of a range, with the same contents (<c>MADV_COLLAPSE</c>, <c>collapse_huge_page</c>).</summary>
    /// <remarks>
    /// Looks first, with the mmap lock held for reading; then allocates, with nothing held; then takes the mmap lock for
    /// writing, and looks again once the table is detached and nobody can reach its pages any more.
    /// </remarks>
    /// <param name="addr">Where, in bytes, aligned to the huge page, all of which lies in one region of private anonymous memory.</param>
    /// <param name="maxNone">How many small pages may be missing, and become zeroes; one at least must be there.</param>
    /// <returns>Whether it was done, or why not.</returns>
    /// <exception cref="ArgumentException">The address is not aligned, or <paramref name="maxNone"/> is negative.</exception>
    /// <exception cref="NotSupportedException">The architecture has no huge pmds.</exception>
    [MayBlock]
    public CollapseResult CollapseHuge(ulong addr, int maxNone = int.MaxValue)
    {
        ulong size = CheckedHuge(addr);
        ArgumentOutOfRangeException.ThrowIfNegative(maxNone);
        var collapse = new Collapse<TArch>(addr, maxNone);
        MmapLock.EnterRead();
        try
        {
            CollapseResult scanned = collapse.Scan(this, RegionOf(addr, size));
            if (scanned != CollapseResult.Succeeded)
                return scanned;
        }
        finally
        {
            MmapLock.ExitRead();
        }

        // Allocating may wait for readers, and zeroing takes its time.
        if (!Arena.TryAllocPage(out Page huge, HugePage.Order<TArch>()))
            return CollapseResult.NoMemory;
        Checkpoint.Hit(Checkpoint.CollapseScanned);
        CollapseResult result = CollapseResult.NoRegion;
        MmapLock.EnterWrite();
        try
        {
            result = collapse.Replace(this, RegionOf(addr, size), huge);
        }
        finally
        {
            MmapLock.ExitWrite();
            if (result != CollapseResult.Succeeded)
                huge.Put();
        }

        return result;
    }
}
