namespace PteGuard;

public static unsafe partial class PageTable
{
    /// <summary>Detaches a pte table if all its entries are empty, and frees it once all who have it mapped have unmapped it (Linux 6375e95f).</summary>
    /// <remarks>
    /// Needs no mmap lock: the entries are looked at under the locks of both levels, and those are not released before
    /// the table is detached. This is why a map may return null where a table was a moment ago.
    /// </remarks>
    /// <param name="mm">The address space.</param>
    /// <param name="pmd">The live entry; its lock and the table's are not held by this thread.</param>
    /// <returns>Whether there was a table, and it is detached.</returns>
    /// <exception cref="InvalidOperationException">As <see cref="FlushTlbMm"/>; nothing is changed.</exception>
    public static bool TryReclaimPteTable<TArch>(Mm<TArch> mm, [ReadsEntry, WritesEntry] Pmd<TArch>* pmd)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        RequireFlush<TArch>();
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
            Detach(mm, pmd);
        if (ptl != pml)
            ptl.Exit();
        pml.Exit();
        if (empty)
            PteFreeDefer(mm, value.Table);
        return empty;
    }

    /// <summary>
    /// Detaches a table whose lock is held since its entries were emptied, all of them: the shortcut of the above. Null: the
    /// pmd's lock, which comes before, was not to be had at once. The caller frees the table, after releasing its lock.
    /// </summary>
    internal static Pgtable TryDetachLocked<TArch>(Mm<TArch> mm, [ReadsEntry, WritesEntry] Pmd<TArch>* pmd, PtLock ptl)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        PtLock pml = PmdLockptr(mm, pmd);
        if (pml != ptl && !pml.TryEnter())
            return default;
        Pgtable table = PmdpGet(pmd).Table;
        Detach(mm, pmd);
        if (pml != ptl)
            pml.Exit();
        return table;
    }

    /// <summary>Empties a pmd that refers to a table, and waits for who is on the way down through it. Both locks are held.</summary>
    private static void Detach<TArch>(Mm<TArch> mm, [WritesEntry] Pmd<TArch>* pmd)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        PmdClear(pmd);
        TArch.PmdpGetLocklessSync();
        FlushTlbMm(mm);
    }
}
