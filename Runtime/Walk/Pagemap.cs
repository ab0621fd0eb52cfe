using static PteGuard.PageTable;

namespace PteGuard;

public sealed unsafe partial class Mm<TArch>
{
    /// <summary>What is at an address, as <c>/proc/pid/pagemap</c> says it. Takes the mmap lock for reading.</summary>
    /// <param name="addr">A virtual address, in bytes. All bits are 0 where there is no region.</param>
    /// <exception cref="ArgumentOutOfRangeException">The address is not one that regions may use.</exception>
    [MayBlock]
    public PagemapEntry Pagemap(ulong addr)
    {
        PagemapEntry entry = default;
        Pagemap(addr & ~((1UL << TArch.PageShift) - 1), new Span<PagemapEntry>(ref entry));
        return entry;
    }

    /// <summary>As <see cref="Pagemap(ulong)"/>, for consecutive pages. The answer is no snapshot: each page is looked at by itself.</summary>
    /// <param name="addr">Where, in bytes, a multiple of the page size.</param>
    /// <param name="entries">An entry for each page.</param>
    /// <exception cref="ArgumentException">The address is not aligned, or the range is empty or leaves the addresses for regions.</exception>
    [MayBlock]
    public void Pagemap(ulong addr, Span<PagemapEntry> entries)
    {
        ulong size = CheckedLength(addr, (ulong)entries.Length << TArch.PageShift);
        fixed (PagemapEntry* answers = entries)
            WalkRead(new PagemapWalker<TArch>(answers, addr), addr, addr + size, holesAllowed: true);
    }
}

/// <summary>Writes an entry for each page.</summary>
internal sealed unsafe class PagemapWalker<TArch>(PagemapEntry* answers, ulong start) : PageWalker<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private bool IsNewRegion => Vma is { } vma && (vma.Flags & VmFlags.SoftDirty) != 0;

    protected override int PteHole(ulong addr, ulong nextAddr)
    {
        for (; addr < nextAddr; addr += 1UL << TArch.PageShift)
            Answer(addr) = PagemapEntry.Nothing(IsNewRegion);
        return 0;
    }

    protected override int PudEntry(Pud<TArch>* pudp, ulong addr, ulong nextAddr)
    {
        Pud<TArch> pud = PudpGet(pudp);
        if (!pud.IsPresent || !pud.IsLeaf)
            return 0;
        ulong pfn = pud.Pfn + ((addr & ((1UL << TArch.PudShift) - 1)) >> TArch.PageShift);
        for (; addr < nextAddr; addr += 1UL << TArch.PageShift)
            Answer(addr) = PagemapEntry.Present(pfn++, IsNewRegion, exclusive: false, uffdWp: false);
        return 0;
    }

    protected override int PmdEntry(Pmd<TArch>* pmdp, ulong addr, ulong nextAddr)
    {
        if (!IsWhole(PmdpGetLockless(pmdp)))
            return 0;

        // With the lock the page is not dropped while its references are counted.
        PtLock pml = PmdLock(Mm, pmdp);
        Pmd<TArch> pmd = PmdpGet(pmdp);
        bool whole = IsWhole(pmd);
        if (whole)
            Huge(pmd, addr, nextAddr);
        pml.Exit();
        Action = whole ? WalkAction.Continue : WalkAction.Again;
        return 0;
    }

    protected override int PteEntry(Pte<TArch>* ptep, ulong addr, ulong nextAddr)
    {
        Pte<TArch> pte = PtepGet(ptep);
        if (pte.IsNone)
            Answer(addr) = PagemapEntry.Nothing(IsNewRegion);
        else if (pte.IsPresent)
            Answer(addr) = PagemapEntry.Present(pte.Pfn, pte.IsSoftDirty || IsNewRegion, Zap.IsCounted(pte) && pte.Page.RefCount == 1, pte.IsUffdWp);
        else
            Answer(addr) = PagemapEntry.Swapped(pte.ToSwpEntry(), pte.IsSwpSoftDirty || IsNewRegion, pte.IsSwpExclusive, pte.IsSwpUffdWp);
        return 0;
    }

    private static bool IsWhole(Pmd<TArch> pmd) => pmd.IsSwap || HugePage.IsHuge(pmd);

    private void Huge(Pmd<TArch> pmd, ulong addr, ulong nextAddr)
    {
        ulong skipped = (addr & ((1UL << TArch.PmdShift) - 1)) >> TArch.PageShift;
        ulong marks = TArch.PmdToPte(pmd.Value);
        bool exclusive = pmd.IsTransHuge && pmd.Page.IsInArena && pmd.Page.RefCount == 1;
        for (; addr < nextAddr; addr += 1UL << TArch.PageShift, skipped++)
        {
            Answer(addr) = pmd.IsSwap
                ? PagemapEntry.Swapped(pmd.ToSwpEntry() with { Offset = pmd.ToSwpEntry().Offset + skipped }, TArch.SwapIsSoftDirty(pmd.Value) || IsNewRegion, exclusive: false, TArch.SwapIsUffdWp(pmd.Value))
                : PagemapEntry.Present(pmd.Pfn + skipped, TArch.PteIsSoftDirty(marks) || IsNewRegion, exclusive, TArch.PteIsUffdWp(marks));
        }
    }

    private ref PagemapEntry Answer(ulong addr) => ref answers[(addr - start) >> TArch.PageShift];
}
