using PteGuard;

namespace Legacy.Kernel;

/// <summary>Copies a process. The pages are shared until one of the two writes.</summary>
internal static unsafe class Fork
{
    public static Process Run(Process parent)
    {
        Process child = new(parent.Arena, parent.Swap);
        foreach (Region region in parent.Regions)
        {
            child.AddRegion(region.Name, region.Start, region.Pages, region.Writable);
            for (ulong next, address = region.Start; address != region.End; address = next)
            {
                next = Layout.End(address, region.End, Layout.PmdSize);
                Pmd* source = parent.FindPmd(address);
                if (source == null || source->IsNone)
                    continue;

                Pmd* target = PmdAllocWalk(child.Mm, address);
                if (target == null || CopyTable(child, parent, target, source, address, next) != VmFault.None)
                    throw new InsufficientMemoryException("no memory for the page tables of the child");
            }
        }

        FlushTlbMm(parent.Mm);
        return child;
    }

    private static VmFault CopyTable(Process child, Process parent, Pmd* target, Pmd* source, ulong address, ulong end)
    {
        Pte* dst = PteAllocMapLock(child.Mm, target, address, out PtLock dstLock);
        if (dst == null)
            return VmFault.Oom;

        Pte* src = PteOffsetMap(source, address);
        PtLock srcLock = PteLockptr(parent.Mm, source);
        srcLock.Enter();

        int count = (int)((end - address) / Layout.PageSize);
        for (int i = 0; i < count; i++)
        {
            if (src[i].IsNone)
                continue;
            if (src[i].IsPresent)
                CopyPresent(dst + i, src + i);
            else
                CopySwapped(dst + i, src + i, parent.Swap);
        }

        srcLock.Exit();
        PteUnmap(src);
        PteUnmapUnlock(dst, dstLock);
        return VmFault.None;
    }

    private static void CopyPresent(Pte* dst, Pte* src)
    {
        if (src->IsWritable)
            *src = src->Wrprotect();
        src->Page.Get();
        *dst = src->MkOld();
    }

    private static void CopySwapped(Pte* dst, Pte* src, Swap swap)
    {
        swap.Get(src->ToSwpEntry());
        *dst = *src;
    }
}
