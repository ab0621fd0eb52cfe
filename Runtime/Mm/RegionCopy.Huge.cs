using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>One huge entry: a huge page, one that is on the move, or device memory.</summary>
internal unsafe ref partial struct RegionCopy<TArch>
{
    /// <summary>Copies a huge entry, with a table laid by for the child. False: no memory.</summary>
    /// <param name="target">The child's pmd.</param>
    /// <param name="source">The parent's pmd.</param>
    /// <param name="addr">The virtual address, aligned to the huge page.</param>
    /// <param name="copied">False where the entry must be looked at again, or be split first: it is pinned, and pages are copied one by one.</param>
    private readonly bool TryHuge(Pmd<TArch>* target, Pmd<TArch>* source, ulong addr, out bool copied)
    {
        copied = false;
        Pgtable table = PteAllocOne(_dst.Mm);
        if (table.IsNull)
            return false;

        PtLock dstLock = PmdLock(_dst.Mm, target);
        PtLock srcLock = PmdLock(_src.Mm, source);
        Pmd<TArch> pmd = PmdpGet(source);
        if (pmd.IsNone || !PmdpGet(target).IsNone)
            copied = true;
        else if (pmd.IsSwap || HugePage.IsHuge(pmd))
            copied = TryHugeEntry(target, source, addr, pmd, ref table);
        srcLock.Exit();
        dstLock.Exit();
        if (!table.IsNull)
            PteFree(_dst.Mm, table);
        return true;
    }

    /// <summary>The locks of both are held. False: the page is pinned.</summary>
    private readonly bool TryHugeEntry(Pmd<TArch>* target, Pmd<TArch>* source, ulong addr, Pmd<TArch> pmd, ref Pgtable table)
    {
        bool counted = pmd.IsTransHuge && HugePage.IsCounted(pmd);
        if (counted && _src.IsPrivate && pmd.Page.IsAnonExclusive)
        {
            if (pmd.Page.IsMaybePinned)
                return false;
            pmd.Page.ClearAnonExclusive();
        }

        // Device memory has no table laid by, and is not split.
        if (pmd.IsTransHuge || pmd.IsSwap)
        {
            PgtableTransHugeDeposit(_dst.Mm, target, table);
            table = default;
        }

        if (counted)
            pmd.Page.Get();
        if (pmd.IsMigration && _src.IsPrivate)
        {
            pmd = Pmd<TArch>.FromSwpEntry(new SwpEntry(SwpEntry.MigrationRead, pmd.ToSwpEntry().Offset));
            SetPmd(source, pmd);
        }
        else if (pmd.IsPresent)
        {
            if (_src.IsPrivate)
            {
                PmdpSetWrprotect(_src.Mm, addr, source);
                FlushTlbRange(_src, addr, addr + (1UL << TArch.PmdShift));
                pmd = pmd.Wrprotect();
            }

            pmd = pmd.MkOld();
            if (!_src.IsPrivate)
                pmd = pmd.MkClean();
        }

        SetPmd(target, pmd);
        return true;
    }
}
