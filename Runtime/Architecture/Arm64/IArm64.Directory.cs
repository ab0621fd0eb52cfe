using static PteGuard.Arm64;

namespace PteGuard;

/// <summary>Above the last level a descriptor has the same bits; bit 1 tells a table from a block.</summary>
internal unsafe partial interface IArm64<TSelf>
{
    static bool IArchitecture<TSelf>.PmdIsNone(ulong pmd) => pmd == 0;

    static bool IArchitecture<TSelf>.PmdIsPresent(ulong pmd) => IsPresent(pmd);

    static bool IArchitecture<TSelf>.PmdIsLeaf(ulong pmd) => IsPresent(pmd) && !IsTable(pmd);

    static bool IArchitecture<TSelf>.PmdIsTransHuge(ulong pmd) => IsHuge(pmd);

    static bool IArchitecture<TSelf>.PmdIsDevmap(ulong pmd) => (pmd & Devmap) != 0;

    static bool IArchitecture<TSelf>.PmdIsBad(ulong pmd) => !IsTable(pmd);

    static ulong IArchitecture<TSelf>.PmdPfn(ulong pmd) => BlockPfn(pmd, TSelf.PmdShift);

    static ulong IArchitecture<TSelf>.MakeHugePmd(ulong pfn, ulong protection)
        => TSelf.MakePte(pfn, protection) & ~TableOrPage;

    static ulong IArchitecture<TSelf>.HugeProtection(ulong pmd) => (pmd & ~AddressMask) | TableOrPage;

    static ulong IArchitecture<TSelf>.PmdMkInvalid(ulong pmd) => (pmd | PresentInvalid) & ~Valid;

    static ulong IArchitecture<TSelf>.PmdModify(ulong pmd, ulong protection) => TSelf.PteModify(pmd, protection);

    static ulong IArchitecture<TSelf>.MakePmdTable(ulong address) => address | Table;

    static ulong IArchitecture<TSelf>.PmdTableAddress(ulong pmd) => pmd & AddressMask;

    static bool IArchitecture<TSelf>.PudIsNone(ulong pud) => pud == 0;

    static bool IArchitecture<TSelf>.PudIsPresent(ulong pud) => IsPresent(pud);

    static bool IArchitecture<TSelf>.PudIsLeaf(ulong pud) => IsPresent(pud) && !IsTable(pud);

    static bool IArchitecture<TSelf>.PudIsTransHuge(ulong pud) => IsHuge(pud);

    static bool IArchitecture<TSelf>.PudIsDevmap(ulong pud) => (pud & Devmap) != 0;

    static bool IArchitecture<TSelf>.PudIsBad(ulong pud) => !IsTable(pud);

    static ulong IArchitecture<TSelf>.PudPfn(ulong pud) => BlockPfn(pud, TSelf.PudShift);

    static ulong IArchitecture<TSelf>.MakePudTable(ulong address) => address | Table;

    static ulong IArchitecture<TSelf>.PudTableAddress(ulong pud) => pud & AddressMask;

    static bool IArchitecture<TSelf>.P4dIsNone(ulong p4d) => p4d == 0;

    static bool IArchitecture<TSelf>.P4dIsPresent(ulong p4d) => IsPresent(p4d);

    static bool IArchitecture<TSelf>.P4dIsBad(ulong p4d) => !IsTable(p4d);

    static ulong IArchitecture<TSelf>.MakeP4dTable(ulong address) => address | Table;

    static ulong IArchitecture<TSelf>.P4dTableAddress(ulong p4d) => p4d & AddressMask;

    static bool IArchitecture<TSelf>.PgdIsNone(ulong pgd) => pgd == 0;

    static bool IArchitecture<TSelf>.PgdIsPresent(ulong pgd) => IsPresent(pgd);

    static bool IArchitecture<TSelf>.PgdIsBad(ulong pgd) => !IsTable(pgd);

    static ulong IArchitecture<TSelf>.MakePgdTable(ulong address) => address | Table;

    static ulong IArchitecture<TSelf>.PgdTableAddress(ulong pgd) => pgd & AddressMask;

    // While it is split, a huge entry has its valid bit clear, and is huge all the same. Device memory has no
    // table deposited, so the core must not take it for a transparent huge page.
    private static bool IsHuge(ulong entry) => IsPresent(entry) && !IsTable(entry | Valid) && (entry & Devmap) == 0;

    private static ulong BlockPfn(ulong entry, int shift)
        => (entry & AddressMask & ~((1UL << shift) - 1)) >> TSelf.PageShift;
}
