namespace PteGuard;

/// <summary>
/// Goes over the page tables of a range and shows a derived class what is there (<c>walk_page_range</c> and
/// <c>struct mm_walk_ops</c>). The class overrides what it wants to see.
/// </summary>
/// <remarks>
/// Every method that is overridden returns 0 to go on; anything else ends the walk and is what the walk returns. The
/// mmap lock is held by the caller throughout, for reading or writing, so regions and upper tables stay; pte tables
/// and huge pages come and go all the same. One instance serves one walk at a time, and may be used again.
/// </remarks>
/// <typeparam name="TArch">The architecture.</typeparam>
public abstract unsafe partial class PageWalker<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private Mm<TArch>? _mm;

    /// <summary>The address space that is walked.</summary>
    /// <exception cref="InvalidOperationException">Outside a walk.</exception>
    protected Mm<TArch> Mm => _mm ?? throw new InvalidOperationException("The walker is not walking.");

    /// <summary>The region that is walked now; null in a hole between regions.</summary>
    protected Vma<TArch>? Vma { get; private set; }

    /// <summary>
    /// What to do after the present call of <see cref="PudEntry"/> or <see cref="PmdEntry"/>, which may set it:
    /// <see cref="WalkAction.SubTree"/> before each.
    /// </summary>
    protected WalkAction Action { get; set; }

    /// <summary>
    /// Whether a huge page that <see cref="PmdEntry"/> did not deal with is split, so that <see cref="PteEntry"/> sees its
    /// pages. Otherwise it is passed over. False unless overridden.
    /// </summary>
    protected virtual bool SplitsHugePages => false;

    /// <summary>Walks the regions of a range, and reports the holes between them.</summary>
    /// <param name="mm">The address space; the caller holds its mmap lock.</param>
    /// <param name="start">The first virtual address, in bytes, a multiple of the page size.</param>
    /// <param name="end">The address after the last, a multiple of the page size, no larger than the architecture's <c>TaskSize</c>.</param>
    /// <returns>0, or what a method of the class ended the walk with.</returns>
    /// <exception cref="ArgumentException">The range is not aligned to pages, is empty, or leaves the addresses for regions.</exception>
    /// <exception cref="InvalidOperationException">The mmap lock is not held, or the walker is walking already.</exception>
    [MayBlock]
    public int Walk(Mm<TArch> mm, ulong start, ulong end)
    {
        ArgumentNullException.ThrowIfNull(mm);
        Check(start, end, TArch.TaskSize);
        Begin(mm);
        try
        {
            int result = 0;
            for (ulong addr = start, next; addr < end && result == 0; addr = next)
            {
                Vma = mm.RegionEndingAfter(addr);
                if (Vma is null || Vma.Start >= end)
                {
                    Vma = null;
                    return PteHole(addr, end);
                }

                if (Vma.Start > addr)
                {
                    next = Vma.Start;
                    Vma = null;
                    result = PteHole(addr, next);
                    continue;
                }

                next = Math.Min(Vma.End, end);
                result = Region(addr, next);
            }

            return result;
        }
        finally
        {
            End();
        }
    }

    /// <summary>Walks one region.</summary>
    /// <param name="vma">The region, part of an address space whose mmap lock the caller holds.</param>
    /// <returns>As <see cref="Walk(Mm{TArch}, ulong, ulong)"/>.</returns>
    /// <exception cref="ArgumentException">The region is part of no address space any more.</exception>
    /// <exception cref="InvalidOperationException">The mmap lock is not held, or the walker is walking already.</exception>
    [MayBlock]
    public int Walk(Vma<TArch> vma)
    {
        ArgumentNullException.ThrowIfNull(vma);
        return Walk(vma, vma.Start, vma.End);
    }

    /// <summary>Walks a part of one region.</summary>
    /// <param name="vma">The region, part of an address space whose mmap lock the caller holds.</param>
    /// <param name="start">The first virtual address, in bytes, a multiple of the page size, in the region.</param>
    /// <param name="end">The address after the last, a multiple of the page size, no larger than the region's end.</param>
    /// <returns>As <see cref="Walk(Mm{TArch}, ulong, ulong)"/>.</returns>
    /// <exception cref="ArgumentException">The region is part of no address space any more, or the range is empty, not aligned or leaves the region.</exception>
    /// <exception cref="InvalidOperationException">The mmap lock is not held, or the walker is walking already.</exception>
    [MayBlock]
    public int Walk(Vma<TArch> vma, ulong start, ulong end)
    {
        ArgumentNullException.ThrowIfNull(vma);
        vma.Mm.MmapLock.AssertHeld("Walking page tables");
        if (vma.IsDetached)
            throw new ArgumentException("The region is no longer part of its address space.", nameof(vma));
        Check(start, end, vma.End);
        if (start < vma.Start)
            throw new ArgumentOutOfRangeException(nameof(start), $"0x{start:x}", $"The range must lie in the region {vma}.");
        Begin(vma.Mm);
        try
        {
            Vma = vma;
            return Region(start, end);
        }
        finally
        {
            End();
        }
    }

    private void Begin(Mm<TArch> mm)
    {
        mm.MmapLock.AssertHeld("Walking page tables");
        if (_mm is not null)
            throw new InvalidOperationException("The walker is walking already: one instance serves one walk at a time.");
        _mm = mm;
    }

    private void End()
    {
        _mm = null;
        Vma = null;
        Action = WalkAction.SubTree;
    }

    private static void Check(ulong start, ulong end, ulong limit)
    {
        ulong page = 1UL << TArch.PageShift;
        if ((start & (page - 1)) != 0)
            Throw.NotAligned(nameof(start), start, page);
        if ((end & (page - 1)) != 0)
            Throw.NotAligned(nameof(end), end, page);
        if (end <= start || end > limit)
            throw new ArgumentOutOfRangeException(nameof(end), $"0x{end:x}", $"The range must not be empty, and ends at 0x{limit:x} at the latest.");
    }
}
