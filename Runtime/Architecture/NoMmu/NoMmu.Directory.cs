namespace PteGuard;

/// <summary>No directories.</summary>
public readonly unsafe partial struct NoMmu
{
    static ulong IArchitecture<NoMmu>.NonePmd => throw Refused();

    static ulong IArchitecture<NoMmu>.NonePud => throw Refused();

    static ulong IArchitecture<NoMmu>.NoneP4d => throw Refused();

    static ulong IArchitecture<NoMmu>.NonePgd => throw Refused();

    static bool IArchitecture<NoMmu>.PmdIsNone(ulong pmd) => throw Refused();

    static bool IArchitecture<NoMmu>.PmdIsPresent(ulong pmd) => throw Refused();

    static bool IArchitecture<NoMmu>.PmdIsLeaf(ulong pmd) => throw Refused();

    static bool IArchitecture<NoMmu>.PmdIsTransHuge(ulong pmd) => throw Refused();

    static bool IArchitecture<NoMmu>.PmdIsDevmap(ulong pmd) => throw Refused();

    static bool IArchitecture<NoMmu>.PmdIsBad(ulong pmd) => throw Refused();

    static ulong IArchitecture<NoMmu>.PmdPfn(ulong pmd) => throw Refused();

    static ulong IArchitecture<NoMmu>.MakeHugePmd(ulong pfn, ulong protection) => throw Refused();

    static ulong IArchitecture<NoMmu>.HugeProtection(ulong pmd) => throw Refused();

    static ulong IArchitecture<NoMmu>.PmdToPte(ulong pmd) => throw Refused();

    static ulong IArchitecture<NoMmu>.PteToPmd(ulong pte) => throw Refused();

    static ulong IArchitecture<NoMmu>.PmdModify(ulong pmd, ulong protection) => throw Refused();

    static ulong IArchitecture<NoMmu>.PmdMkInvalid(ulong pmd) => throw Refused();

    static ulong IArchitecture<NoMmu>.MakePmdTable(ulong address) => throw Refused();

    static ulong IArchitecture<NoMmu>.PmdTableAddress(ulong pmd) => throw Refused();

    static bool IArchitecture<NoMmu>.PudIsNone(ulong pud) => throw Refused();

    static bool IArchitecture<NoMmu>.PudIsPresent(ulong pud) => throw Refused();

    static bool IArchitecture<NoMmu>.PudIsLeaf(ulong pud) => throw Refused();

    static bool IArchitecture<NoMmu>.PudIsTransHuge(ulong pud) => throw Refused();

    static bool IArchitecture<NoMmu>.PudIsDevmap(ulong pud) => throw Refused();

    static bool IArchitecture<NoMmu>.PudIsBad(ulong pud) => throw Refused();

    static ulong IArchitecture<NoMmu>.PudPfn(ulong pud) => throw Refused();

    static ulong IArchitecture<NoMmu>.MakePudTable(ulong address) => throw Refused();

    static ulong IArchitecture<NoMmu>.PudTableAddress(ulong pud) => throw Refused();

    static bool IArchitecture<NoMmu>.P4dIsNone(ulong p4d) => throw Refused();

    static bool IArchitecture<NoMmu>.P4dIsPresent(ulong p4d) => throw Refused();

    static bool IArchitecture<NoMmu>.P4dIsBad(ulong p4d) => throw Refused();

    static ulong IArchitecture<NoMmu>.MakeP4dTable(ulong address) => throw Refused();

    static ulong IArchitecture<NoMmu>.P4dTableAddress(ulong p4d) => throw Refused();

    static bool IArchitecture<NoMmu>.PgdIsNone(ulong pgd) => throw Refused();

    static bool IArchitecture<NoMmu>.PgdIsPresent(ulong pgd) => throw Refused();

    static bool IArchitecture<NoMmu>.PgdIsBad(ulong pgd) => throw Refused();

    static ulong IArchitecture<NoMmu>.MakePgdTable(ulong address) => throw Refused();

    static ulong IArchitecture<NoMmu>.PgdTableAddress(ulong pgd) => throw Refused();

    static ImageStatus? IArchitecture<NoMmu>.Refusal(ulong entry, TableLevel level) => throw Refused();
}
