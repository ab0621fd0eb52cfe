namespace PteGuard;

/// <summary>
/// A processor architecture with one page-table geometry: what a kernel's arch headers define. Implemented by empty
/// structs, so that the JIT compiles the core once for each and leaves no trace of this interface.
/// </summary>
/// <remarks>
/// Five logical levels always exist. One with a single entry is folded: its entry is the entry of the level
/// above, seen under another name. Entries are handled as raw words here and typed everywhere else.
/// </remarks>
/// <typeparam name="TSelf">The implementing struct.</typeparam>
[ArchitectureCode]
public unsafe partial interface IArchitecture<TSelf>
    where TSelf : unmanaged, IArchitecture<TSelf>
{
    /// <summary>What messages call the architecture.</summary>
    static abstract string Name { get; }

    /// <summary>The logarithm of the bytes that a pte entry maps.</summary>
    static abstract int PageShift { get; }

    /// <summary>The logarithm of the bytes that a pmd entry covers.</summary>
    static abstract int PmdShift { get; }

    /// <summary>The logarithm of the bytes that a pud entry covers.</summary>
    static abstract int PudShift { get; }

    /// <summary>The logarithm of the bytes that a p4d entry covers.</summary>
    static abstract int P4dShift { get; }

    /// <summary>The logarithm of the bytes that a pgd entry covers.</summary>
    static abstract int PgdShift { get; }

    /// <summary>The entries of a pte table.</summary>
    static abstract int PtrsPerPte { get; }

    /// <summary>The entries of a pmd table; 1: the level is folded.</summary>
    static abstract int PtrsPerPmd { get; }

    /// <summary>The entries of a pud table; 1: the level is folded.</summary>
    static abstract int PtrsPerPud { get; }

    /// <summary>The entries of a p4d table; 1: the level is folded.</summary>
    static abstract int PtrsPerP4d { get; }

    /// <summary>The entries of the pgd.</summary>
    static abstract int PtrsPerPgd { get; }

    /// <summary>Whether there is a memory management unit, and so page tables.</summary>
    static virtual bool HasMmu => true;

    /// <summary>Whether the pmd level is folded into the pud.</summary>
    static virtual bool IsPmdFolded => TSelf.PtrsPerPmd == 1;

    /// <summary>Whether the pud level is folded into the p4d.</summary>
    static virtual bool IsPudFolded => TSelf.PtrsPerPud == 1;

    /// <summary>Whether the p4d level is folded into the pgd.</summary>
    static virtual bool IsP4dFolded => TSelf.PtrsPerP4d == 1;

    /// <summary>The end of the addresses that regions may use.</summary>
    static abstract ulong TaskSize { get; }

    /// <summary>Whether hardware accepts a virtual address at all.</summary>
    static abstract bool IsCanonical(ulong address);

    /// <summary>Whether each pte table has a lock of its own; otherwise the address space's serves.</summary>
    static virtual bool HasSplitPteLocks => true;

    /// <summary>Whether each pmd table has a lock of its own; otherwise the address space's serves.</summary>
    static virtual bool HasSplitPmdLocks => !TSelf.IsPmdFolded;

    /// <summary>Whether pte tables may lie in memory that is mapped only while it is used, in a local mapping (<c>CONFIG_HIGHPTE</c>).</summary>
    static virtual bool HasHighPte => false;

    /// <summary>
    /// Whether a flush of translations also waits for threads that have interrupts off, as one by interrupt does: what they
    /// read without a lock stays sound where an entry is two words. Elsewhere nothing in this runtime needs it.
    /// </summary>
    static virtual bool FlushWaitsForIrqs => false;

    /// <summary>
    /// Whether huge pmds of device memory have a page table deposited, too (<c>arch_needs_pgtable_deposit</c>: powerpc with hashed tables
    /// keeps data of its own in it). Those of anonymous memory always have one.
    /// </summary>
    static virtual bool NeedsPgtableDeposit => false;

    /// <summary>Whether a pmd entry can map memory itself.</summary>
    static virtual bool HasHugePmd => !TSelf.IsPmdFolded;
}
