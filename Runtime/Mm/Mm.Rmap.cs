namespace PteGuard;

public sealed unsafe partial class Mm<TArch>
{
    /// <summary>Whether a page is mapped at an address. Once this says no of a huge page, the reference that its mapping had is dropped (<c>page_vma_mapped_walk</c> with <c>PVMW_SYNC</c>).</summary>
    /// <param name="addr">Where, in bytes.</param>
    /// <param name="page">The page, which the caller has a reference to; for a huge one, any part of it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The address is not canonical.</exception>
    [MayBlock]
    public bool IsMapped(ulong addr, Page page)
    {
        MmapLock.EnterRead();
        try
        {
            return !IsExiting && PageRmap.IsMapped(this, addr, page);
        }
        finally
        {
            MmapLock.ExitRead();
        }
    }

    /// <summary>Marks a block of memory not accessed, wherever it is mapped from an address on, page after page (<c>folio_referenced</c>).</summary>
    /// <remarks>The block may lie across the end of a page table, as one that was split and moved does.</remarks>
    /// <param name="addr">Where its first page is mapped, in bytes, a multiple of the page size.</param>
    /// <param name="page">The first page, which the caller has a reference to.</param>
    /// <returns>Whether a part was marked accessed.</returns>
    /// <exception cref="ArgumentException">The address is not aligned, or in no region.</exception>
    [MayBlock]
    public bool TestAndClearYoung(ulong addr, Page page)
    {
        if ((addr & ((1UL << TArch.PageShift) - 1)) != 0)
            Throw.NotAligned(nameof(addr), addr, 1UL << TArch.PageShift);
        MmapLock.EnterRead();
        try
        {
            if (RegionOf(addr, 0) is not { } vma)
                throw new ArgumentException($"There is no region at 0x{addr:x}.", nameof(addr));
            return PageRmap.TestAndClearYoung(vma, addr, page);
        }
        finally
        {
            MmapLock.ExitRead();
        }
    }
}
