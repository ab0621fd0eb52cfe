namespace PteGuard;

public static unsafe partial class PageTable
{
    /// <summary>Detaches a pte table if all its entries are empty, and frees it once all who have it mapped have unmapped it (Linux 6375e95f, without its shortcut).</summary>
    /// <remarks>
    /// Needs no mmap lock: the entries are looked at under the locks of both levels, and those are not released before
    /// the table is detached. This is why a map may return null where a table was a moment ago.
    /// </remarks>
    /// <param name="mm">The address space.</param>
    /// <param name="pmd">The live entry; its lock and the table's are not held by this thread.</param>
    /// <returns>Whether there was a table, and it is detached.</returns>
    public static bool TryReclaimPteTable<TArch>(Mm<TArch> mm, [ReadsEntry, WritesEntry] Pmd<TArch>* pmd)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        PtLock pml = PmdLock(mm, pmd);
        Pmd<TArch> value = PmdpGet(pmd);
        if (value.IsNone || value.IsMigration || value.IsTransHuge || value.IsDevmap || value.IsBad || !value.Table.IsInArena)
        {
            pml.Exit();
            return false;
        }

        PtLock ptl = PteTableLock(mm, value);
        if (ptl != pml)
            ptl.Enter();
        bool empty = Cell.All(value.Table.Pointer, TArch.PtrsPerPte, TArch.NonePte);
        if (empty)
        {
            PmdClear(pmd);
            TArch.PmdpGetLocklessSync();
            FlushTlbMm(mm);
        }

        if (ptl != pml)
            ptl.Exit();
        pml.Exit();
        if (empty)
            PteFreeDefer(mm, value.Table);
        return empty;
    }
}
