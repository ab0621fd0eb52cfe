namespace PteGuard;

/// <summary>
/// Changes to several entries at once (Linux 6.9 to 6.12). All are present, lie in one table, whose lock is held, and map consecutive
/// pages of one larger page. An architecture that made one of them (arm64's contiguous blocks) need not take it apart.
/// </summary>
public static unsafe partial class PageTable
{
    /// <summary>How many entries, from one on, are known to be alike but for their page, accessed and dirty, and to lie in one table (<c>pte_batch_hint</c>). At least 1.</summary>
    /// <param name="ptep">An entry of a mapped table, whose lock is held.</param>
    /// <param name="pte">What <see cref="PtepGet"/> said of it.</param>
    public static int PteBatchHint<TArch>(Pte<TArch>* ptep, Pte<TArch> pte)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (CheckSwitch.IsOn)
            Check.Read(ptep);
        return TArch.PteBatchHint(ptep, pte);
    }

    /// <summary>Forbids writing to pages, atomically for each; dirty marks that hardware sets meanwhile are kept (<c>wrprotect_ptes</c>).</summary>
    /// <remarks>Until the caller has flushed translations (<see cref="FlushTlbRange"/>), writes may still happen.</remarks>
    /// <param name="mm">The address space.</param>
    /// <param name="addr">The virtual address of the first, in bytes.</param>
    /// <param name="ptep">Its entry.</param>
    /// <param name="count">How many: at least 1, and not beyond the end of the table.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many entries in the table from this one on.</exception>
    public static void WrprotectPtes<TArch>(Mm<TArch> mm, ulong addr, [ReadsEntry, WritesEntry] Pte<TArch>* ptep, int count)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        CheckCount<TArch>(addr, count);
        if (CheckSwitch.IsOn)
            Check.Store(ptep);
        TArch.WrprotectPtes(mm, addr, ptep, count);
    }

    /// <summary>Marks pages not accessed, clean, or both (<c>clear_young_dirty_ptes</c>). Translations are not flushed.</summary>
    /// <remarks>
    /// Where the run begins or ends inside of a contiguous block, the marks of the whole block are cleared: they are those of the larger
    /// page. Who clears dirty has written the larger page out, or does not need its contents.
    /// </remarks>
    /// <param name="vma">The region.</param>
    /// <param name="addr">The virtual address of the first, in bytes.</param>
    /// <param name="ptep">Its entry.</param>
    /// <param name="count">How many: at least 1, and not beyond the end of the table.</param>
    /// <param name="flags">Which marks.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many entries in the table from this one on.</exception>
    public static void ClearYoungDirtyPtes<TArch>(Vma<TArch> vma, ulong addr, [ReadsEntry, WritesEntry] Pte<TArch>* ptep, int count, CydpFlags flags)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        CheckCount<TArch>(addr, count);
        if (CheckSwitch.IsOn)
            Check.Store(ptep);
        TArch.ClearYoungDirtyPtes(vma, addr, ptep, count, flags);
    }

    /// <summary>Empties entries, each in one step (<c>get_and_clear_full_ptes</c>). Translations are not flushed.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="addr">The virtual address of the first, in bytes.</param>
    /// <param name="ptep">Its entry.</param>
    /// <param name="count">How many: at least 1, and not beyond the end of the table.</param>
    /// <returns>What the first was, accessed or dirty if any of them was; the caller hands that on to the page.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many entries in the table from this one on.</exception>
    public static Pte<TArch> GetAndClearFullPtes<TArch>(Mm<TArch> mm, ulong addr, [ReadsEntry, WritesEntry] Pte<TArch>* ptep, int count)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        CheckCount<TArch>(addr, count);
        if (CheckSwitch.IsOn)
            Check.Store(ptep);
        return TArch.GetAndClearFullPtes(mm, addr, ptep, count);
    }

    /// <summary>Empties entries whose marks nobody wants (<c>clear_full_ptes</c>). Translations are not flushed.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="addr">The virtual address of the first, in bytes.</param>
    /// <param name="ptep">Its entry.</param>
    /// <param name="count">How many: at least 1, and not beyond the end of the table.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many entries in the table from this one on.</exception>
    public static void ClearFullPtes<TArch>(Mm<TArch> mm, ulong addr, [WritesEntry] Pte<TArch>* ptep, int count)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        CheckCount<TArch>(addr, count);
        if (CheckSwitch.IsOn)
            Check.Store(ptep);
        TArch.ClearFullPtes(mm, addr, ptep, count);
    }

    private static void CheckCount<TArch>(ulong addr, int count)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (count < 1 || count > TArch.PtrsPerPte - (int)Index(addr, TArch.PageShift, TArch.PtrsPerPte))
            throw new ArgumentOutOfRangeException(nameof(count), count, "The entries must lie in one table.");
    }
}
