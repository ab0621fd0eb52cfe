using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>Takes a page table away whose every entry can be found again by a fault.</summary>
internal static unsafe class Retraction
{
    /// <summary>The mmap lock is held for reading at least, and the region maps a <see cref="SharedMemory"/>.</summary>
    public static bool TryRetract<TArch>(Vma<TArch> vma, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pmd<TArch>* pmdp = MmFindPmd(vma.Mm, addr);
        if (pmdp is null)
            return false;

        // First without the pmd's lock, which faults need too: most tables that will not do are found out here.
        Pte<TArch>* first = PteOffsetMapLock(vma.Mm, pmdp, addr, out PtLock ptl);
        if (first is null)
            return false;
        bool refaultable = IsRefaultable(vma, addr, first);
        PteUnmapUnlock(first, ptl);
        if (!refaultable)
            return false;

        Checkpoint.Hit(Checkpoint.RetractScanned);
        Pgtable table = Detach(vma, addr, pmdp);
        if (table.IsNull)
            return false;
        PteFreeDefer(vma.Mm, table);
        return true;
    }

    /// <summary>Null: there is no table any more, or not one that will do. The caller frees the table.</summary>
    private static Pgtable Detach<TArch>(Vma<TArch> vma, ulong addr, Pmd<TArch>* pmdp)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        PtLock pml = PmdLock(vma.Mm, pmdp);
        Pmd<TArch> copy = PmdpGet(pmdp);
        Pte<TArch>* first = Map(vma.Mm, &copy, addr, pml, out PtLock ptl);
        if (first is null)
        {
            pml.Exit();
            return default;
        }

        // Between here and the detaching nobody can put an entry in: a private copy would be lost with the table.
        bool detach = IsRefaultable(vma, addr, first) || !Defence.Holds(Defence.RescanUnderLocks);
        if (detach)
        {
            PmdpHugeClearFlush(vma, addr, pmdp);
            TArch.PmdpGetLocklessSync();
            Empty(vma, addr, first);
        }

        if (ptl != pml)
            ptl.Exit();
        PteUnmap(first);
        pml.Exit();
        return detach ? copy.Table : default;
    }

    /// <summary>Maps and locks the table that a pmd refers to whose lock is held, and which may be the table's, too.</summary>
    [MapsEntry(Unmap = nameof(PteUnmap))]
    private static Pte<TArch>* Map<TArch>(Mm<TArch> mm, Pmd<TArch>* pmd, ulong addr, PtLock pml, out PtLock ptl)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pte<TArch>* first = PteOffsetMapNolock(mm, pmd, addr, out ptl);
        if (first is not null && ptl != pml)
            ptl.Enter();
        return first;
    }

    /// <summary>Whether a fault would bring back every entry of a table: it is empty, or maps the page of the memory that belongs there.</summary>
    private static bool IsRefaultable<TArch>(Vma<TArch> vma, ulong addr, Pte<TArch>* ptep)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        for (int i = 0; i < TArch.PtrsPerPte; i++, ptep++, addr += 1UL << TArch.PageShift)
        {
            Pte<TArch> pte = PtepGet(ptep);
            if (pte.IsNone)
                continue;
            if (!pte.IsPresent || pte.IsSpecial || pte.IsUffdWp || !vma.Memory!.IsPage(vma.MemoryIndex(addr), pte.Page))
                return false;
        }

        return true;
    }

    /// <summary>Drops what a detached table maps, so that who locks it later finds nothing. The memory has its own references, so no page is freed here.</summary>
    private static void Empty<TArch>(Vma<TArch> vma, ulong addr, Pte<TArch>* ptep)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        for (int i = 0; i < TArch.PtrsPerPte; i++, ptep++, addr += 1UL << TArch.PageShift)
        {
            if (PtepGet(ptep).IsNone)
                continue;
            Pte<TArch> pte = PtepGetAndClear(vma.Mm, addr, ptep);
            if (pte.IsDirty)
                pte.Page.MarkDirty();
            pte.Page.Put();
        }
    }
}
