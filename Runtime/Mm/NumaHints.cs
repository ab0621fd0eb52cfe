using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>Entries that forbid every access in a region that does not: whoever uses the page is found out by the fault.</summary>
internal static unsafe class NumaHints
{
    /// <summary>Marks what is of use in a range of a region, and counts it. The mmap lock is held.</summary>
    [MayBlock]
    public static long Mark<TArch>(Vma<TArch> vma, ulong start, ulong end)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (!IsOfUse(vma))
            return 0;
        long marked = 0;
        var flushes = new TlbBatch<TArch>(vma);
        for (ulong addr = start, next; addr < end; addr = next)
        {
            Pmd<TArch>* pmd = MmFindPmd(vma.Mm, addr, out next);
            next = Math.Min(next, end);
            if (pmd is not null)
                marked += Directory(vma, pmd, addr, next, ref flushes);
        }

        // No page goes away by this, so who uses one a little longer does no harm.
        flushes.Flush();
        return marked;
    }

    private static bool IsOfUse<TArch>(Vma<TArch> vma)
        where TArch : unmanaged, IArchitecture<TArch>
        => (vma.Flags & VmFlags.AccessFlags) != 0 && (vma.Flags & VmFlags.PfnMap) == 0
            && (vma.Memory is null || (vma.Flags & VmFlags.Write) != 0);

    /// <summary>What one pmd entry covers. Advisory, so what has no table by now is passed over.</summary>
    private static long Directory<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong start, ulong end, ref TlbBatch<TArch> flushes)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pmd<TArch> pmd = PmdpGetLockless(pmdp);
        if (pmd.IsNone || pmd.IsSwap)
            return 0;
        if (HugePage.IsHuge(pmd))
        {
            if (end - start != 1UL << TArch.PmdShift || !HugePage.TryHint(vma, pmdp, start))
                return 0;
            flushes.Add(start, end);
            return TArch.PtrsPerPte;
        }

        Pte<TArch>* first = PteOffsetMapLock(vma.Mm, pmdp, start, out PtLock ptl);
        if (first is null)
            return 0;
        long marked = 0;
        Pte<TArch>* ptep = first;
        for (ulong addr = start; addr < end; addr += 1UL << TArch.PageShift, ptep++)
        {
            Pte<TArch> pte = PtepGet(ptep);
            if (!pte.IsPresent || pte.IsProtNone || !Zap.IsCounted(pte) || !IsMovable(vma, pte.Page))
                continue;
            Pte<TArch> old = PtepModifyProtStart(vma, addr, ptep);
            PtepModifyProtCommit(vma, addr, ptep, old, old.Modify(Pgprot<TArch>.Of(VmFlags.None)));
            marked++;
        }

        if (marked != 0)
            flushes.Add(start, end);
        PteUnmapUnlock(first, ptl);
        return marked;
    }

    /// <summary>Whether a page could be brought to who uses it: not if others use it, too, or a device does. The entry's lock is held.</summary>
    public static bool IsMovable<TArch>(Vma<TArch> vma, Page page)
        where TArch : unmanaged, IArchitecture<TArch>
        => !vma.IsPrivate || (page.IsAnonExclusive && !page.IsMaybePinned);
}
