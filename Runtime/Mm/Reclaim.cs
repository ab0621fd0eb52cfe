using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>
/// Takes one page out of an address space and leaves a swap entry. Needs no mmap lock, since reclaim comes from the
/// page and not from the address space: tables are found in a read-side section, and everything is looked at again under their lock.
/// </summary>
internal static unsafe class Reclaim
{
    [MayBlock]
    public static bool TryPage<TArch>(Vma<TArch> vma, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        addr &= ~((1UL << TArch.PageShift) - 1);
        if ((vma.Flags & (VmFlags.Shared | VmFlags.Locked)) != 0 || !TryChoose(vma, addr, out Page page))
            return false;

        bool unmapped = false;
        bool exclusive = page.IsAnonExclusive;
        if (vma.Mm.TryAllocSwap(page, out SwpEntry entry))
        {
            SwapArea<TArch> area = vma.Mm.FindSwap(entry.Type)!;
            Checkpoint.Hit(Checkpoint.Chosen);
            unmapped = TryUnmap(vma, addr, page, exclusive, area, entry);
            if (!unmapped)
                area.Free(entry.Offset);
            page.Put();
            if (unmapped)
                area.Settle(entry.Offset, page);
            return unmapped;
        }

        page.Put();
        return false;
    }

    /// <summary>The page that is mapped, with a reference.</summary>
    private static bool TryChoose<TArch>(Vma<TArch> vma, ulong addr, out Page page)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        page = default;
        bool chosen = false;
        RcuReadLock();
        try
        {
            Pmd<TArch>* pmdp = MmFindPmd(vma.Mm, addr);
            if (pmdp is not null && PmdpGetLockless(pmdp).IsTransHuge)
                HugePage.Split(vma, pmdp, addr & ~((1UL << TArch.PmdShift) - 1));
            Pte<TArch>* ptep = pmdp is null ? null : PteOffsetMap(pmdp, addr);
            if (ptep is not null)
            {
                Pte<TArch> pte = PtepGetLockless(ptep);
                page = pte.IsPresent ? pte.Page : default;
                chosen = pte.IsPresent && Zap.IsCounted(pte) && page.TryGet();
                PteUnmap(ptep);
            }
        }
        finally
        {
            RcuReadUnlock();
        }

        return chosen;
    }

    /// <summary>Replaces the entry by a swap entry if it still maps the page, and the page is not pinned.</summary>
    private static bool TryUnmap<TArch>(Vma<TArch> vma, ulong addr, Page page, bool wasExclusive, SwapArea<TArch> area, SwpEntry entry)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        bool unmapped = false;
        RcuReadLock();
        Pmd<TArch>* pmdp = MmFindPmd(vma.Mm, addr);
        Pte<TArch>* ptep = null;
        PtLock ptl = default;
        if (pmdp is not null)
            ptep = PteOffsetMapLock(vma.Mm, pmdp, addr, out ptl);
        if (ptep is not null)
        {
            Pte<TArch> pte = PtepGet(ptep);
            if (pte.IsPresent && Zap.IsCounted(pte) && pte.Page == page)
                unmapped = TryReplace(vma, addr, ptep, wasExclusive, area, entry);
            PteUnmapUnlock(ptep, ptl);
        }

        RcuReadUnlock();
        if (unmapped)
            page.Put();
        return unmapped;
    }

    /// <summary>The lock is held, and the entry maps a page.</summary>
    private static bool TryReplace<TArch>(Vma<TArch> vma, ulong addr, Pte<TArch>* ptep, bool wasExclusive, SwapArea<TArch> area, SwpEntry entry)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        // The exchange is the fence between emptying the entry and reading the pins. Who pins without the lock does both the other way round.
        Pte<TArch> old = PtepClearFlush(vma, addr, ptep);
        Page page = old.Page;
        bool exclusive = Defence.Holds(Defence.ExclusiveUnderLock) ? page.IsAnonExclusive : wasExclusive;
        if (exclusive && page.IsMaybePinned)
        {
            SetPteAt(vma.Mm, addr, ptep, old);
            return false;
        }

        page.ClearAnonExclusive();
        area.Write(entry.Offset, page);
        if (old.IsDirty)
            page.MarkDirty();

        Pte<TArch> swap = Pte<TArch>.FromSwpEntry(entry);
        if (exclusive)
            swap = swap.SwpMkExclusive();
        if (old.IsSoftDirty)
            swap = swap.SwpMkSoftDirty();
        if (old.IsUffdWp)
            swap = swap.SwpMkUffdWp();
        SetPteAt(vma.Mm, addr, ptep, swap);
        return true;
    }
}
