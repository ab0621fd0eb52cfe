namespace PteGuard;

public static unsafe partial class PageTable
{
    /// <summary>Frees a pte table that nobody can be reading (<c>pte_free</c>): never installed, or withdrawn.</summary>
    /// <param name="mm">The address space that it was allocated for.</param>
    /// <param name="table">The table.</param>
    /// <exception cref="InvalidOperationException">The page is no page table, or was freed before.</exception>
    public static void PteFree<TArch>(Mm<TArch> mm, Pgtable table)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (!HasFragments<TArch>())
        {
            FreeTable(mm, table.Page);
            return;
        }

        if (!table.IsInArena || !TableFragments.IsAllocated(table) || IsDeferred(table))
            throw new InvalidOperationException($"There is no page table at {table}, or it is freed twice.");
        TableFragments.Free(table);
        mm.AccountTables(-TableFragments.Bytes);
    }

    /// <summary>Frees a pte table that was detached, once all who have it mapped have unmapped it (<c>pte_free_defer</c>, Linux 6.6).</summary>
    /// <remarks>Does not allocate and does not wait; may be called with locks held.</remarks>
    /// <param name="mm">The address space that it was allocated for.</param>
    /// <param name="table">The table; no entry refers to it any more.</param>
    /// <exception cref="InvalidOperationException">The page is no page table, or was freed before.</exception>
    public static void PteFreeDefer<TArch>(Mm<TArch> mm, Pgtable table)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (CheckSwitch.IsOn)
            Check.Detached(table);
        if (!HasFragments<TArch>())
        {
            FreeTableDefer(mm, table.Page);
            return;
        }

        DeferredFree.Add(table);
        mm.AccountTables(-TableFragments.Bytes);
    }

    /// <summary>Begins a read-side section (<c>rcu_read_lock</c>): tables seen in it stay readable until it ends. Each map is one already.</summary>
    public static void RcuReadLock() => Rcu.Enter();

    /// <summary>Ends a read-side section.</summary>
    /// <exception cref="InvalidOperationException">This thread is in none.</exception>
    public static void RcuReadUnlock() => Rcu.Leave();

    /// <summary>Waits until every mapping and read-side section that exists now has ended (<c>synchronize_rcu</c>).</summary>
    /// <exception cref="InvalidOperationException">This thread is in one, and would wait for itself.</exception>
    [MayBlock]
    public static void SynchronizeRcu() => Rcu.Synchronize();

    /// <summary>Waits until every table whose freeing was deferred is free (<c>rcu_barrier</c>).</summary>
    /// <exception cref="InvalidOperationException">This thread is in a read-side section, and would wait for itself.</exception>
    [MayBlock]
    public static void RcuBarrier() => DeferredFree.Drain();

    internal static void FreeTableDefer<TArch>(Mm<TArch> mm, Page table)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        long bytes = (long)PhysicalMemory.FrameSize << table.Order;
        DeferredFree.Add(new Pgtable(table.Address));
        mm.AccountTables(-bytes);
    }

    /// <summary>Whether pte tables are smaller than a frame, and share it.</summary>
    internal static bool HasFragments<TArch>()
        where TArch : unmanaged, IArchitecture<TArch>
        => TArch.PtrsPerPte * sizeof(ulong) < PhysicalMemory.FrameSize;

    private static bool IsDeferred(Pgtable table)
        => (Volatile.Read(ref table.Descriptor->DeferredFragments) & (1 << TableFragments.Index(table))) != 0;

    internal static void FreeTable<TArch>(Mm<TArch> mm, Page table)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        long bytes = (long)PhysicalMemory.FrameSize << table.Order;
        if (table.Descriptor->Kind != PageKind.Table || table.Descriptor->Owner != 0)
            throw new InvalidOperationException($"{table} holds no page table, or is freed twice.");
        PhysicalMemory.FindArena(table.Address)!.Free(table.Frame);
        mm.AccountTables(-bytes);
    }
}
