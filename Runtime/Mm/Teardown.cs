using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>Takes a whole tree down, at the end of its address space. Nobody else can reach it.</summary>
internal static unsafe class Teardown
{
    /// <summary>Drops every page that any entry maps, in a region or not, and frees every table below the root.</summary>
    [UnpublishedTable]
    public static void FreeAll<TArch>(Mm<TArch> mm)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        for (int i = 0; i < TArch.PtrsPerPgd; i++)
            Free(mm, mm.Pgd + i);
        FreeDeposited(mm, PhysicalMemory.ToAddress(mm.Pgd));
    }

    private static void Free<TArch>(Mm<TArch> mm, Pgd<TArch>* pgdp)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (TArch.IsP4dFolded)
        {
            Free(mm, (P4d<TArch>*)pgdp);
            return;
        }

        Pgd<TArch> pgd = PgdpGet(pgdp);
        if (!pgd.IsPresent || pgd.IsBad || !pgd.Table.IsInArena)
            return;
        for (int i = 0; i < TArch.PtrsPerP4d; i++)
            Free(mm, (P4d<TArch>*)pgd.Table.Pointer + i);
        FreeDirectory(mm, pgd.Table);
    }

    private static void Free<TArch>(Mm<TArch> mm, P4d<TArch>* p4dp)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (TArch.IsPudFolded)
        {
            Free(mm, (Pud<TArch>*)p4dp);
            return;
        }

        P4d<TArch> p4d = P4dpGet(p4dp);
        if (!p4d.IsPresent || p4d.IsBad || !p4d.Table.IsInArena)
            return;
        for (int i = 0; i < TArch.PtrsPerPud; i++)
            Free(mm, (Pud<TArch>*)p4d.Table.Pointer + i);
        FreeDirectory(mm, p4d.Table);
    }

    private static void Free<TArch>(Mm<TArch> mm, Pud<TArch>* pudp)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (TArch.IsPmdFolded)
        {
            Free(mm, (Pmd<TArch>*)pudp);
            return;
        }

        Pud<TArch> pud = PudpGet(pudp);
        if (!pud.IsPresent || pud.IsLeaf || pud.IsBad || !pud.Table.IsInArena)
            return;
        for (int i = 0; i < TArch.PtrsPerPmd; i++)
            Free(mm, (Pmd<TArch>*)pud.Table.Pointer + i);
        FreeDirectory(mm, pud.Table);
    }

    private static void Free<TArch>(Mm<TArch> mm, Pmd<TArch>* pmdp)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pmd<TArch> pmd = PmdpGet(pmdp);
        if (pmd.IsNone || pmd.IsSwap)
            return;
        if (pmd.IsTransHuge)
        {
            Drop(pmd.Page, pmd.IsDirty);
            return;
        }

        if (pmd.IsDevmap || pmd.IsBad || !pmd.Table.IsInArena)
            return;
        Pte<TArch>* first = PteOffsetKernel(pmdp, 0);
        for (int i = 0; i < TArch.PtrsPerPte; i++)
        {
            Pte<TArch> pte = PtepGet(first + i);
            if (pte.IsSwap)
                mm.FreeSwap(pte);
            else if (!pte.IsNone && !pte.IsSpecial)
                Drop(pte.Page, pte.IsDirty);
        }

        PteFree(mm, pmd.Table);
    }

    private static void Drop(Page page, bool dirty)
    {
        if (!page.IsInArena)
            return;
        if (dirty)
            page.MarkDirty();
        page.Put();
    }

    private static void FreeDirectory<TArch>(Mm<TArch> mm, Page table)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        FreeDeposited(mm, table.Address);
        FreeTable(mm, table);
    }

    /// <summary>Frees the tables that were deposited for the entries of a directory at a physical address, which is going away.</summary>
    public static void FreeDeposited<TArch>(Mm<TArch> mm, ulong directory)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        PageDescriptor* descriptor = PhysicalMemory.Descriptor(directory >> PhysicalMemory.FrameShift);
        while (descriptor->Deposited != 0)
        {
            Pgtable table = new(descriptor->Deposited);
            descriptor->Deposited = table.Link;
            PteFree(mm, table);
        }
    }
}
