using System.Numerics;

namespace PteGuard;

public static unsafe partial class PageTable
{
    /// <summary>The p4d entry for an address, in a table that is allocated if need be (<c>p4d_alloc</c>). Null: no memory.</summary>
    /// <param name="mm">The address space; its mmap lock is held.</param>
    /// <param name="pgd">The live entry for the address.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    [MayBlock]
    public static P4d<TArch>* P4dAlloc<TArch>(Mm<TArch> mm, [ReadsEntry, WritesEntry] Pgd<TArch>* pgd, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (PgdpGet(pgd).IsNone)
        {
            if (!TryAllocTable(mm, TArch.PtrsPerP4d, TArch.NoneP4d, out Page table))
                return null;
            mm.PageTableLock.Enter();
            bool empty = PgdpGet(pgd).IsNone;
            if (empty)
                SetPgd(pgd, new Pgd<TArch>(TArch.MakePgdTable(table.Address)));
            mm.PageTableLock.Exit();
            if (!empty)
                FreeTable(mm, table);
        }

        return P4dOffset(pgd, addr);
    }

    /// <summary>The pud entry for an address, in a table that is allocated if need be (<c>pud_alloc</c>). Null: no memory.</summary>
    /// <param name="mm">The address space; its mmap lock is held.</param>
    /// <param name="p4d">The live entry for the address.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    [MayBlock]
    public static Pud<TArch>* PudAlloc<TArch>(Mm<TArch> mm, [ReadsEntry, WritesEntry] P4d<TArch>* p4d, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (P4dpGet(p4d).IsNone)
        {
            if (!TryAllocTable(mm, TArch.PtrsPerPud, TArch.NonePud, out Page table))
                return null;
            mm.PageTableLock.Enter();
            bool empty = P4dpGet(p4d).IsNone;
            if (empty)
                SetP4d(p4d, new P4d<TArch>(TArch.MakeP4dTable(table.Address)));
            mm.PageTableLock.Exit();
            if (!empty)
                FreeTable(mm, table);
        }

        return PudOffset(p4d, addr);
    }

    /// <summary>The pmd entry for an address, in a table that is allocated if need be (<c>pmd_alloc</c>). Null: no memory.</summary>
    /// <param name="mm">The address space; its mmap lock is held.</param>
    /// <param name="pud">The live entry for the address.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <exception cref="ArgumentException">The pud maps a huge page: see <see cref="PudTransUnstable"/>.</exception>
    [MayBlock]
    public static Pmd<TArch>* PmdAlloc<TArch>(Mm<TArch> mm, [ReadsEntry, WritesEntry] Pud<TArch>* pud, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (PudpGet(pud).IsNone)
        {
            if (!TryAllocTable(mm, TArch.PtrsPerPmd, TArch.NonePmd, out Page table))
                return null;
            mm.PageTableLock.Enter();
            bool empty = PudpGet(pud).IsNone;
            if (empty)
                SetPud(pud, new Pud<TArch>(TArch.MakePudTable(table.Address)));
            mm.PageTableLock.Exit();
            if (!empty)
                FreeTable(mm, table);
        }

        return PmdOffset(pud, addr);
    }

    /// <summary>The pmd entry for an address, from the root, allocating what is missing on the way. Null: no memory, or a huge pud.</summary>
    /// <param name="mm">The address space; its mmap lock is held.</param>
    /// <param name="addr">A canonical virtual address, in bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The address is not canonical.</exception>
    [MayBlock]
    public static Pmd<TArch>* PmdAllocWalk<TArch>(Mm<TArch> mm, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        P4d<TArch>* p4d = P4dAlloc(mm, PgdOffset(mm, addr), addr);
        if (p4d is null)
            return null;
        Pud<TArch>* pud = PudAlloc(mm, p4d, addr);
        if (pud is null)
            return null;
        Pud<TArch> value = PudpGet(pud);
        return value.IsTransHuge || value.IsDevmap ? null : PmdAlloc(mm, pud, addr);
    }

    /// <summary>Sees to it that a pmd is not empty (<c>pte_alloc</c>).</summary>
    /// <param name="mm">The address space; its mmap lock is held.</param>
    /// <param name="pmd">The live entry.</param>
    /// <returns>False: no memory. True does not say that there is a table: the entry may be huge.</returns>
    [MayBlock]
    public static bool PteAlloc<TArch>(Mm<TArch> mm, [ReadsEntry, WritesEntry] Pmd<TArch>* pmd)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (!PmdpGetLockless(pmd).IsNone)
            return true;
        Pgtable table = PteAllocOne(mm);
        if (table.IsNull)
            return false;

        Checkpoint.Hit(Checkpoint.Allocated);
        PtLock pml = PmdLock(mm, pmd);
        bool empty = PmdpGet(pmd).IsNone;
        if (empty)
            PmdPopulate(mm, pmd, table);
        pml.Exit();
        if (!empty)
            PteFree(mm, table);
        return true;
    }

    /// <summary><see cref="PteAlloc"/>, then <see cref="PteOffsetMap"/>. Null: no memory, or there is no table after all: the pmd is huge.</summary>
    /// <param name="mm">The address space; its mmap lock is held.</param>
    /// <param name="pmd">The live entry.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    [MapsEntry(Unmap = nameof(PteUnmap))]
    [MayBlock]
    public static Pte<TArch>* PteAllocMap<TArch>(Mm<TArch> mm, [ReadsEntry, WritesEntry] Pmd<TArch>* pmd, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
        => PteAlloc(mm, pmd) ? PteOffsetMap(pmd, addr) : null;

    /// <summary><see cref="PteAlloc"/>, then <see cref="PteOffsetMapLock"/>. Null: no memory, or there is no table after all: the pmd is huge.</summary>
    /// <param name="mm">The address space; its mmap lock is held.</param>
    /// <param name="pmd">The live entry.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="ptl">The lock, held. <c>default</c>, and nothing held, where the result is null.</param>
    [MapsEntry(Unmap = nameof(PteUnmapUnlock), Lock = nameof(ptl), Locked = true)]
    [MayBlock]
    public static Pte<TArch>* PteAllocMapLock<TArch>(Mm<TArch> mm, [ReadsEntry, WritesEntry] Pmd<TArch>* pmd, ulong addr, out PtLock ptl)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (PteAlloc(mm, pmd))
            return PteOffsetMapLock(mm, pmd, addr, out ptl);
        ptl = default;
        return null;
    }

    /// <summary>Walks from the root, allocating what is missing, maps the pte and locks its table (<c>get_locked_pte</c>). Null: as <see cref="PteAllocMapLock"/>.</summary>
    /// <param name="mm">The address space; its mmap lock is held.</param>
    /// <param name="addr">A canonical virtual address, in bytes.</param>
    /// <param name="ptl">The lock, held. <c>default</c>, and nothing held, where the result is null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The address is not canonical.</exception>
    [MapsEntry(Unmap = nameof(PteUnmapUnlock), Lock = nameof(ptl), Locked = true)]
    [MayBlock]
    public static Pte<TArch>* GetLockedPte<TArch>(Mm<TArch> mm, ulong addr, out PtLock ptl)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ptl = default;
        Pmd<TArch>* pmd = PmdAllocWalk(mm, addr);
        return pmd is null ? null : PteAllocMapLock(mm, pmd, addr, out ptl);
    }

    /// <summary>Makes a pmd refer to a pte table (<c>pmd_populate</c>). What was written to the table is seen by whoever sees the entry.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="pmd">The live entry, whose lock is held.</param>
    /// <param name="table">The table.</param>
    public static void PmdPopulate<TArch>(Mm<TArch> mm, [WritesEntry] Pmd<TArch>* pmd, Pgtable table)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (CheckSwitch.IsOn)
            Check.Attached(table);
        SetPmd(pmd, new Pmd<TArch>(TArch.MakePmdTable(table.Address)));
    }

    /// <summary>Allocates an empty pte table for an address space (<c>pte_alloc_one</c>). A null one: no memory.</summary>
    /// <param name="mm">The address space, whose arena it comes from, and which accounts for it.</param>
    [MayBlock]
    public static Pgtable PteAllocOne<TArch>(Mm<TArch> mm)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (!HasFragments<TArch>())
            return TryAllocTable(mm, TArch.PtrsPerPte, TArch.NonePte, out Page page) ? new(page.Address) : default;
        AllocatingMayWait();
        if (!mm.TableFragments.TryAlloc(out Pgtable table))
            return default;
        if (CheckSwitch.IsOn)
            Check.Private(table, TableFragments.Bytes);
        new Span<ulong>(table.Pointer, TArch.PtrsPerPte).Fill(TArch.NonePte);
        mm.AccountTables(TableFragments.Bytes);
        return table;
    }

    internal static bool TryAllocTable<TArch>(Mm<TArch> mm, int entries, ulong none, out Page table)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        AllocatingMayWait();
        int frames = Math.Max(entries * sizeof(ulong) / PhysicalMemory.FrameSize, 1);
        if (!mm.Arena.TryAllocTable(BitOperations.Log2((uint)frames), out table))
            return false;
        if (CheckSwitch.IsOn)
            Check.Private(new(table.Address), frames * PhysicalMemory.FrameSize);
        if (none != 0)
            new Span<ulong>(table.Pointer, entries).Fill(none);
        mm.AccountTables((long)frames * PhysicalMemory.FrameSize);
        return true;
    }

    private static void AllocatingMayWait()
    {
        if (CheckSwitch.IsOn)
            CheckedThread.Current.Block("Allocating a page table");
        if (Rcu.IsReading)
            Throw.InsideMapping("Allocating a page table");
    }
}
