namespace PteGuard;

/// <summary>Changes to live entries, atomic against hardware that sets accessed and dirty.</summary>
public static unsafe partial class PageTable
{
    /// <summary>Atomically replaces a pte by what a function makes of it.</summary>
    /// <remarks>
    /// Prefer the helper that says what is meant: <see cref="PtepSetWrprotect"/>, <see cref="PtepTestAndClearYoung"/>,
    /// <see cref="PtepGetAndClear"/>, <see cref="PtepSetAccessFlags"/>. A full barrier.
    /// </remarks>
    /// <param name="ptep">An entry of a mapped table, whose lock is held.</param>
    /// <param name="change">From the old entry to the new one. May be called several times, so it does nothing else; a static lambda does not allocate.</param>
    /// <returns>The entry that was replaced.</returns>
    public static Pte<TArch> PtepModify<TArch>([ReadsEntry, WritesEntry] Pte<TArch>* ptep, Func<Pte<TArch>, Pte<TArch>> change)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ArgumentNullException.ThrowIfNull(change);
        if (CheckSwitch.IsOn)
            Check.Store(ptep);
        return TArch.PtepModify(ptep, change);
    }

    /// <summary>Empties a pte and returns what it was, in one step (<c>ptep_get_and_clear</c>).</summary>
    /// <remarks>No mark that hardware sets is lost: it is in the result, and the caller hands it on to the page. A full barrier. Translations are not flushed.</remarks>
    /// <param name="mm">The address space.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="ptep">Its entry in a mapped table, whose lock is held.</param>
    public static Pte<TArch> PtepGetAndClear<TArch>(Mm<TArch> mm, ulong addr, [ReadsEntry, WritesEntry] Pte<TArch>* ptep)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (CheckSwitch.IsOn)
            Check.Store(ptep);
        return TArch.PtepGetAndClear(mm, addr, ptep);
    }

    /// <summary>As <see cref="PtepGetAndClear"/>, and flushes the translation if the page could be accessed (<c>ptep_clear_flush</c>).</summary>
    /// <param name="vma">The region.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="ptep">Its entry in a mapped table, whose lock is held.</param>
    /// <exception cref="InvalidOperationException">As <see cref="FlushTlbMm"/>; the entry is as it was.</exception>
    public static Pte<TArch> PtepClearFlush<TArch>(Vma<TArch> vma, ulong addr, [ReadsEntry, WritesEntry] Pte<TArch>* ptep)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        RequireFlush<TArch>();
        Pte<TArch> old = PtepGetAndClear(vma.Mm, addr, ptep);
        if (old.IsPresent)
            FlushTlbPage(vma, addr);
        return old;
    }

    /// <summary>
    /// Empties the entry of a huge page, flushes its translation, and returns what it was (<c>huge_ptep_clear_flush</c>). With
    /// <see cref="NoMmu"/> it is the stub that the kernel links against: the entry is read, and nothing is cleared.
    /// </summary>
    /// <param name="vma">The region; null only with <see cref="NoMmu"/>, where there is none.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="ptep">Its entry in a mapped table, whose lock is held.</param>
    /// <exception cref="ArgumentNullException">There is an MMU, and the region is null.</exception>
    public static Pte<TArch> HugePtepClearFlush<TArch>(Vma<TArch>? vma, ulong addr, [ReadsEntry, WritesEntry] Pte<TArch>* ptep)
        where TArch : unmanaged, IArchitecture<TArch>
        => TArch.HugePtepClearFlush(vma, addr, ptep);

    /// <summary>Marks a page not accessed, atomically (<c>ptep_test_and_clear_young</c>). Translations are not flushed: the mark may stay clear for a while.</summary>
    /// <param name="vma">The region.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="ptep">Its entry in a mapped table, whose lock is held.</param>
    /// <returns>Whether it was marked accessed.</returns>
    public static bool PtepTestAndClearYoung<TArch>(Vma<TArch> vma, ulong addr, [ReadsEntry, WritesEntry] Pte<TArch>* ptep)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (CheckSwitch.IsOn)
            Check.Store(ptep);
        return TArch.PtepTestAndClearYoung(vma, addr, ptep);
    }

    /// <summary>Forbids writing to a page, atomically; a dirty mark that hardware sets meanwhile is kept (<c>ptep_set_wrprotect</c>).</summary>
    /// <remarks>Until the caller has flushed translations (<see cref="FlushTlbRange"/>), writes may still happen.</remarks>
    /// <param name="mm">The address space.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="ptep">Its present entry in a mapped table, whose lock is held.</param>
    public static void PtepSetWrprotect<TArch>(Mm<TArch> mm, ulong addr, [ReadsEntry, WritesEntry] Pte<TArch>* ptep)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (CheckSwitch.IsOn)
            Check.Store(ptep);
        TArch.PtepSetWrprotect(mm, addr, ptep);
    }

    /// <summary>Makes a present pte more permissive, accessed or dirty, after a fault (<c>ptep_set_access_flags</c>).</summary>
    /// <param name="vma">The region.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="ptep">Its entry in a mapped table, whose lock is held.</param>
    /// <param name="entry">The old entry with accessed, dirty or writable added, never with anything taken away.</param>
    /// <param name="dirty">Whether the fault was a write. On x86 nothing is stored otherwise.</param>
    /// <returns>Whether the entry differed. False for a write that faulted: see <see cref="FlushTlbFixSpuriousFault"/>.</returns>
    public static bool PtepSetAccessFlags<TArch>(Vma<TArch> vma, ulong addr, [ReadsEntry, WritesEntry] Pte<TArch>* ptep, Pte<TArch> entry, bool dirty)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (CheckSwitch.IsOn)
            Check.Store(ptep);
        return TArch.PtepSetAccessFlags(vma, addr, ptep, entry, dirty);
    }

    /// <summary>Begins to change the protection of a page: takes the entry out of hardware's reach and returns it (<c>ptep_modify_prot_start</c>).</summary>
    /// <remarks>Whoever reads without the lock sees an empty entry until <see cref="PtepModifyProtCommit"/>, which must follow, once, before the lock is released.</remarks>
    /// <param name="vma">The region.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="ptep">Its entry in a mapped table, whose lock is held.</param>
    public static Pte<TArch> PtepModifyProtStart<TArch>(Vma<TArch> vma, ulong addr, [ReadsEntry, WritesEntry] Pte<TArch>* ptep)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (CheckSwitch.IsOn)
            Check.Store(ptep);
        return TArch.PtepModifyProtStart(vma, addr, ptep);
    }

    /// <summary>Ends what <see cref="PtepModifyProtStart"/> began.</summary>
    /// <param name="vma">The region.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="ptep">Its entry in a mapped table, whose lock is held.</param>
    /// <param name="old">What the start returned.</param>
    /// <param name="pte">What to store.</param>
    public static void PtepModifyProtCommit<TArch>(Vma<TArch> vma, ulong addr, [WritesEntry] Pte<TArch>* ptep, Pte<TArch> old, Pte<TArch> pte)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (CheckSwitch.IsOn)
            Check.Store(ptep);
        TArch.PtepModifyProtCommit(vma, addr, ptep, old, pte);
    }

    /// <summary>Atomically replaces a pmd by what a function makes of it; returns the old one. As <see cref="PtepModify"/>.</summary>
    public static Pmd<TArch> PmdpModify<TArch>([ReadsEntry, WritesEntry] Pmd<TArch>* pmdp, Func<Pmd<TArch>, Pmd<TArch>> change)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ArgumentNullException.ThrowIfNull(change);
        ulong old = Cell.Load(Directory<TArch>(pmdp));
        while (!Cell.TryReplace(pmdp, ref old, change(new(old)).Value))
        {
        }

        return new(old);
    }

    /// <summary>Atomically replaces a pud by what a function makes of it; returns the old one. As <see cref="PtepModify"/>.</summary>
    public static Pud<TArch> PudpModify<TArch>([ReadsEntry, WritesEntry] Pud<TArch>* pudp, Func<Pud<TArch>, Pud<TArch>> change)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ArgumentNullException.ThrowIfNull(change);
        ulong old = Cell.Load(Directory<TArch>(pudp));
        while (!Cell.TryReplace(pudp, ref old, change(new(old)).Value))
        {
        }

        return new(old);
    }

    /// <summary>Atomically replaces a p4d by what a function makes of it; returns the old one. As <see cref="PtepModify"/>.</summary>
    public static P4d<TArch> P4dpModify<TArch>([ReadsEntry, WritesEntry] P4d<TArch>* p4dp, Func<P4d<TArch>, P4d<TArch>> change)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ArgumentNullException.ThrowIfNull(change);
        ulong old = Cell.Load(Directory<TArch>(p4dp));
        while (!Cell.TryReplace(p4dp, ref old, change(new(old)).Value))
        {
        }

        return new(old);
    }

    /// <summary>Atomically replaces a pgd by what a function makes of it; returns the old one. As <see cref="PtepModify"/>.</summary>
    public static Pgd<TArch> PgdpModify<TArch>([ReadsEntry, WritesEntry] Pgd<TArch>* pgdp, Func<Pgd<TArch>, Pgd<TArch>> change)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ArgumentNullException.ThrowIfNull(change);
        ulong old = Cell.Load(Directory<TArch>(pgdp));
        while (!Cell.TryReplace(pgdp, ref old, change(new(old)).Value))
        {
        }

        return new(old);
    }
}
