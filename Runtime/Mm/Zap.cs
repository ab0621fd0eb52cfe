using System.Runtime.CompilerServices;
using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>Takes pages out of page tables.</summary>
internal static unsafe class Zap
{
    private const int Batch = 256;

    /// <summary>
    /// Empties every entry of a range of a region and drops the pages; also removes the tables that this empties, if asked
    /// to. The mmap lock is held, for reading or writing.
    /// </summary>
    [MayBlock]
    public static void Range<TArch>(Vma<TArch> vma, ulong start, ulong end, bool reclaim = false)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        for (ulong addr = start, next; addr < end; addr = next)
        {
            Pmd<TArch>* pmd = MmFindPmd(vma.Mm, addr, out next);
            next = Math.Min(next, end);
            if (pmd is not null)
                Directory(vma, pmd, addr, next, reclaim && next - addr == 1UL << TArch.PmdShift);
        }
    }

    /// <summary>What one pmd entry covers. It may turn from table to huge page to nothing while this works, so each failure looks again.</summary>
    private static void Directory<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong start, ulong end, bool reclaim)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        for (ulong addr = start; addr < end;)
        {
            Pmd<TArch> pmd = PmdpGetLockless(pmdp);
            if (pmd.IsNone)
                return;
            if (HugePage.IsHuge(pmd) && end - start == 1UL << TArch.PmdShift)
                HugePage.TryZap(vma, pmdp, start);
            else if (HugePage.IsHuge(pmd))
                HugePage.Split(vma, pmdp, start & ~((1UL << TArch.PmdShift) - 1));
            else if (pmd.IsSwap)
                DropSwap(vma.Mm, pmdp, pmd);
            else
                addr = Table(vma, pmdp, addr, end, reclaim);
        }

        // What the last pass could not prove empty is looked over under both locks.
        if (reclaim && !PmdpGetLockless(pmdp).IsNone)
            TryReclaimPteTable(vma.Mm, pmdp);
    }

    /// <summary>
    /// Some entries of a table; returns where it got to, which is where it began if there was no table. A table that is
    /// emptied in one pass is detached at the end of it, before the lock is released.
    /// </summary>
    [SkipLocalsInit]
    private static ulong Table<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong addr, ulong end, bool reclaim)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pte<TArch>* start = PteOffsetMapLock(vma.Mm, pmdp, addr, out PtLock ptl);
        if (start is null)
            return addr;

        ulong begin = addr;
        ulong* frames = stackalloc ulong[Batch];
        int gathered = 0;
        bool flush = false;
        for (Pte<TArch>* ptep = start; addr < end && gathered < Batch; addr += 1UL << TArch.PageShift, ptep++)
        {
            Pte<TArch> pte = PtepGet(ptep);
            if (pte.IsNone)
                continue;
            if (!pte.IsPresent)
            {
                PteClear(vma.Mm, addr, ptep);
                vma.Mm.FreeSwap(pte);
                continue;
            }

            pte = PtepGetAndClear(vma.Mm, addr, ptep);
            flush = true;
            if (!IsCounted(pte))
                continue;
            if (pte.IsDirty)
                pte.Page.MarkDirty();
            frames[gathered++] = pte.Page.Frame;
        }

        // Before the lock is released, and before a page can be used for something else.
        if (flush)
            FlushTlbRange(vma, begin, addr);
        bool whole = begin == addr - (1UL << TArch.PmdShift) || !Defence.Holds(Defence.RescanAfterPause);
        Pgtable detached = reclaim && addr == end && whole ? TryDetachLocked(vma.Mm, pmdp, ptl) : default;
        PteUnmapUnlock(start, ptl);
        if (!detached.IsNull)
            PteFreeDefer(vma.Mm, detached);
        Checkpoint.Hit(Checkpoint.ZapPaused);
        for (int i = 0; i < gathered; i++)
            new Page(frames[i]).Put();
        return addr;
    }

    /// <summary>Whether an entry owns a reference to its page: frames outside the arenas are somebody else's.</summary>
    public static bool IsCounted<TArch>(Pte<TArch> pte)
        where TArch : unmanaged, IArchitecture<TArch>
        => !pte.IsSpecial && pte.Page.IsInArena;

    private static void DropSwap<TArch>(Mm<TArch> mm, Pmd<TArch>* pmdp, Pmd<TArch> seen)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        PtLock pml = PmdLock(mm, pmdp);
        if (PmdSame(PmdpGet(pmdp), seen))
            PmdClear(pmdp);
        pml.Exit();
    }
}
