using static PteGuard.RiscV64;

namespace PteGuard;

/// <summary>Entries have one format at all levels (privileged architecture, section on Sv39).</summary>
internal unsafe partial interface IRiscV64<TSelf>
{
    static bool IArchitecture<TSelf>.PmdIsNone(ulong pmd) => pmd == 0;

    // A huge pmd that is being split keeps only what makes it a leaf, and must not be taken for an absent one.
    static bool IArchitecture<TSelf>.PmdIsPresent(ulong pmd) => (pmd & (Valid | ProtNone | Leaf)) != 0;

    static bool IArchitecture<TSelf>.PmdIsLeaf(ulong pmd) => (pmd & Leaf) != 0;

    static bool IArchitecture<TSelf>.PmdIsTransHuge(ulong pmd) => (pmd & Leaf) != 0 && (pmd & Devmap) == 0;

    static bool IArchitecture<TSelf>.PmdIsDevmap(ulong pmd) => (pmd & Devmap) != 0;

    static bool IArchitecture<TSelf>.PmdIsBad(ulong pmd) => !IsTable(pmd);

    static ulong IArchitecture<TSelf>.PmdPfn(ulong pmd) => (pmd & PfnMask) >> PfnShift;

    static ulong IArchitecture<TSelf>.MakeHugePmd(ulong pfn, ulong protection) => TSelf.MakePte(pfn, protection);

    static ulong IArchitecture<TSelf>.HugeProtection(ulong pmd) => pmd & ~PfnMask;

    static ulong IArchitecture<TSelf>.PmdMkInvalid(ulong pmd) => pmd & ~(Valid | ProtNone);

    static ulong IArchitecture<TSelf>.PmdModify(ulong pmd, ulong protection) => Modify(pmd, protection);

    static ulong IArchitecture<TSelf>.MakePmdTable(ulong address) => Table(address);

    static ulong IArchitecture<TSelf>.PmdTableAddress(ulong pmd) => Address(pmd);

    static bool IArchitecture<TSelf>.PudIsNone(ulong pud) => pud == 0;

    static bool IArchitecture<TSelf>.PudIsPresent(ulong pud) => (pud & Valid) != 0;

    static bool IArchitecture<TSelf>.PudIsLeaf(ulong pud) => (pud & Leaf) != 0;

    static bool IArchitecture<TSelf>.PudIsTransHuge(ulong pud) => (pud & Leaf) != 0 && (pud & Devmap) == 0;

    static bool IArchitecture<TSelf>.PudIsDevmap(ulong pud) => (pud & Devmap) != 0;

    static bool IArchitecture<TSelf>.PudIsBad(ulong pud) => !IsTable(pud);

    static ulong IArchitecture<TSelf>.PudPfn(ulong pud) => (pud & PfnMask) >> PfnShift;

    static ulong IArchitecture<TSelf>.MakePudTable(ulong address) => Table(address);

    static ulong IArchitecture<TSelf>.PudTableAddress(ulong pud) => Address(pud);

    static bool IArchitecture<TSelf>.P4dIsNone(ulong p4d) => p4d == 0;

    static bool IArchitecture<TSelf>.P4dIsPresent(ulong p4d) => (p4d & Valid) != 0;

    static bool IArchitecture<TSelf>.P4dIsBad(ulong p4d) => !IsTable(p4d);

    static ulong IArchitecture<TSelf>.MakeP4dTable(ulong address) => Table(address);

    static ulong IArchitecture<TSelf>.P4dTableAddress(ulong p4d) => Address(p4d);

    static bool IArchitecture<TSelf>.PgdIsNone(ulong pgd) => pgd == 0;

    static bool IArchitecture<TSelf>.PgdIsPresent(ulong pgd) => (pgd & Valid) != 0;

    static bool IArchitecture<TSelf>.PgdIsBad(ulong pgd) => !IsTable(pgd);

    static ulong IArchitecture<TSelf>.MakePgdTable(ulong address) => Table(address);

    static ulong IArchitecture<TSelf>.PgdTableAddress(ulong pgd) => Address(pgd);
}
