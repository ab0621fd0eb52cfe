using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>
/// Frees the tables that no region uses after an unmap. The mmap lock is held for writing, so nobody who holds it goes
/// down through them; who does not is inside a read-side section, and the tables wait for that.
/// </summary>
internal static unsafe class UnusedTables
{
    public static void Free<TArch>(Mm<TArch> mm, ulong start, ulong end)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        for (ulong addr = start, next; addr < end; addr = next)
        {
            Pgd<TArch>* pgd = PgdOffset(mm, addr);
            next = PgdAddrEnd(pgd, addr, end);
            Below(mm, pgd, addr, next);
        }
    }

    private static void Below<TArch>(Mm<TArch> mm, Pgd<TArch>* pgdp, ulong start, ulong end)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pgd<TArch> pgd = PgdpGet(pgdp);
        if (!pgd.IsPresent || pgd.IsBad)
            return;
        for (ulong addr = start, next; addr < end; addr = next)
        {
            P4d<TArch>* p4d = P4dOffset(pgdp, addr);
            next = P4dAddrEnd(p4d, addr, end);
            Below(mm, p4d, addr, next);
        }

        if (TArch.IsP4dFolded || !IsUnused(mm, pgd.Table, TArch.PtrsPerP4d, TArch.NoneP4d, start, TArch.PgdShift))
            return;
        mm.PageTableLock.Enter();
        SetPgd(pgdp, Pgd<TArch>.None);
        mm.PageTableLock.Exit();
        Defer(mm, pgd.Table);
    }

    private static void Below<TArch>(Mm<TArch> mm, P4d<TArch>* p4dp, ulong start, ulong end)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        P4d<TArch> p4d = P4dpGet(p4dp);
        if (!p4d.IsPresent || p4d.IsBad)
            return;
        for (ulong addr = start, next; addr < end; addr = next)
        {
            Pud<TArch>* pud = PudOffset(p4dp, addr);
            next = PudAddrEnd(pud, addr, end);
            Below(mm, pud, addr, next);
        }

        if (TArch.IsPudFolded || !IsUnused(mm, p4d.Table, TArch.PtrsPerPud, TArch.NonePud, start, TArch.P4dShift))
            return;
        mm.PageTableLock.Enter();
        SetP4d(p4dp, P4d<TArch>.None);
        mm.PageTableLock.Exit();
        Defer(mm, p4d.Table);
    }

    private static void Below<TArch>(Mm<TArch> mm, Pud<TArch>* pudp, ulong start, ulong end)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pud<TArch> pud = PudpGet(pudp);
        if (!pud.IsPresent || pud.IsLeaf || pud.IsBad)
            return;
        for (ulong addr = start, next; addr < end; addr = next)
        {
            Pmd<TArch>* pmd = PmdOffset(pudp, addr);
            next = PmdAddrEnd(pmd, addr, end);
            ulong first = addr & ~((1UL << TArch.PmdShift) - 1);
            if (!mm.HasRegionIn(first, first + (1UL << TArch.PmdShift)))
                TryReclaimPteTable(mm, pmd);
        }

        if (TArch.IsPmdFolded || !IsUnused(mm, pud.Table, TArch.PtrsPerPmd, TArch.NonePmd, start, TArch.PudShift))
            return;
        mm.PageTableLock.Enter();
        SetPud(pudp, Pud<TArch>.None);
        mm.PageTableLock.Exit();
        Defer(mm, pud.Table);
    }

    /// <summary>Whether a table that covers 2 to the <paramref name="shift"/> bytes around an address has no region to serve and no entry.</summary>
    private static bool IsUnused<TArch>(Mm<TArch> mm, Page table, int entries, ulong none, ulong addr, int shift)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ulong first = addr & ~((1UL << shift) - 1);
        return !mm.HasRegionIn(first, first + (1UL << shift)) && Cell.All(table.Pointer, entries, none);
    }

    private static void Defer<TArch>(Mm<TArch> mm, Page table)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        FlushTlbMm(mm);
        Teardown.FreeDeposited(mm, table.Address);
        FreeTableDefer(mm, table);
    }
}
