using PteGuard;

namespace Legacy.Kernel;

/// <summary>Answers page faults: fresh memory, pages from swap, copies on write.</summary>
internal static unsafe class FaultHandler
{
    public static VmFault Handle(Process process, ulong address, bool write)
    {
        Region? region = process.FindRegion(address);
        if (region is null || (write && !region.Writable))
        {
            process.Faults.Refused++;
            return VmFault.SigSegv;
        }

        address &= ~(Layout.PageSize - 1);
        Pmd* pmd = PmdAllocWalk(process.Mm, address);
        if (pmd == null)
            return VmFault.Oom;
        if (pmd->IsNone)
            return Anonymous(process, region, pmd, address, write);

        Pte* ptep = PteOffsetMap(pmd, address);
        Pte entry = *ptep;
        if (!entry.IsPresent)
        {
            PteUnmap(ptep);
            return entry.IsNone
                ? Anonymous(process, region, pmd, address, write)
                : SwapIn(process, region, pmd, address, entry);
        }

        PtLock ptl = PteLockptr(process.Mm, pmd);
        ptl.Enter();
        if (!PteSame(*ptep, entry))
        {
            PteUnmapUnlock(ptep, ptl);
            return VmFault.None;
        }

        if (write && !ptep->IsWritable)
            return CopyOnWrite(process, region, pmd, address, ptep, ptl);

        *ptep = write ? (*ptep).MkYoung().MkDirty() : (*ptep).MkYoung();
        PteUnmapUnlock(ptep, ptl);
        return VmFault.None;
    }

    private static VmFault Anonymous(Process process, Region region, Pmd* pmd, ulong address, bool write)
    {
        if (!process.Arena.TryAllocPage(out Page page))
            return VmFault.Oom;

        Pte* ptep = PteAllocMapLock(process.Mm, pmd, address, out PtLock ptl);
        if (ptep == null)
        {
            page.Put();
            return VmFault.Oom;
        }

        if (ptep->IsNone)
        {
            *ptep = Entries.Of(page, region, write);
            process.Faults.Zeroed++;
        }
        else
        {
            page.Put();
        }

        PteUnmapUnlock(ptep, ptl);
        return VmFault.None;
    }

    private static VmFault SwapIn(Process process, Region region, Pmd* pmd, ulong address, Pte entry)
    {
        if (!process.Arena.TryAllocPage(out Page page))
            return VmFault.Oom;

        SwpEntry slot = entry.ToSwpEntry();
        process.Swap.Read(slot, page);
        try
        {
            Pte* ptep = PteOffsetMapLock(process.Mm, pmd, address, out PtLock ptl);
            if (PteSame(*ptep, entry))
            {
                page.Get();
                *ptep = Entries.Of(page, region, write: false);
                process.Swap.Put(slot);
                process.Faults.SwappedIn++;
            }

            PteUnmapUnlock(ptep, ptl);
            return VmFault.None;
        }
        finally
        {
            page.Put();
        }
    }

    /// <summary>Called with the entry mapped and locked; it is neither when this returns.</summary>
    private static VmFault CopyOnWrite(Process process, Region region, Pmd* pmd, ulong address, Pte* ptep, PtLock ptl)
    {
        Pte old = *ptep;
        Page page = old.Page;
        if (page.RefCount == 1)
        {
            *ptep = ptep->MkWrite().MkDirty().MkYoung();
            PteUnmapUnlock(ptep, ptl);
            process.Faults.Reused++;
            return VmFault.None;
        }

        page.Get();
        PteUnmapUnlock(ptep, ptl);

        Page spare = process.Arena.AllocPage();
        Buffer.MemoryCopy(page.Pointer, spare.Pointer, Layout.PageSize, Layout.PageSize);
        try
        {
            ptep = PteOffsetMapLock(process.Mm, pmd, address, out ptl);
            if (PteSame(*ptep, old))
            {
                *ptep = Entries.Of(spare, region, write: true);
                FlushTlbMm(process.Mm);
                spare = page;
                process.Faults.Copied++;
            }

            PteUnmapUnlock(ptep, ptl);
            return VmFault.None;
        }
        finally
        {
            spare.Put();
            page.Put();
        }
    }
}
