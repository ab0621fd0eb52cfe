using System.Runtime.CompilerServices;

namespace PteGuard;

public static unsafe partial class PageTable
{
    /// <summary>Reads a pte, once (<c>ptep_get</c>, Linux c33c794828f2). On x86-64 this is the single load that <c>*ptep</c> would be.</summary>
    /// <remarks>Keep the result: hardware may set accessed and dirty between two reads, lock or no lock.</remarks>
    /// <param name="ptep">An entry of a mapped table, whose lock is held.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pte<TArch> PtepGet<TArch>([ReadsEntry] Pte<TArch>* ptep)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (CheckSwitch.IsOn)
            Check.Read(ptep);
        return TArch.PtepGet(ptep);
    }

    /// <summary>Reads a pte without the table's lock (<c>ptep_get_lockless</c>): consistent in itself, and a hint.</summary>
    /// <param name="ptep">An entry of a mapped table.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pte<TArch> PtepGetLockless<TArch>([ReadsEntry] Pte<TArch>* ptep)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (CheckSwitch.IsOn)
            Check.Read(ptep);
        return TArch.PtepGetLockless(ptep);
    }

    /// <summary>Reads a pmd, once (<c>pmdp_get</c>).</summary>
    /// <param name="pmdp">The entry, which cannot change, or whose lock is held.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pmd<TArch> PmdpGet<TArch>([ReadsEntry] Pmd<TArch>* pmdp)
        where TArch : unmanaged, IArchitecture<TArch>
        => TArch.PmdpGet(pmdp);

    /// <summary>Reads a pmd without its lock (<c>pmdp_get_lockless</c>, Linux 6.5): consistent in itself, and a hint.</summary>
    /// <param name="pmdp">The entry.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pmd<TArch> PmdpGetLockless<TArch>([ReadsEntry] Pmd<TArch>* pmdp)
        where TArch : unmanaged, IArchitecture<TArch>
        => TArch.PmdpGetLockless(pmdp);

    /// <summary>Reads a pud, once (<c>pudp_get</c>).</summary>
    /// <param name="pudp">The entry.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pud<TArch> PudpGet<TArch>([ReadsEntry] Pud<TArch>* pudp)
        where TArch : unmanaged, IArchitecture<TArch>
        => new(Cell.Load(Directory<TArch>(pudp)));

    /// <summary>Reads a p4d, once (<c>p4dp_get</c>).</summary>
    /// <param name="p4dp">The entry.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static P4d<TArch> P4dpGet<TArch>([ReadsEntry] P4d<TArch>* p4dp)
        where TArch : unmanaged, IArchitecture<TArch>
        => new(Cell.Load(Directory<TArch>(p4dp)));

    /// <summary>Reads a pgd, once (<c>pgdp_get</c>).</summary>
    /// <param name="pgdp">The entry.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Pgd<TArch> PgdpGet<TArch>([ReadsEntry] Pgd<TArch>* pgdp)
        where TArch : unmanaged, IArchitecture<TArch>
        => new(Cell.Load(Directory<TArch>(pgdp)));

    /// <summary>A pointer to an entry of a level that architectures have no accessors of their own for, if there are page tables.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void* Directory<TArch>(void* entry, [CallerMemberName] string member = "")
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (!TArch.HasMmu)
            Throw.NoMmu(member);
        return entry;
    }

    /// <summary>Whether two ptes are the same (<c>pte_same</c>): what to ask, under the lock, before acting on what was read without it.</summary>
    [ComparesEntries]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool PteSame<TArch>(Pte<TArch> a, Pte<TArch> b)
        where TArch : unmanaged, IArchitecture<TArch>
        => TArch.PteSame(a.Value, b.Value);

    /// <summary>Whether two pmds are the same (<c>pmd_same</c>).</summary>
    [ComparesEntries]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool PmdSame<TArch>(Pmd<TArch> a, Pmd<TArch> b)
        where TArch : unmanaged, IArchitecture<TArch>
        => a.Value == b.Value;

    /// <summary>The entry that maps a page frame (<c>pfn_pte</c>).</summary>
    /// <param name="pfn">The frame number, in units of the architecture's pages.</param>
    /// <param name="protection">What may be done with the page.</param>
    public static Pte<TArch> PfnPte<TArch>(ulong pfn, Pgprot<TArch> protection)
        where TArch : unmanaged, IArchitecture<TArch>
        => new(TArch.MakePte(pfn, protection.Value));

    /// <summary>The entry that maps a page (<c>mk_pte</c>). It is to own a reference to the page.</summary>
    public static Pte<TArch> MkPte<TArch>(Page page, Pgprot<TArch> protection)
        where TArch : unmanaged, IArchitecture<TArch>
        => PfnPte(page.Address >> TArch.PageShift, protection);
}
