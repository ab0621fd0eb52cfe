using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>
/// Everything that goes through a pointer to a page-table entry: walking, mapping, locking, reading, changing. Named after
/// Linux's helpers, and meant to be imported with <c>using static</c>; the contract is that of Linux 6.6 to 6.12.
/// </summary>
/// <remarks>
/// None of these methods checks that a lock is held. Entry pointers are to live tables, unless a method
/// says that a private copy will do.
/// </remarks>
public static unsafe partial class PageTable
{
    /// <summary>The entry of the root table for an address (<c>pgd_offset</c>).</summary>
    /// <param name="mm">The address space; its mmap lock, or another guarantee that the region stays, is held.</param>
    /// <param name="addr">A canonical virtual address, in bytes.</param>
    /// <returns>Never null.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The address is not canonical.</exception>
    public static Pgd<TArch>* PgdOffset<TArch>(Mm<TArch> mm, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (!TArch.IsCanonical(addr))
            Throw.NotCanonical(nameof(addr), addr);
        return mm.Pgd + Index(addr, TArch.PgdShift, TArch.PtrsPerPgd);
    }

    /// <summary>The p4d entry for an address (<c>p4d_offset</c>); the pgd entry itself where the level is folded.</summary>
    /// <param name="pgd">A live entry that refers to a table.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <returns>Never null.</returns>
    /// <exception cref="ArgumentException">The entry is empty or malformed.</exception>
    public static P4d<TArch>* P4dOffset<TArch>([ReadsEntry] Pgd<TArch>* pgd, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (TArch.IsP4dFolded)
            return (P4d<TArch>*)pgd;
        Pgd<TArch> value = PgdpGet(pgd);
        if (!value.IsPresent || value.IsBad)
            Throw.NotATable(nameof(pgd), "pgd", value.Value);
        return (P4d<TArch>*)PhysicalMemory.ToPointer(TArch.PgdTableAddress(value.Value)) + Index(addr, TArch.P4dShift, TArch.PtrsPerP4d);
    }

    /// <summary>The pud entry for an address (<c>pud_offset</c>); the p4d entry itself where the level is folded.</summary>
    /// <param name="p4d">A live entry that refers to a table.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <returns>Never null.</returns>
    /// <exception cref="ArgumentException">The entry is empty or malformed.</exception>
    public static Pud<TArch>* PudOffset<TArch>([ReadsEntry] P4d<TArch>* p4d, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (TArch.IsPudFolded)
            return (Pud<TArch>*)p4d;
        P4d<TArch> value = P4dpGet(p4d);
        if (!value.IsPresent || value.IsBad)
            Throw.NotATable(nameof(p4d), "p4d", value.Value);
        return (Pud<TArch>*)PhysicalMemory.ToPointer(TArch.P4dTableAddress(value.Value)) + Index(addr, TArch.PudShift, TArch.PtrsPerPud);
    }

    /// <summary>The pmd entry for an address (<c>pmd_offset</c>); the pud entry itself where the level is folded.</summary>
    /// <param name="pud">A live entry that refers to a table. A huge one does not: see <see cref="PudTransUnstable"/>.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <returns>Never null.</returns>
    /// <exception cref="ArgumentException">The entry is empty, huge or malformed.</exception>
    public static Pmd<TArch>* PmdOffset<TArch>([ReadsEntry] Pud<TArch>* pud, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (TArch.IsPmdFolded)
            return (Pmd<TArch>*)pud;
        Pud<TArch> value = PudpGet(pud);
        if (!value.IsPresent || value.IsLeaf || value.IsBad)
            Throw.NotATable(nameof(pud), "pud", value.Value);
        return (Pmd<TArch>*)PhysicalMemory.ToPointer(TArch.PudTableAddress(value.Value)) + Index(addr, TArch.PmdShift, TArch.PtrsPerPmd);
    }

    /// <summary>The end of the part of a range that one pmd entry covers (<c>pmd_addr_end</c>): the next boundary or <paramref name="end"/>.</summary>
    /// <param name="arch">An entry pointer, which only says the architecture; may be null.</param>
    /// <param name="addr">Where the range goes on, in bytes.</param>
    /// <param name="end">Where it ends; 0 is the end of all addresses.</param>
    public static ulong PmdAddrEnd<TArch>(Pmd<TArch>* arch, ulong addr, ulong end)
        where TArch : unmanaged, IArchitecture<TArch>
        => AddrEnd(addr, end, TArch.PmdShift);

    /// <summary>As <see cref="PmdAddrEnd"/>, for a pud entry.</summary>
    public static ulong PudAddrEnd<TArch>(Pud<TArch>* arch, ulong addr, ulong end)
        where TArch : unmanaged, IArchitecture<TArch>
        => AddrEnd(addr, end, TArch.PudShift);

    /// <summary>As <see cref="PmdAddrEnd"/>, for a p4d entry.</summary>
    public static ulong P4dAddrEnd<TArch>(P4d<TArch>* arch, ulong addr, ulong end)
        where TArch : unmanaged, IArchitecture<TArch>
        => AddrEnd(addr, end, TArch.P4dShift);

    /// <summary>As <see cref="PmdAddrEnd"/>, for a pgd entry.</summary>
    public static ulong PgdAddrEnd<TArch>(Pgd<TArch>* arch, ulong addr, ulong end)
        where TArch : unmanaged, IArchitecture<TArch>
        => AddrEnd(addr, end, TArch.PgdShift);

    /// <summary>Whether a pud must be looked at again before its pmd table is used: it is empty, huge, device memory or malformed (which clears it).</summary>
    /// <param name="pud">A live entry.</param>
    public static bool PudTransUnstable<TArch>([ReadsEntry] Pud<TArch>* pud)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pud<TArch> value = PudpGet(pud);
        if (value.IsNone || value.IsTransHuge || value.IsDevmap)
            return true;
        if (!value.IsBad)
            return false;
        PudClearBad(pud);
        return true;
    }

    // Compared after subtracting one, so that an end of 0, past the last address, is the largest.
    private static ulong AddrEnd(ulong addr, ulong end, int shift)
    {
        ulong boundary = ((addr >> shift) + 1) << shift;
        return boundary - 1 < end - 1 ? boundary : end;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Index(ulong addr, int shift, int entries) => (addr >> shift) & (ulong)(entries - 1);
}
