using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>From a page to the entries that map it, where it is known at which address that would be.</summary>
internal static unsafe class PageRmap
{
    /// <summary>The mmap lock is held.</summary>
    public static bool IsMapped<TArch>(Mm<TArch> mm, ulong addr, Page page)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pmd<TArch>* pmdp = MmFindPmd(mm, addr);
        while (pmdp is not null)
        {
            Pmd<TArch> pmd = PmdpGetLockless(pmdp);
            if (pmd.IsNone)
            {
                // Who emptied it drops the page before he releases the lock.
                if (Defence.Holds(Defence.WaitForZap))
                    PmdLock(mm, pmdp).Exit();
                return false;
            }

            if (pmd.IsSwap || HugePage.IsHuge(pmd))
                return HugePage.Holds(pmd, page);
            Pte<TArch>* ptep = PteOffsetMapLock(mm, pmdp, addr, out PtLock ptl);
            if (ptep is null)
                continue;
            bool mapped = Maps(PtepGet(ptep), page);
            PteUnmapUnlock(ptep, ptl);
            return mapped;
        }

        return false;
    }

    /// <summary>Steps along the entries of a block. The mmap lock is held.</summary>
    public static bool TestAndClearYoung<TArch>(Vma<TArch> vma, ulong addr, Page page)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        bool young = false;
        Pte<TArch>* ptep = null;
        PtLock ptl = default;
        ulong frames = 1UL << (TArch.PageShift - PhysicalMemory.FrameShift);
        ulong end = Math.Min(vma.End, addr + ((ulong)PhysicalMemory.FrameSize << page.Order));
        while (addr < end)
        {
            // The next entry may be in another table, which has another lock: that of this one goes with it.
            if (ptep is not null && IsFirst<TArch>(addr) && Defence.Holds(Defence.LeaveAtTableEnd))
            {
                PteUnmapUnlock(ptep - 1, ptl);
                ptep = null;
            }

            if (ptep is null)
            {
                ptep = TryMap(vma, addr, page, ref young, out ulong next, out ptl);
                if (ptep is null)
                {
                    page = new Page(page.Frame + (((Math.Min(next, end) - addr) >> TArch.PageShift) * frames));
                    addr = next;
                    continue;
                }
            }

            if (Maps(PtepGet(ptep), page))
                young |= PtepTestAndClearYoung(vma, addr, ptep);
            ptep++;
            addr += 1UL << TArch.PageShift;
            page = new Page(page.Frame + frames);
        }

        if (ptep is not null)
            PteUnmapUnlock(ptep - 1, ptl);
        return young;
    }

    /// <summary>Maps the table for an address and locks it. Null: there is none, up to <paramref name="next"/>; a huge page has been aged.</summary>
    [MapsEntry(Unmap = nameof(PteUnmapUnlock), Lock = nameof(ptl), Locked = true)]
    private static Pte<TArch>* TryMap<TArch>(Vma<TArch> vma, ulong addr, Page page, ref bool young, out ulong next, out PtLock ptl)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ptl = default;
        Pmd<TArch>* pmdp = MmFindPmd(vma.Mm, addr, out next);
        while (pmdp is not null)
        {
            Pmd<TArch> pmd = PmdpGetLockless(pmdp);
            if (pmd.IsNone || pmd.IsSwap)
                return null;
            if (HugePage.IsHuge(pmd))
            {
                young |= HugePage.TestAndClearYoung(vma, pmdp, addr, page);
                return null;
            }

            Pte<TArch>* ptep = PteOffsetMapLock(vma.Mm, pmdp, addr, out ptl);
            if (ptep is not null)
                return ptep;
        }

        return null;
    }

    private static bool IsFirst<TArch>(ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
        => (addr & ((1UL << TArch.PmdShift) - 1)) == 0;

    private static bool Maps<TArch>(Pte<TArch> pte, Page page)
        where TArch : unmanaged, IArchitecture<TArch>
        => pte.IsPresent && !pte.IsSpecial && pte.Page == page;
}
