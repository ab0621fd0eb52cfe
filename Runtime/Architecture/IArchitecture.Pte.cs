namespace PteGuard;

public unsafe partial interface IArchitecture<TSelf>
{
    /// <summary>The empty pte; not zero on every architecture.</summary>
    static virtual ulong NonePte => 0;

    /// <summary>The protection bits of a page in a region with these flags (<c>vm_get_page_prot</c>).</summary>
    static abstract ulong PageProt(VmFlags flags);

    /// <summary>The pte that maps a page frame, in units of this architecture's pages (<c>pfn_pte</c>).</summary>
    static abstract ulong MakePte(ulong pfn, ulong protection);

    /// <summary>The pte of the page that lies so many pages further.</summary>
    static abstract ulong PteAdvancePfn(ulong pte, ulong pages);

    /// <summary>The page frame number, in units of this architecture's pages. Undefined unless present.</summary>
    static abstract ulong PtePfn(ulong pte);

    /// <summary>Whether the pte is empty.</summary>
    static abstract bool PteIsNone(ulong pte);

    /// <summary>Whether the pte maps a page, accessible or not.</summary>
    static abstract bool PteIsPresent(ulong pte);

    /// <summary>Whether the pte maps a page that may not be accessed.</summary>
    static abstract bool PteIsProtNone(ulong pte);

    /// <summary>Whether the page was accessed. Undefined unless present.</summary>
    static abstract bool PteIsYoung(ulong pte);

    /// <summary>Whether the page was written. Undefined unless present.</summary>
    static abstract bool PteIsDirty(ulong pte);

    /// <summary>Whether the page may be written. Undefined unless present.</summary>
    static abstract bool PteIsWritable(ulong pte);

    /// <summary>Whether instructions may be fetched from the page. Undefined unless present.</summary>
    static abstract bool PteIsExecutable(ulong pte);

    /// <summary>Whether the entry has no page descriptor to be counted by. Undefined unless present.</summary>
    static abstract bool PteIsSpecial(ulong pte);

    /// <summary>Whether the page was written since soft-dirty bits were last cleared. Undefined unless present.</summary>
    static abstract bool PteIsSoftDirty(ulong pte);

    /// <summary>Whether userfaultfd write-protects the page. Undefined unless present.</summary>
    static abstract bool PteIsUffdWp(ulong pte);

    /// <summary>Marks it accessed.</summary>
    static abstract ulong PteMkYoung(ulong pte);

    /// <summary>Marks it not accessed.</summary>
    static abstract ulong PteMkOld(ulong pte);

    /// <summary>Marks it written.</summary>
    static abstract ulong PteMkDirty(ulong pte);

    /// <summary>Marks it not written.</summary>
    static abstract ulong PteMkClean(ulong pte);

    /// <summary>Lets it be written, and moves a dirty mark to where hardware keeps it.</summary>
    static abstract ulong PteMkWrite(ulong pte);

    /// <summary>Forbids writing, and keeps the dirty mark.</summary>
    static abstract ulong PteWrprotect(ulong pte);

    /// <summary>Marks it as having no page descriptor.</summary>
    static abstract ulong PteMkSpecial(ulong pte);

    /// <summary>Sets soft-dirty; unchanged where the architecture has none.</summary>
    static abstract ulong PteMkSoftDirty(ulong pte);

    /// <summary>Clears soft-dirty; unchanged where the architecture has none.</summary>
    static abstract ulong PteClearSoftDirty(ulong pte);

    /// <summary>Sets userfaultfd write protection, which also forbids writing; unchanged where the architecture has none.</summary>
    static abstract ulong PteMkUffdWp(ulong pte);

    /// <summary>Clears userfaultfd write protection; writing stays forbidden.</summary>
    static abstract ulong PteClearUffdWp(ulong pte);

    /// <summary>Replaces the protection and keeps page frame, accessed, dirty and software marks (<c>pte_modify</c>).</summary>
    static abstract ulong PteModify(ulong pte, ulong protection);

    /// <summary>Whether two ptes are the same to the core; private bits of the architecture may differ.</summary>
    static virtual bool PteSame(ulong left, ulong right) => left == right;
}
