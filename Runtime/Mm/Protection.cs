using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>Gives the pages of a range the protection that their region now has.</summary>
internal static unsafe class Protection
{
    /// <summary>The mmap lock is held for writing.</summary>
    [MayBlock]
    public static void Change<TArch>(Vma<TArch> vma, ulong start, ulong end)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        var flushes = new TlbBatch<TArch>(vma);
        for (ulong addr = start, next; addr < end; addr = next)
        {
            Pmd<TArch>* pmd = MmFindPmd(vma.Mm, addr, out next);
            next = Math.Min(next, end);
            if (pmd is null)
                continue;
            while (!TryDirectory(vma, pmd, addr, next, ref flushes))
            {
            }
        }

        flushes.Flush();
    }

    /// <summary>False: the pmd changed meanwhile, or was split; look again.</summary>
    private static bool TryDirectory<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong start, ulong end, ref TlbBatch<TArch> flushes)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pmd<TArch> pmd = PmdpGetLockless(pmdp);
        if (pmd.IsNone || pmd.IsSwap)
            return true;
        if (HugePage.IsHuge(pmd) && end - start == 1UL << TArch.PmdShift)
            return HugePage.TryProtect(vma, pmdp, start);
        if (HugePage.IsHuge(pmd))
        {
            HugePage.Split(vma, pmdp, start & ~((1UL << TArch.PmdShift) - 1));
            return false;
        }

        Pte<TArch>* first = PteOffsetMapLock(vma.Mm, pmdp, start, out PtLock ptl);
        if (first is null)
            return false;
        Pte<TArch>* ptep = first;
        for (ulong addr = start; addr < end; addr += 1UL << TArch.PageShift, ptep++)
        {
            if (!PtepGet(ptep).IsPresent)
                continue;
            Pte<TArch> old = PtepModifyProtStart(vma, addr, ptep);
            PtepModifyProtCommit(vma, addr, ptep, old, WriteTracking.Guard(old.Modify(vma.PageProt)));
        }

        flushes.Add(start, end);
        PteUnmapUnlock(first, ptl);
        return true;
    }
}
