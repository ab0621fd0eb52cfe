using PteGuard;

namespace Legacy.Kernel;

/// <summary>Changes what may be done with a region (<c>mprotect</c>).</summary>
internal static unsafe class Protection
{
    /// <summary>Returns how many entries changed.</summary>
    public static int Protect(Process process, Region region, bool writable)
    {
        process.Replace(region, region with { Writable = writable });

        int changed = 0;
        for (ulong next, address = region.Start; address != region.End; address = next)
        {
            next = Layout.End(address, region.End, Layout.PmdSize);
            Pmd* pmd = process.FindPmd(address);
            if (pmd != null && !pmd->IsNone)
                changed += ChangeTable(process.Mm, pmd, address, next, writable);
        }

        FlushTlbMm(process.Mm);
        return changed;
    }

    private static int ChangeTable(Mm mm, Pmd* pmd, ulong address, ulong end, bool writable)
    {
        int changed = 0;
        Pte* first = PteOffsetMapLock(mm, pmd, address, out PtLock ptl);
        for (Pte* ptep = first; address != end; address += Layout.PageSize, ptep++)
        {
            if (!ptep->IsPresent || ptep->IsWritable == writable)
                continue;

            if (!writable)
                *ptep = (*ptep).Wrprotect();
            else if (ptep->IsDirty && ptep->Page.RefCount == 1)
                *ptep = (*ptep).MkWrite();
            else
                continue; // The next write faults, and decides then.

            changed++;
        }

        PteUnmapUnlock(first, ptl);
        return changed;
    }
}
