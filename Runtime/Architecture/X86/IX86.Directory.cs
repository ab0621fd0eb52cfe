using static PteGuard.X86;

namespace PteGuard;

internal unsafe partial interface IX86<TSelf>
{
    static bool IArchitecture<TSelf>.PmdIsNone(ulong pmd) => IsNone(pmd);

    // A huge pmd that is being split keeps only its size bit, and must not be taken for an absent one.
    static bool IArchitecture<TSelf>.PmdIsPresent(ulong pmd) => (pmd & (Present | ProtNone | PageSize)) != 0;

    static bool IArchitecture<TSelf>.PmdIsLeaf(ulong pmd) => (pmd & PageSize) != 0;

    static bool IArchitecture<TSelf>.PmdIsTransHuge(ulong pmd)
        => (pmd & (PageSize | (TSelf.SoftwareMarks & Devmap))) == PageSize;

    static bool IArchitecture<TSelf>.PmdIsDevmap(ulong pmd) => (pmd & TSelf.SoftwareMarks & Devmap) != 0;

    static bool IArchitecture<TSelf>.PmdIsBad(ulong pmd)
        => (pmd & ~PfnMask & ~(User | Accessed)) != (Present | Writable | Dirty);

    static ulong IArchitecture<TSelf>.PmdPfn(ulong pmd) => Pfn(pmd) & ~LowFrames(TSelf.PmdShift);

    static ulong IArchitecture<TSelf>.MakeHugePmd(ulong pfn, ulong protection)
    {
        ulong frame = PfnMask & ~(LowFrames(TSelf.PmdShift) << X86.PageShift);
        ulong marks = (protection & ~frame) | PageSize;
        return (((pfn << X86.PageShift) ^ Inversion(marks)) & frame) | marks;
    }

    // The PAT bit of a leaf moves to where a pte has it.
    static ulong IArchitecture<TSelf>.HugeProtection(ulong pmd)
        => (pmd & ~PfnMask & ~PageSize) | ((pmd & PatLarge) != 0 ? PageSize : 0);

    static ulong IArchitecture<TSelf>.PmdMkInvalid(ulong pmd)
        => TSelf.MakeHugePmd(TSelf.PmdPfn(pmd), pmd & ~(Present | ProtNone));

    static ulong IArchitecture<TSelf>.PmdModify(ulong pmd, ulong protection)
    {
        ulong mask = ChangeMask | TSelf.SoftwareMarks;
        ulong kept = (mask & ~PfnMask) | PatLarge;
        return SettleDirty(TSelf.MakeHugePmd(TSelf.PmdPfn(pmd), (pmd & kept) | (protection & ~mask & ~PatLarge)));
    }

    static ulong IArchitecture<TSelf>.MakePmdTable(ulong address) => address | Table;

    static ulong IArchitecture<TSelf>.PmdTableAddress(ulong pmd) => pmd & PfnMask;

    static bool IArchitecture<TSelf>.PudIsNone(ulong pud) => IsNone(pud);

    static bool IArchitecture<TSelf>.PudIsPresent(ulong pud) => (pud & Present) != 0;

    static bool IArchitecture<TSelf>.PudIsLeaf(ulong pud) => (pud & PageSize) != 0;

    static bool IArchitecture<TSelf>.PudIsTransHuge(ulong pud) => (pud & (PageSize | Devmap)) == PageSize;

    static bool IArchitecture<TSelf>.PudIsDevmap(ulong pud) => (pud & Devmap) != 0;

    static bool IArchitecture<TSelf>.PudIsBad(ulong pud) => (pud & ~PfnMask & ~Table) != 0;

    static ulong IArchitecture<TSelf>.PudPfn(ulong pud) => Pfn(pud) & ~LowFrames(TSelf.PudShift);

    static ulong IArchitecture<TSelf>.MakePudTable(ulong address) => address | Table;

    static ulong IArchitecture<TSelf>.PudTableAddress(ulong pud) => pud & PfnMask;

    static bool IArchitecture<TSelf>.P4dIsNone(ulong p4d) => IsNone(p4d);

    static bool IArchitecture<TSelf>.P4dIsPresent(ulong p4d) => (p4d & Present) != 0;

    static bool IArchitecture<TSelf>.P4dIsBad(ulong p4d) => (p4d & ~PfnMask & ~(Table | NoExecute)) != 0;

    static ulong IArchitecture<TSelf>.MakeP4dTable(ulong address) => address | Table;

    static ulong IArchitecture<TSelf>.P4dTableAddress(ulong p4d) => p4d & PfnMask;

    static bool IArchitecture<TSelf>.PgdIsNone(ulong pgd) => IsNone(pgd);

    static bool IArchitecture<TSelf>.PgdIsPresent(ulong pgd) => (pgd & Present) != 0;

    static bool IArchitecture<TSelf>.PgdIsBad(ulong pgd)
        => (pgd & ~PfnMask & ~(User | NoExecute)) != (Table & ~User);

    static ulong IArchitecture<TSelf>.MakePgdTable(ulong address) => address | Table;

    static ulong IArchitecture<TSelf>.PgdTableAddress(ulong pgd) => pgd & PfnMask;

    /// <summary>The frame bits that a leaf of a level does not use.</summary>
    private static ulong LowFrames(int shift) => (1UL << (shift - X86.PageShift)) - 1;
}
