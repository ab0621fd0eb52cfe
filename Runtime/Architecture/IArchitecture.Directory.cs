namespace PteGuard;

public unsafe partial interface IArchitecture<TSelf>
{
    /// <summary>The empty pmd.</summary>
    static virtual ulong NonePmd => 0;

    /// <summary>The empty pud.</summary>
    static virtual ulong NonePud => 0;

    /// <summary>The empty p4d.</summary>
    static virtual ulong NoneP4d => 0;

    /// <summary>The empty pgd.</summary>
    static virtual ulong NonePgd => 0;

    /// <summary>Whether the pmd is empty.</summary>
    static abstract bool PmdIsNone(ulong pmd);

    /// <summary>Whether the pmd refers to a table or to memory; true also for a huge entry that is being split.</summary>
    static abstract bool PmdIsPresent(ulong pmd);

    /// <summary>Whether the pmd maps memory itself. Undefined unless present.</summary>
    static abstract bool PmdIsLeaf(ulong pmd);

    /// <summary>Whether the pmd maps a transparent huge page.</summary>
    static abstract bool PmdIsTransHuge(ulong pmd);

    /// <summary>Whether the pmd maps device memory. Undefined unless present.</summary>
    static abstract bool PmdIsDevmap(ulong pmd);

    /// <summary>Whether the pmd is anything but a well-formed reference to a table. True for empty and huge entries too, so it is asked last.</summary>
    static abstract bool PmdIsBad(ulong pmd);

    /// <summary>The page frame of a huge pmd, in units of pages. Undefined unless present and a leaf.</summary>
    static abstract ulong PmdPfn(ulong pmd);

    /// <summary>The huge pmd that maps a page frame (<c>pfn_pmd</c> and <c>pmd_mkhuge</c>).</summary>
    static abstract ulong MakeHugePmd(ulong pfn, ulong protection);

    /// <summary>Protection and marks of a huge pmd, as <see cref="MakePte"/> takes them: for the ptes that it is split into.</summary>
    static abstract ulong HugeProtection(ulong pmd);

    /// <summary>A huge pmd as a pte, to ask about or change its marks.</summary>
    static virtual ulong PmdToPte(ulong pmd) => pmd;

    /// <summary>The way back from <see cref="PmdToPte"/>.</summary>
    static virtual ulong PteToPmd(ulong pte) => pte;

    /// <summary>Replaces the protection of a huge pmd and keeps page frame, accessed, dirty and software marks (<c>pmd_modify</c>).</summary>
    static abstract ulong PmdModify(ulong pmd, ulong protection);

    /// <summary>A huge pmd that hardware does not use but walkers still see as huge and present, for while it is split.</summary>
    static abstract ulong PmdMkInvalid(ulong pmd);

    /// <summary>The pmd that refers to the pte table at a physical address.</summary>
    static abstract ulong MakePmdTable(ulong address);

    /// <summary>The physical address, in bytes, of the pte table that a pmd refers to; garbage if it does not.</summary>
    static abstract ulong PmdTableAddress(ulong pmd);

    /// <summary>Whether the pud is empty. Never asked of a folded level.</summary>
    static abstract bool PudIsNone(ulong pud);

    /// <summary>Whether the pud refers to a table or to memory.</summary>
    static abstract bool PudIsPresent(ulong pud);

    /// <summary>Whether the pud maps memory itself. Undefined unless present.</summary>
    static abstract bool PudIsLeaf(ulong pud);

    /// <summary>Whether the pud maps a transparent huge page.</summary>
    static abstract bool PudIsTransHuge(ulong pud);

    /// <summary>Whether the pud maps device memory. Undefined unless present.</summary>
    static abstract bool PudIsDevmap(ulong pud);

    /// <summary>Whether the pud is malformed; unlike for a pmd, an empty or huge one is bad only where the architecture says so.</summary>
    static abstract bool PudIsBad(ulong pud);

    /// <summary>The page frame of a huge pud, in units of pages.</summary>
    static abstract ulong PudPfn(ulong pud);

    /// <summary>The pud that refers to the pmd table at a physical address.</summary>
    static abstract ulong MakePudTable(ulong address);

    /// <summary>The physical address, in bytes, of the pmd table that a pud refers to.</summary>
    static abstract ulong PudTableAddress(ulong pud);

    /// <summary>Whether the p4d is empty. Never asked of a folded level.</summary>
    static abstract bool P4dIsNone(ulong p4d);

    /// <summary>Whether the p4d refers to a table.</summary>
    static abstract bool P4dIsPresent(ulong p4d);

    /// <summary>Whether the p4d is malformed.</summary>
    static abstract bool P4dIsBad(ulong p4d);

    /// <summary>The p4d that refers to the pud table at a physical address.</summary>
    static abstract ulong MakeP4dTable(ulong address);

    /// <summary>The physical address, in bytes, of the pud table that a p4d refers to.</summary>
    static abstract ulong P4dTableAddress(ulong p4d);

    /// <summary>Whether the pgd is empty. Never asked where the p4d is folded.</summary>
    static abstract bool PgdIsNone(ulong pgd);

    /// <summary>Whether the pgd refers to a table.</summary>
    static abstract bool PgdIsPresent(ulong pgd);

    /// <summary>Whether the pgd is malformed.</summary>
    static abstract bool PgdIsBad(ulong pgd);

    /// <summary>The pgd that refers to the p4d table at a physical address.</summary>
    static abstract ulong MakePgdTable(ulong address);

    /// <summary>The physical address, in bytes, of the p4d table that a pgd refers to.</summary>
    static abstract ulong PgdTableAddress(ulong pgd);
}
