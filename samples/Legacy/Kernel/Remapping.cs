using PteGuard;

namespace Legacy.Kernel;

/// <summary>Moves a region to other addresses (<c>mremap</c>): its entries move, its pages stay.</summary>
internal static unsafe class Remapping
{
    public static Region Move(Process process, Region region, ulong target)
    {
        Region moved = region with { Start = target, End = target + (region.End - region.Start) };
        for (ulong next, address = region.Start; address != region.End; address = next)
        {
            // Neither side may cross into its next table.
            ulong to = address - region.Start + target;
            ulong length = Layout.End(address, region.End, Layout.PmdSize) - address;
            length = Math.Min(length, Layout.End(to, moved.End, Layout.PmdSize) - to);
            next = address + length;

            Pmd* oldPmd = process.FindPmd(address);
            if (oldPmd == null || oldPmd->IsNone)
                continue;

            Pmd* newPmd = PmdAllocWalk(process.Mm, to);
            if (newPmd == null || !PteAlloc(process.Mm, newPmd))
                throw new InsufficientMemoryException("no memory for the page tables of the new place");

            MoveEntries(process.Mm, oldPmd, address, newPmd, to, length);
        }

        FlushTlbMm(process.Mm);
        process.Replace(region, moved);
        return moved;
    }

    private static void MoveEntries(Mm mm, Pmd* oldPmd, ulong from, Pmd* newPmd, ulong to, ulong length)
    {
        Pte* oldPte = PteOffsetMapLock(mm, oldPmd, from, out PtLock oldLock);
        Pte* newPte = PteOffsetMap(newPmd, to);
        PtLock newLock = PteLockptr(mm, newPmd);
        if (newLock != oldLock)
            newLock.Enter();

        for (ulong done = 0; done < length; done += Layout.PageSize)
        {
            ulong i = done / Layout.PageSize;
            if (oldPte[i].IsNone)
                continue;
            newPte[i] = oldPte[i];
            oldPte[i] = Pte.None;
        }

        if (newLock != oldLock)
            newLock.Exit();
        PteUnmap(newPte);
        PteUnmapUnlock(oldPte, oldLock);
    }
}
