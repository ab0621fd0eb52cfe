using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>The way down, level by level. A folded level costs one turn of its loop.</summary>
public abstract unsafe partial class PageWalker<TArch>
{
    private int Region(ulong start, ulong end)
    {
        int test = TestWalk(Vma!, start, end);
        if (test != 0)
            return Math.Min(test, 0);

        int result = 0;
        for (ulong addr = start, next; addr < end && result == 0; addr = next)
        {
            Pgd<TArch>* pgdp = PgdOffset(Mm, addr);
            next = PgdAddrEnd(pgdp, addr, end);
            Pgd<TArch> pgd = PgdpGet(pgdp);
            result = !pgd.IsPresent || pgd.IsBad ? PteHole(addr, next) : P4dLevel(pgdp, addr, next);
        }

        return result;
    }

    private int P4dLevel(Pgd<TArch>* pgdp, ulong start, ulong end)
    {
        int result = 0;
        for (ulong addr = start, next; addr < end && result == 0; addr = next)
        {
            P4d<TArch>* p4dp = P4dOffset(pgdp, addr);
            next = P4dAddrEnd(p4dp, addr, end);
            P4d<TArch> p4d = P4dpGet(p4dp);
            result = !p4d.IsPresent || p4d.IsBad ? PteHole(addr, next) : PudLevel(p4dp, addr, next);
        }

        return result;
    }

    private int PudLevel(P4d<TArch>* p4dp, ulong start, ulong end)
    {
        int result = 0;
        for (ulong addr = start, next; addr < end && result == 0; addr = next)
        {
            Pud<TArch>* pudp = PudOffset(p4dp, addr);
            next = PudAddrEnd(pudp, addr, end);
            do
            {
                Action = WalkAction.SubTree;
                result = TArch.IsPmdFolded ? PmdLevel((Pmd<TArch>*)pudp, addr, next) : PudDispatch(pudp, addr, next);
            }
            while (result == 0 && Action == WalkAction.Again);
        }

        return result;
    }

    private int PudDispatch(Pud<TArch>* pudp, ulong addr, ulong next)
    {
        if (PudpGet(pudp).IsNone)
            return PteHole(addr, next);
        int result = PudEntry(pudp, addr, next);
        if (result != 0 || Action != WalkAction.SubTree)
            return result;

        // Read after the class had its turn: it may have changed the entry.
        Pud<TArch> pud = PudpGet(pudp);
        if (pud.IsNone)
            return PteHole(addr, next);
        if (!pud.IsPresent || pud.IsLeaf || pud.IsBad)
            return 0;

        // The table that this snapshot refers to: a second read could find a huge page.
        var table = (Pmd<TArch>*)PhysicalMemory.ToPointer(TArch.PudTableAddress(pud.Value));
        return PmdLevel(table + ((addr >> TArch.PmdShift) & (ulong)(TArch.PtrsPerPmd - 1)), addr, next);
    }

    private int PmdLevel(Pmd<TArch>* pmdp, ulong start, ulong end)
    {
        int result = 0;
        for (ulong addr = start, next; addr < end && result == 0; addr = next, pmdp++)
        {
            next = PmdAddrEnd(pmdp, addr, end);
            do
            {
                Action = WalkAction.SubTree;
                result = PmdDispatch(pmdp, addr, next);
            }
            while (result == 0 && Action == WalkAction.Again);
        }

        // An Again of the last pmd is done with; the pud above must not take it for its own.
        Action = WalkAction.SubTree;
        return result;
    }

    private int PmdDispatch(Pmd<TArch>* pmdp, ulong addr, ulong next)
    {
        if (PmdpGetLockless(pmdp).IsNone)
            return PteHole(addr, next);
        int result = PmdEntry(pmdp, addr, next);
        if (result != 0 || Action != WalkAction.SubTree)
            return result;

        Pmd<TArch> pmd = PmdpGetLockless(pmdp);
        if (HugePage.IsHuge(pmd))
        {
            if (!SplitsHugePages)
                return 0;
            HugePage.Split(Vma!, pmdp, addr & ~((1UL << TArch.PmdShift) - 1));
            Action = WalkAction.Again;
            return 0;
        }

        return pmd.IsSwap ? 0 : PteLevel(pmdp, addr, next);
    }

    private int PteLevel(Pmd<TArch>* pmdp, ulong start, ulong end)
    {
        Pte<TArch>* first = PteOffsetMapLock(Mm, pmdp, start, out PtLock ptl);
        if (first is null)
        {
            Action = WalkAction.Again;
            return 0;
        }

        ulong addr = start;
        try
        {
            int result = 0;
            for (Pte<TArch>* ptep = first; addr < end && result == 0; addr += 1UL << TArch.PageShift, ptep++)
                result = PteEntry(ptep, addr, addr + (1UL << TArch.PageShift));

            // What an entry's method sets is not for the walk: the table was gone through.
            Action = WalkAction.SubTree;
            return result;
        }
        finally
        {
            PteTableEnd(start, addr);
            PteUnmapUnlock(first, ptl);
        }
    }
}
