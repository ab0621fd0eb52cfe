using PteGuard;

namespace Legacy.Kernel;

/// <summary>Takes regions away (<c>munmap</c>, <c>exit</c>).</summary>
internal static unsafe class Unmapping
{
    public static void Unmap(Process process, Region region)
    {
        process.Remove(region);
        for (ulong next, address = region.Start; address != region.End; address = next)
        {
            next = Layout.End(address, region.End, Layout.PmdSize);
            Pmd* pmd = process.FindPmd(address);
            if (pmd != null && !pmd->IsNone)
                ZapTable(process, pmd, address, next);
        }

        FlushTlbMm(process.Mm);
    }

    private static void ZapTable(Process process, Pmd* pmd, ulong address, ulong end)
    {
        Pte* ptep = PteOffsetMap(pmd, address);
        PtLock ptl = PteLockptr(process.Mm, pmd);
        ptl.Enter();

        int count = (int)((end - address) / Layout.PageSize);
        for (int i = 0; i < count; i++)
        {
            Pte entry = ptep[i];
            if (entry.IsNone)
                continue;

            ptep[i] = Pte.None;
            if (entry.IsPresent)
                Release(entry);
            else
                process.Swap.Put(entry.ToSwpEntry());
        }

        PteUnmapUnlock(ptep, ptl);
    }

    private static void Release(Pte entry)
    {
        if (entry.IsDirty)
            entry.Page.MarkDirty();
        entry.Page.Put();
    }
}
