using PteGuard;

namespace Legacy.Kernel;

/// <summary>Finds out which pages are in use, and writes those to swap that were not for a while.</summary>
internal sealed unsafe class Aging(Process process)
{
    /// <summary>Tables that somebody else had locked, and that were left for the next round.</summary>
    public int Skipped { get; private set; }

    /// <summary>Clears the accessed marks of a region; returns how many were set.</summary>
    public int Scan(Region region)
    {
        int young = 0;
        for (ulong next, address = region.Start; address != region.End; address = next)
        {
            next = Layout.End(address, region.End, Layout.PmdSize);
            Pmd* pmd = process.FindPmd(address);
            if (pmd == null || pmd->IsNone)
                continue;
            young += ScanTable(pmd, address, next);
        }

        FlushTlbMm(process.Mm);
        return young;
    }

    /// <summary>Writes the pages of a region to swap that were not accessed since the last scan; returns how many.</summary>
    public int Reclaim(Region region)
    {
        int reclaimed = 0;
        for (ulong address = region.Start; address != region.End; address += Layout.PageSize)
        {
            Pmd* pmd = process.FindPmd(address);
            if (pmd == null || pmd->IsNone)
                continue;
            if (TrySwapOut(pmd, address))
                reclaimed++;
        }

        FlushTlbMm(process.Mm);
        return reclaimed;
    }

    private int ScanTable(Pmd* pmd, ulong address, ulong end)
    {
        // Only a hint is wanted, so a busy table is not waited for.
        PtLock ptl = PteLockptr(process.Mm, pmd);
        if (!ptl.TryEnter())
        {
            Skipped++;
            return 0;
        }

        int young = 0;
        Pte* ptep = PteOffsetMap(pmd, address);
        for (int i = 0; i < (int)((end - address) / Layout.PageSize); i++)
        {
            if (ptep[i].IsPresent && ptep[i].IsYoung)
            {
                ptep[i] = ptep[i].MkOld();
                young++;
            }
        }

        PteUnmap(ptep);
        ptl.Exit();
        return young;
    }

    private bool TrySwapOut(Pmd* pmd, ulong address)
    {
        PtLock ptl = PteLockptr(process.Mm, pmd);
        Pte* ptep = PteOffsetMap(pmd, address);
        ptl.Enter();

        bool cold = *ptep is { IsPresent: true, IsYoung: false } && !IsShared(ptep);
        if (cold)
        {
            Page page = ptep->Page;
            *ptep = Pte.FromSwpEntry(process.Swap.Write(page));
            page.Put();
        }

        ptl.Exit();
        PteUnmap(ptep);
        return cold;
    }

    private static bool IsShared(Pte* ptep) => ptep->IsPresent && ptep->Page.RefCount > 1;
}
