using static PteGuard.S390;

namespace PteGuard;

/// <summary>
/// Segment entries as pmds, region-third as puds, region-second as p4ds, which the pgd is. The empty one names its table's type, and the
/// lengths and offsets of tables are full. Linux's bits of large segments are those since 6.14: before, there was no present
/// bit, and everything that was not empty was present.
/// </summary>
public readonly unsafe partial struct S390X
{
    static ulong IArchitecture<S390X>.NonePmd => TypeSegment | TableInvalid;

    static ulong IArchitecture<S390X>.NonePud => TypeRegion3 | TableInvalid;

    static ulong IArchitecture<S390X>.NoneP4d => TypeRegion2 | TableInvalid;

    static ulong IArchitecture<S390X>.NonePgd => TypeRegion2 | TableInvalid;

    static bool IArchitecture<S390X>.PmdIsNone(ulong pmd) => pmd == (TypeSegment | TableInvalid);

    static bool IArchitecture<S390X>.PmdIsPresent(ulong pmd) => (pmd & SegmentPresent) != 0;

    static bool IArchitecture<S390X>.PmdIsLeaf(ulong pmd) => IsLargeSegment(pmd);

    static bool IArchitecture<S390X>.PmdIsTransHuge(ulong pmd) => IsLargeSegment(pmd);

    static bool IArchitecture<S390X>.PmdIsDevmap(ulong pmd) => false;

    static bool IArchitecture<S390X>.PmdIsBad(ulong pmd) => (pmd & ~PteTableMask) != (TypeSegment | SegmentPresent);

    static ulong IArchitecture<S390X>.PmdPfn(ulong pmd) => (pmd & LargeSegmentMask) >> S390.PageShift;

    static ulong IArchitecture<S390X>.MakeHugePmd(ulong pfn, ulong protection)
        => ToPmd(Fit((pfn << S390.PageShift) | (protection & ~PfnMask)));

    static ulong IArchitecture<S390X>.HugeProtection(ulong pmd) => ToPte(pmd) & ~PfnMask;

    static ulong IArchitecture<S390X>.PmdToPte(ulong pmd) => ToPte(pmd);

    static ulong IArchitecture<S390X>.PteToPmd(ulong pte) => ToPmd(pte);

    static ulong IArchitecture<S390X>.PmdModify(ulong pmd, ulong protection)
        => ToPmd(Fit((ToPte(pmd) & ChangeMask) | (protection & ~ChangeMask)));

    static ulong IArchitecture<S390X>.PmdMkInvalid(ulong pmd) => pmd | TableInvalid;

    static ulong IArchitecture<S390X>.MakePmdTable(ulong address) => address | TypeSegment | SegmentPresent;

    static ulong IArchitecture<S390X>.PmdTableAddress(ulong pmd) => pmd & PteTableMask;

    static bool IArchitecture<S390X>.PudIsNone(ulong pud) => (pud & TableInvalid) != 0;

    static bool IArchitecture<S390X>.PudIsPresent(ulong pud) => (pud & TableInvalid) == 0;

    static bool IArchitecture<S390X>.PudIsLeaf(ulong pud) => (pud & Large) != 0;

    static bool IArchitecture<S390X>.PudIsTransHuge(ulong pud) => (pud & (Large | TableInvalid)) == Large;

    static bool IArchitecture<S390X>.PudIsDevmap(ulong pud) => false;

    static bool IArchitecture<S390X>.PudIsBad(ulong pud) => (pud & ~PfnMask) != (TypeRegion3 | TableLength);

    static ulong IArchitecture<S390X>.PudPfn(ulong pud) => (pud & LargeRegionMask) >> S390.PageShift;

    static ulong IArchitecture<S390X>.MakePudTable(ulong address) => address | TypeRegion3 | TableLength;

    static ulong IArchitecture<S390X>.PudTableAddress(ulong pud) => pud & PfnMask;

    static bool IArchitecture<S390X>.P4dIsNone(ulong p4d) => (p4d & TableInvalid) != 0;

    static bool IArchitecture<S390X>.P4dIsPresent(ulong p4d) => (p4d & TableInvalid) == 0;

    static bool IArchitecture<S390X>.P4dIsBad(ulong p4d) => (p4d & ~PfnMask) != (TypeRegion2 | TableLength);

    static ulong IArchitecture<S390X>.MakeP4dTable(ulong address) => address | TypeRegion2 | TableLength;

    static ulong IArchitecture<S390X>.P4dTableAddress(ulong p4d) => p4d & PfnMask;

    // Folded: nobody asks these, and the answers are those of the p4d that the entry is.
    static bool IArchitecture<S390X>.PgdIsNone(ulong pgd) => (pgd & TableInvalid) != 0;

    static bool IArchitecture<S390X>.PgdIsPresent(ulong pgd) => (pgd & TableInvalid) == 0;

    static bool IArchitecture<S390X>.PgdIsBad(ulong pgd) => (pgd & ~PfnMask) != (TypeRegion2 | TableLength);

    static ulong IArchitecture<S390X>.MakePgdTable(ulong address) => address | TypeRegion2 | TableLength;

    static ulong IArchitecture<S390X>.PgdTableAddress(ulong pgd) => pgd & PfnMask;

    private static bool IsLargeSegment(ulong pmd) => (pmd & (Large | SegmentPresent)) == (Large | SegmentPresent);
}
