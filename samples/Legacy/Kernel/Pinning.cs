using PteGuard;

namespace Legacy.Kernel;

/// <summary>Holds pages of a process in place for a device (<c>get_user_pages</c>).</summary>
internal static unsafe class Pinning
{
    /// <summary>The page at an address, with a reference for the caller; null if the process may not access it so.</summary>
    public static Page? Pin(Process process, ulong address, bool write)
    {
    again:
        Pmd* pmd = process.FindPmd(address);
        if (pmd == null || pmd->IsNone)
        {
            if (FaultHandler.Handle(process, address, write) != VmFault.None)
                return null;
            goto again;
        }

        Pte* ptep = PteOffsetMapLock(process.Mm, pmd, address, out PtLock ptl);
        if (!ptep->IsPresent || (write && !ptep->IsWritable))
        {
            PteUnmapUnlock(ptep, ptl);
            if (FaultHandler.Handle(process, address, write) != VmFault.None)
                return null;
            goto again;
        }

        Page page = ptep->Page;
        page.Get();
        if (write)
            *ptep = ptep->MkDirty();
        PteUnmapUnlock(ptep, ptl);
        return page;
    }
}
