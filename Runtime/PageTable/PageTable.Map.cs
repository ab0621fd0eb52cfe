using System.Runtime.CompilerServices;

namespace PteGuard;

public static unsafe partial class PageTable
{
    /// <summary>
    /// Maps the pte table that a pmd refers to and points to the entry for an address (<c>pte_offset_map</c>; may fail since Linux 6.5).
    /// </summary>
    /// <remarks>
    /// The table stays readable until <see cref="PteUnmap"/>, which must follow on every path, by the same thread. It is
    /// not kept from being detached and emptied: read with <see cref="PtepGetLockless"/> and take what you read
    /// as a hint. Nothing may block while a table is mapped. Mappings nest, and end last-in first-out.
    /// </remarks>
    /// <param name="pmd">A live entry, or a private copy of one.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <returns>
    /// Null where there is no table: the entry is empty, huge, device memory, migrating, or was malformed and has been
    /// cleared. A table may be there the next moment, or be gone: look at the pmd again, or pass it over.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="pmd"/> is null.</exception>
    [MapsEntry(Unmap = nameof(PteUnmap))]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pte<TArch>* PteOffsetMap<TArch>([ReadsEntry] Pmd<TArch>* pmd, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
        => __PteOffsetMap(pmd, addr, out _);

    /// <summary>As <see cref="PteOffsetMap"/>, and takes the lock of the table: it is attached, and stays as it is until the lock is released.</summary>
    /// <remarks>
    /// After locking, the pmd is read again; if it changed, all is undone and tried anew. With a private copy as
    /// <paramref name="pmd"/> that proves nothing, and is right only for a table that nobody else can reach. End it with
    /// <see cref="PteUnmapUnlock"/>.
    /// </remarks>
    /// <param name="mm">The address space.</param>
    /// <param name="pmd">The live entry.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="ptl">The lock, held. <c>default</c>, and nothing held, where the result is null.</param>
    /// <returns>Null where there is no table, as <see cref="PteOffsetMap"/>.</returns>
    /// <exception cref="LockRecursionException">This thread holds the lock already; nothing is mapped.</exception>
    /// <exception cref="InvalidOperationException">Somebody else holds the lock, and this thread has interrupts off; nothing is mapped.</exception>
    [MapsEntry(Unmap = nameof(PteUnmapUnlock), Lock = nameof(ptl), Locked = true)]
    public static Pte<TArch>* PteOffsetMapLock<TArch>(Mm<TArch> mm, [ReadsEntry] Pmd<TArch>* pmd, ulong addr, out PtLock ptl)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        while (true)
        {
            Pte<TArch>* pte = __PteOffsetMap(pmd, addr, out Pmd<TArch> pmdval);
            if (pte is null)
            {
                ptl = default;
                return null;
            }

            ptl = PteTableLock(mm, pmdval);
            Checkpoint.Hit(Checkpoint.Mapped);
            if (!ptl.TryEnter())
                EnterOrUnmap(pte, ptl);
            if (PmdSame(pmdval, PmdpGetLockless(pmd)) || !Defence.Holds(Defence.RecheckUnderLock))
                return pte;
            PteUnmapUnlock(pte, ptl);
        }
    }

    /// <summary>As <see cref="PteOffsetMap"/>, and names the lock of the table that is mapped, without taking it.</summary>
    /// <remarks>
    /// After taking the lock, and before acting on the entry, compare it with what it was (<see cref="PteSame"/>), which
    /// must not have been empty: a table that was detached meanwhile is all empty. Where it may be, use
    /// <see cref="PteOffsetMapRwNolock"/> and compare the pmd.
    /// </remarks>
    /// <param name="mm">The address space.</param>
    /// <param name="pmd">A live entry, or a private copy of one.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="ptl">The lock of the mapped table, not held. <c>default</c> where the result is null.</param>
    /// <returns>Null where there is no table, as <see cref="PteOffsetMap"/>.</returns>
    [MapsEntry(Unmap = nameof(PteUnmap), Lock = nameof(ptl))]
    public static Pte<TArch>* PteOffsetMapNolock<TArch>(Mm<TArch> mm, [ReadsEntry] Pmd<TArch>* pmd, ulong addr, out PtLock ptl)
        where TArch : unmanaged, IArchitecture<TArch>
        => PteOffsetMapRwNolock(mm, pmd, addr, out _, out ptl);

    /// <summary>As <see cref="PteOffsetMapNolock"/>, and gives the snapshot of the pmd that the table was found from (Linux 6.13).</summary>
    /// <remarks>After taking the lock to write, test that the table is still attached: <c>PmdSame(pmdval, PmdpGetLockless(pmd))</c>.</remarks>
    /// <param name="mm">The address space.</param>
    /// <param name="pmd">A live entry.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="pmdval">The pmd as it was, also where the result is null.</param>
    /// <param name="ptl">The lock of the mapped table, not held. <c>default</c> where the result is null.</param>
    /// <returns>Null where there is no table, as <see cref="PteOffsetMap"/>.</returns>
    [MapsEntry(Unmap = nameof(PteUnmap), Lock = nameof(ptl))]
    public static Pte<TArch>* PteOffsetMapRwNolock<TArch>(Mm<TArch> mm, [ReadsEntry] Pmd<TArch>* pmd, ulong addr, out Pmd<TArch> pmdval, out PtLock ptl)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pte<TArch>* pte = __PteOffsetMap(pmd, addr, out pmdval);
        ptl = pte is null ? default : PteTableLock(mm, Defence.Holds(Defence.LockFromSnapshot) ? pmdval : PmdpGetLockless(pmd));
        return pte;
    }

    /// <summary>The map that the others are made of: <see cref="PteOffsetMap"/> with the snapshot of the pmd that it was decided from.</summary>
    /// <param name="pmd">A live entry, or a private copy of one.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="pmdval">The pmd as it was, also where the result is null.</param>
    /// <returns>Null where there is no table, as <see cref="PteOffsetMap"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pmd"/> is null.</exception>
    [MapsEntry(Unmap = nameof(PteUnmap))]
    public static Pte<TArch>* __PteOffsetMap<TArch>([ReadsEntry] Pmd<TArch>* pmd, ulong addr, out Pmd<TArch> pmdval)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (pmd is null)
            Throw.NullPointer(nameof(pmd));
        if (!TArch.HasMmu)
            Throw.NoMmu(nameof(PteOffsetMap));
        Rcu.Enter();
        TArch.PmdpGetLocklessStart();
        Pmd<TArch> seen = PmdpGetLockless(pmd);
        TArch.PmdpGetLocklessEnd();
        pmdval = seen;
        Checkpoint.Hit(Checkpoint.Snapshot);

        // The order matters: what the first four questions find is legal, and would be wiped out as bad.
        if (!seen.IsNone && !seen.IsMigration && ((!seen.IsTransHuge && !seen.IsDevmap) || !Defence.Holds(Defence.MapRefusesHuge)))
        {
            ulong table = TArch.PmdTableAddress(seen.Value);
            if (!seen.IsBad && PhysicalMemory.Contains(table))
            {
                Pte<TArch>* pte = MapTable<TArch>(table) + Index(addr, TArch.PageShift, TArch.PtrsPerPte);
                if (CheckSwitch.IsOn)
                    Check.Mapped(pte);
                return pte;
            }

            LeaveAndClear(pmd, seen);
            return null;
        }

        Rcu.Leave();
        return null;
    }

    /// <summary>The entry for an address in a table that is known to be there and to stay (<c>pte_offset_kernel</c>).</summary>
    /// <remarks>Nothing is checked, mapped or held, and nothing is to be unmapped.</remarks>
    /// <param name="pmd">An entry that refers to a table; garbage in, garbage out.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <returns>Never null.</returns>
    public static Pte<TArch>* PteOffsetKernel<TArch>([ReadsEntry] Pmd<TArch>* pmd, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pte<TArch>* pte = (Pte<TArch>*)PhysicalMemory.ToPointer(TArch.PmdTableAddress(PmdpGet(pmd).Value)) + Index(addr, TArch.PageShift, TArch.PtrsPerPte);
        if (CheckSwitch.IsOn)
            Check.Unchecked(pte);
        return pte;
    }

    /// <summary>Ends a mapping (<c>pte_unmap</c>). A table that was removed meanwhile may be freed from now on.</summary>
    /// <param name="pte">Any entry of the mapped table; after a loop that left it one past the end, <c>pte - 1</c>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="pte"/> is null: the map that returned it mapped nothing.</exception>
    /// <exception cref="InvalidOperationException">This thread has nothing mapped, or this is not its last mapping.</exception>
    [UnmapsEntry]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PteUnmap<TArch>(Pte<TArch>* pte)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (pte is null)
            Throw.NullPointer(nameof(pte));
        if (CheckSwitch.IsOn)
            Check.Unmapping(pte);
        if (TArch.HasHighPte)
            KmapLocal.Pop(pte);
        if (CheckSwitch.IsOn)
            Check.Unmapped(pte);
        Rcu.Leave();
    }

    /// <summary>Releases the lock of a mapped table, then ends the mapping (<c>pte_unmap_unlock</c>).</summary>
    /// <param name="pte">Any entry of the mapped table.</param>
    /// <param name="ptl">The lock that came with the mapping, held.</param>
    /// <exception cref="InvalidOperationException">The lock is <c>default</c>, or this thread has nothing mapped.</exception>
    /// <exception cref="SynchronizationLockException">This thread does not hold the lock.</exception>
    [UnmapsEntry(Unlock = nameof(ptl))]
    [ReleasesLock]
    public static void PteUnmapUnlock<TArch>(Pte<TArch>* pte, PtLock ptl)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (CheckSwitch.IsOn)
            Check.Unlocking(pte, ptl);
        ptl.Exit();
        PteUnmap(pte);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Pte<TArch>* MapTable<TArch>(ulong address)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        void* table = PhysicalMemory.ToPointer(address);
        if (TArch.HasHighPte)
            PushOrLeave(table);
        return (Pte<TArch>*)table;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PushOrLeave(void* table)
    {
        try
        {
            KmapLocal.Push(table);
        }
        catch (InvalidOperationException)
        {
            Rcu.Leave();
            throw;
        }
    }

    /// <summary>The report goes to code that is not ours, which may throw.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LeaveAndClear<TArch>(Pmd<TArch>* pmd, Pmd<TArch> seen)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        try
        {
            TryClearBad(pmd, seen);
        }
        finally
        {
            Rcu.Leave();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void EnterOrUnmap<TArch>(Pte<TArch>* pte, PtLock ptl)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        try
        {
            ptl.Enter();
        }
        catch
        {
            PteUnmap(pte);
            throw;
        }
    }
}
