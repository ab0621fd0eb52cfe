using System.Runtime.CompilerServices;

namespace PteGuard;

public static unsafe partial class PageTable
{
    /// <summary>Stores a pte that belongs to no address space, or whose address does not matter (<c>set_pte</c>). Prefer <see cref="SetPteAt"/>.</summary>
    /// <remarks>One store, after all earlier ones. The old entry must not be one that hardware may be marking: take that out with <see cref="PtepGetAndClear"/> first.</remarks>
    /// <param name="ptep">An entry of a mapped table, whose lock is held.</param>
    /// <param name="pte">What to store.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetPte<TArch>([WritesEntry] Pte<TArch>* ptep, Pte<TArch> pte)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (CheckSwitch.IsOn)
            Check.Store(ptep);
        TArch.SetPte(ptep, pte);
    }

    /// <summary>Stores a pte (<c>set_pte_at</c>).</summary>
    /// <remarks>One store, after all earlier ones. The old entry must not be one that hardware may be marking: take that out with <see cref="PtepGetAndClear"/> first.</remarks>
    /// <param name="mm">The address space.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="ptep">Its entry in a mapped table, whose lock is held.</param>
    /// <param name="pte">What to store.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetPteAt<TArch>(Mm<TArch> mm, ulong addr, [WritesEntry] Pte<TArch>* ptep, Pte<TArch> pte)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (CheckSwitch.IsOn)
            Check.Store(ptep);
        TArch.SetPteAt(mm, addr, ptep, pte);
    }

    /// <summary>Stores the ptes of consecutive pages (<c>set_ptes</c>, Linux 6.6). An architecture may make one of many: arm64 sets its contiguous bit.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="addr">The virtual address of the first, in bytes.</param>
    /// <param name="ptep">Its entry, in a mapped table whose lock is held. The old entries must be empty, or not in use by hardware.</param>
    /// <param name="pte">The value of the first; the others map the pages that follow, with the same bits.</param>
    /// <param name="count">How many: at least 1, and not beyond the end of the table.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many entries in the table from this one on.</exception>
    public static void SetPtes<TArch>(Mm<TArch> mm, ulong addr, [WritesEntry] Pte<TArch>* ptep, Pte<TArch> pte, int count)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        CheckCount<TArch>(addr, count);
        if (CheckSwitch.IsOn)
            Check.Store(ptep);
        TArch.SetPtes(mm, addr, ptep, pte, count);
    }

    /// <summary>Empties a pte that hardware is not using (<c>pte_clear</c>): a marker, a swap entry.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="ptep">Its entry in a mapped table, whose lock is held.</param>
    public static void PteClear<TArch>(Mm<TArch> mm, ulong addr, [WritesEntry] Pte<TArch>* ptep)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (CheckSwitch.IsOn)
            Check.Store(ptep);
        TArch.PteClear(mm, addr, ptep);
    }

    /// <summary>Stores a pmd (<c>set_pmd</c>). Prefer <see cref="SetPmdAt"/> and <see cref="PmdPopulate"/>.</summary>
    /// <param name="pmdp">The live entry, whose lock is held.</param>
    /// <param name="pmd">What to store.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetPmd<TArch>([WritesEntry] Pmd<TArch>* pmdp, Pmd<TArch> pmd)
        where TArch : unmanaged, IArchitecture<TArch>
        => TArch.SetPmd(pmdp, pmd);

    /// <summary>Stores a huge pmd (<c>set_pmd_at</c>).</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="addr">The virtual address, in bytes, aligned to the huge page.</param>
    /// <param name="pmdp">Its live entry, whose lock is held.</param>
    /// <param name="pmd">What to store.</param>
    /// <exception cref="ArgumentException">The address is not aligned to the huge page.</exception>
    public static void SetPmdAt<TArch>(Mm<TArch> mm, ulong addr, [WritesEntry] Pmd<TArch>* pmdp, Pmd<TArch> pmd)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if ((addr & ((1UL << TArch.PmdShift) - 1)) != 0)
            Throw.NotAligned(nameof(addr), addr, 1UL << TArch.PmdShift);
        TArch.SetPmd(pmdp, pmd);
    }

    /// <summary>Empties a pmd that hardware is not using (<c>pmd_clear</c>).</summary>
    /// <param name="pmdp">The live entry, whose lock is held.</param>
    public static void PmdClear<TArch>([WritesEntry] Pmd<TArch>* pmdp)
        where TArch : unmanaged, IArchitecture<TArch>
        => TArch.PmdClear(pmdp);

    /// <summary>Stores a pud (<c>set_pud</c>).</summary>
    /// <param name="pudp">The live entry; the lock of the address space is held.</param>
    /// <param name="pud">What to store.</param>
    public static void SetPud<TArch>([WritesEntry] Pud<TArch>* pudp, Pud<TArch> pud)
        where TArch : unmanaged, IArchitecture<TArch>
        => Cell.Store(Directory<TArch>(pudp), pud.Value);

    /// <summary>Stores a p4d (<c>set_p4d</c>).</summary>
    /// <param name="p4dp">The live entry; the lock of the address space is held.</param>
    /// <param name="p4d">What to store.</param>
    public static void SetP4d<TArch>([WritesEntry] P4d<TArch>* p4dp, P4d<TArch> p4d)
        where TArch : unmanaged, IArchitecture<TArch>
        => Cell.Store(Directory<TArch>(p4dp), p4d.Value);

    /// <summary>Stores a pgd (<c>set_pgd</c>).</summary>
    /// <param name="pgdp">The live entry; the lock of the address space is held.</param>
    /// <param name="pgd">What to store.</param>
    public static void SetPgd<TArch>([WritesEntry] Pgd<TArch>* pgdp, Pgd<TArch> pgd)
        where TArch : unmanaged, IArchitecture<TArch>
        => Cell.Store(Directory<TArch>(pgdp), pgd.Value);

    /// <summary>Reports a malformed pmd and empties it (<c>pmd_clear_bad</c>).</summary>
    /// <remarks>Empty, huge and migrating entries look malformed too: ask for those first.</remarks>
    /// <param name="pmdp">The live entry.</param>
    public static void PmdClearBad<TArch>([WritesEntry] Pmd<TArch>* pmdp)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ulong old = Cell.Exchange(pmdp, TArch.NonePmd);
        BadEntries.Report<TArch>("pmd", old, pmdp);
    }

    /// <summary>As <see cref="PmdClearBad"/>, but leaves alone what came in place of the malformed entry meanwhile.</summary>
    private static void TryClearBad<TArch>(Pmd<TArch>* pmdp, Pmd<TArch> bad)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ulong seen = bad.Value;
        if (Cell.TryReplace(pmdp, ref seen, TArch.NonePmd))
            BadEntries.Report<TArch>("pmd", seen, pmdp);
    }

    private static void PudClearBad<TArch>([WritesEntry] Pud<TArch>* pudp)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ulong old = Cell.Exchange(pudp, TArch.NonePud);
        BadEntries.Report<TArch>("pud", old, pudp);
    }
}
