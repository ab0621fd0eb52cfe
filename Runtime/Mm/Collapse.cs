using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>Small pages become a huge one. The order of steps is what keeps those from losing who touch the pages without the mmap lock.</summary>
internal readonly unsafe ref struct Collapse<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private readonly ulong _addr;
    private readonly int _maxNone;

    public Collapse(ulong addr, int maxNone)
    {
        _addr = addr;
        _maxNone = Math.Min(maxNone, TArch.PtrsPerPte - 1);
    }

    /// <summary>Whether it is worth allocating. The mmap lock is held for reading; what is found may be different the next moment.</summary>
    public CollapseResult Scan(Mm<TArch> mm, Vma<TArch>? vma)
    {
        CollapseResult result = Find(mm, vma, out Pmd<TArch>* pmdp);
        if (result != CollapseResult.Succeeded)
            return result;
        Pte<TArch>* first = PteOffsetMapLock(mm, pmdp, _addr, out PtLock ptl);
        if (first is null)
            return CollapseResult.NotMapped;
        result = CollapseScan.Judge(first, _maxNone);
        PteUnmapUnlock(first, ptl);
        return result;
    }

    /// <summary>Puts a huge page in the place of a table. The mmap lock is held for writing.</summary>
    public CollapseResult Replace(Mm<TArch> mm, Vma<TArch>? vma, Page huge)
    {
        CollapseResult result = Find(mm, vma, out Pmd<TArch>* pmdp);
        if (result != CollapseResult.Succeeded)
            return result;

        // From here on neither hardware nor who walks without a lock gets to the pages: the one is flushed out, and the
        // others look at the pmd again after they have taken a reference. So what is counted after this is all there is.
        PtLock pml = PmdLock(mm, pmdp);
        Pmd<TArch> table = PmdpGet(pmdp);
        if (!IsTable(table))
        {
            pml.Exit();
            return CollapseResult.NotMapped;
        }

        PmdpHugeClearFlush(vma!, _addr, pmdp);
        TArch.PmdpGetLocklessSync();
        pml.Exit();

        // The copy is private: the table is found from it and from nothing else.
        Pmd<TArch> copy = table;
        Pte<TArch>* first = PteOffsetMapLock(mm, &copy, _addr, out PtLock ptl);
        if (first is null)
            throw new InvalidOperationException($"The page table 0x{table.Value:x} was replaced while the mmap lock was held for writing.");
        result = CollapseScan.Judge(first, _maxNone);
        if (result == CollapseResult.Pinned && !Defence.Holds(Defence.CountDetached))
            result = CollapseResult.Succeeded;
        PteUnmapUnlock(first, ptl);

        if (result == CollapseResult.Succeeded)
        {
            Checkpoint.Hit(Checkpoint.CollapseCounted);
            CopyPages(table, huge);
            DropPages(mm, &copy);
        }

        Install(vma!, pmdp, table.Table, huge, result == CollapseResult.Succeeded);
        return result;
    }

    private CollapseResult Find(Mm<TArch> mm, Vma<TArch>? vma, out Pmd<TArch>* pmdp)
    {
        pmdp = null;
        if (vma is null)
            return CollapseResult.NoRegion;
        if (vma.Memory is not null || (vma.Flags & VmFlags.Shared) != 0)
            return CollapseResult.NotAnonymous;
        if ((vma.Flags & VmFlags.NoHugePage) != 0)
            return CollapseResult.NotWanted;
        if (vma.Userfault is not null)
            return CollapseResult.Userfault;
        pmdp = MmFindPmd(mm, _addr);
        if (pmdp is null)
            return CollapseResult.NotMapped;
        Pmd<TArch> pmd = PmdpGetLockless(pmdp);
        return IsTable(pmd) ? CollapseResult.Succeeded
            : !pmd.IsNone && HugePage.IsHuge(pmd) ? CollapseResult.AlreadyHuge
            : CollapseResult.NotMapped;
    }

    private static bool IsTable(Pmd<TArch> pmd)
        => !pmd.IsNone && !pmd.IsMigration && !HugePage.IsHuge(pmd) && !pmd.IsBad && pmd.Table.IsInArena;

    /// <summary>The huge page is zero where there is nothing to copy.</summary>
    [UnpublishedTable]
    private static void CopyPages(Pmd<TArch> copy, Page huge)
    {
        int size = 1 << TArch.PageShift;
        byte* target = KmapLocalPage<byte>(huge);
        Pte<TArch>* first = PteOffsetKernel(&copy, 0);
        for (int i = 0; i < TArch.PtrsPerPte; i++)
        {
            Pte<TArch> pte = PtepGet(first + i);
            if (pte.IsNone)
                continue;
            byte* source = KmapLocalPage<byte>(pte.Page);
            new ReadOnlySpan<byte>(source, size).CopyTo(new Span<byte>(target + ((long)i << TArch.PageShift), size));
            KunmapLocal(source);
        }

        KunmapLocal(target);
    }

    /// <summary>Empties the detached table, which who found it earlier may still lock, and lets go of what it mapped.</summary>
    private void DropPages(Mm<TArch> mm, Pmd<TArch>* copy)
    {
        Pte<TArch>* first = PteOffsetMapLock(mm, copy, _addr, out PtLock ptl);
        if (first is null)
            return;
        Pte<TArch>* ptep = first;
        for (int i = 0; i < TArch.PtrsPerPte; i++, ptep++)
        {
            if (PtepGet(ptep).IsNone)
                continue;
            PtepGetAndClear(mm, _addr + ((ulong)i << TArch.PageShift), ptep).Page.Put();
        }

        PteUnmapUnlock(first, ptl);
    }

    /// <summary>The huge page, with the table laid by for it; or the table as it was.</summary>
    private void Install(Vma<TArch> vma, Pmd<TArch>* pmdp, Pgtable table, Page huge, bool collapsed)
    {
        PtLock pml = PmdLock(vma.Mm, pmdp);
        if (collapsed)
        {
            // Dirty, since it was written: by the copying. A store after all earlier ones, so who sees the entry sees the contents.
            PgtableTransHugeDeposit(vma.Mm, pmdp, table);
            SetPmdAt(vma.Mm, _addr, pmdp, HugePage.MkEntry(vma, huge).MkYoung().MkDirty());
        }
        else
        {
            PmdPopulate(vma.Mm, pmdp, table);
        }

        pml.Exit();
    }
}
