namespace PteGuard;

/// <summary>Huge pmds: their marks, and the page tables laid by for the day they are split.</summary>
public static unsafe partial class PageTable
{
    /// <summary>Empties a huge pmd and returns what it was, in one step (<c>pmdp_huge_get_and_clear</c>).</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="pmdp">Its live entry, whose lock is held.</param>
    public static Pmd<TArch> PmdpHugeGetAndClear<TArch>(Mm<TArch> mm, ulong addr, [ReadsEntry, WritesEntry] Pmd<TArch>* pmdp)
        where TArch : unmanaged, IArchitecture<TArch>
        => new(Cell.Exchange(pmdp, TArch.NonePmd));

    /// <summary>As <see cref="PmdpHugeGetAndClear"/>, and flushes the translations (<c>pmdp_huge_clear_flush</c>).</summary>
    /// <param name="vma">The region.</param>
    /// <param name="addr">The virtual address, in bytes, aligned to the huge page.</param>
    /// <param name="pmdp">Its live entry, whose lock is held.</param>
    /// <exception cref="InvalidOperationException">As <see cref="FlushTlbMm"/>; the entry is as it was.</exception>
    public static Pmd<TArch> PmdpHugeClearFlush<TArch>(Vma<TArch> vma, ulong addr, [ReadsEntry, WritesEntry] Pmd<TArch>* pmdp)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        RequireFlush<TArch>();
        Pmd<TArch> old = PmdpHugeGetAndClear(vma.Mm, addr, pmdp);
        FlushTlbRange(vma, addr, addr + (1UL << TArch.PmdShift));
        return old;
    }

    /// <summary>Marks a huge page not accessed, atomically (<c>pmdp_test_and_clear_young</c>); answers whether it was. Leaves a reference to a table alone.</summary>
    /// <param name="vma">The region.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="pmdp">Its live entry, whose lock is held.</param>
    public static bool PmdpTestAndClearYoung<TArch>(Vma<TArch> vma, ulong addr, [ReadsEntry, WritesEntry] Pmd<TArch>* pmdp)
        where TArch : unmanaged, IArchitecture<TArch>
        => PmdpModify(pmdp, static pmd => pmd.IsPresent && pmd.IsLeaf ? pmd.MkOld() : pmd) is { IsPresent: true, IsLeaf: true, IsYoung: true };

    /// <summary>Forbids writing to a huge page, atomically; a dirty mark that hardware sets meanwhile is kept (<c>pmdp_set_wrprotect</c>).</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="pmdp">Its present huge entry, whose lock is held.</param>
    public static void PmdpSetWrprotect<TArch>(Mm<TArch> mm, ulong addr, [ReadsEntry, WritesEntry] Pmd<TArch>* pmdp)
        where TArch : unmanaged, IArchitecture<TArch>
        => PmdpModify(pmdp, static pmd => pmd.Wrprotect());

    /// <summary>Lays a page table by for a huge pmd, so that splitting it needs no memory (<c>pgtable_trans_huge_deposit</c>).</summary>
    /// <param name="mm">The address space, which the table was allocated for.</param>
    /// <param name="pmdp">The live entry, whose lock is held.</param>
    /// <param name="pgtable">An empty table, which nothing refers to: from <see cref="PteAllocOne"/>.</param>
    /// <exception cref="ArgumentException">The pointer is not into physical memory, or the page is no table.</exception>
    public static void PgtableTransHugeDeposit<TArch>(Mm<TArch> mm, Pmd<TArch>* pmdp, Pgtable pgtable)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (pgtable.IsNull || !pgtable.IsInArena || pgtable.Descriptor->Kind != PageKind.Table)
            throw new ArgumentException("This must be a page table that nothing refers to.", nameof(pgtable));

        if (CheckSwitch.IsOn)
            Check.Private(pgtable, TArch.PtrsPerPte * sizeof(ulong));
        PageDescriptor* directory = DirectoryOf(pmdp);
        pgtable.Link = directory->Deposited;
        directory->Deposited = pgtable.Address;
    }

    /// <summary>Takes back a page table that was laid by (<c>pgtable_trans_huge_withdraw</c>).</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="pmdp">The live entry, whose lock is held.</param>
    /// <returns>An empty table: any of those deposited for the entries of this directory.</returns>
    /// <exception cref="ArgumentException">The pointer is not into physical memory.</exception>
    /// <exception cref="InvalidOperationException">None was deposited.</exception>
    public static Pgtable PgtableTransHugeWithdraw<TArch>(Mm<TArch> mm, Pmd<TArch>* pmdp)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        PageDescriptor* directory = DirectoryOf(pmdp);
        Pgtable table = new(directory->Deposited);
        if (table.IsNull)
            throw new InvalidOperationException("No page table was deposited in this directory: one is withdrawn for each that was.");
        directory->Deposited = table.Link;
        return table;
    }

    private static PageDescriptor* DirectoryOf<TArch>(Pmd<TArch>* pmdp)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (!PhysicalMemory.Contains(pmdp))
            Throw.ForeignPointer(nameof(pmdp));
        return PhysicalMemory.Descriptor(TableOf(pmdp) >> PhysicalMemory.FrameShift);
    }
}
