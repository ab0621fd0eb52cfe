namespace PteGuard;

/// <summary>
/// The bits of z/Architecture entries (Principles of Operation, chapter 3, dynamic address translation; the manual numbers
/// bits from the left, 0 to 63). What hardware does not look at is Linux's.
/// </summary>
internal static class S390
{
    // Page-table entries.
    public const ulong NoExecute = 0x100;
    public const ulong Protect = 0x200;
    public const ulong Invalid = 0x400;

    /// <summary>Bit 52 of a page-table entry must be zero. In a swap entry, which is invalid, nobody looks.</summary>
    public const ulong MustBeZero = 0x800;
    public const ulong Present = 0x001;
    public const ulong SoftDirty = 0x002;
    public const ulong Young = 0x004;
    public const ulong Dirty = 0x008;
    public const ulong Readable = 0x010;
    public const ulong Writable = 0x020;
    public const ulong Special = 0x040;

    /// <summary>What software keeps in a page-table entry.</summary>
    public const ulong SoftwareBits = 0x0ff;

    public const int PageShift = 12;
    public const ulong PfnMask = ~((1UL << PageShift) - 1);

    /// <summary>What <c>pte_modify</c> keeps.</summary>
    public const ulong ChangeMask = PfnMask | Special | Dirty | Young | SoftDirty;

    // Entries of segment and region tables. Protection and no-execution lie where page-table entries have them.
    public const ulong TableLength = 0x003;
    public const ulong TypeMask = 0x00c;
    public const ulong TypeSegment = 0x000;
    public const ulong TypeRegion3 = 0x004;
    public const ulong TypeRegion2 = 0x008;

    /// <summary>Common to all address spaces, which no entry of a private space may be; Linux marks swap entries by it.</summary>
    public const ulong Common = 0x010;
    public const ulong TableInvalid = 0x020;
    public const ulong TableOffset = 0x0c0;

    /// <summary>Format control: the entry maps memory itself, 1 MiB or (EDAT-2) 2 GiB.</summary>
    public const ulong Large = 0x400;

    // Linux's bits of a large segment entry, in fields that hardware does not use with access-control validity off.
    public const ulong SegmentPresent = 0x0001;
    public const ulong SegmentSoftDirty = 0x0002;
    public const ulong SegmentYoung = 0x1000;
    public const ulong SegmentDirty = 0x2000;
    public const ulong SegmentReadable = 0x4000;
    public const ulong SegmentWritable = 0x8000;

    public const int SegmentShift = 20;
    public const int Region3Shift = 31;
    public const int Region2Shift = 42;
    public const ulong PteTableMask = ~0x7ffUL;
    public const ulong LargeSegmentMask = ~((1UL << SegmentShift) - 1);
    public const ulong LargeRegionMask = ~((1UL << Region3Shift) - 1);

    /// <summary>
    /// Hardware sets no marks in entries. What was not accessed since the mark was cleared is invalid, and what was not written is
    /// protected, so that the first access faults and the fault sets the mark.
    /// </summary>
    public static ulong Fit(ulong pte)
        => (pte & ~(Invalid | Protect))
            | ((pte & (Young | Readable)) == (Young | Readable) ? 0 : Invalid)
            | ((pte & (Dirty | Writable)) == (Dirty | Writable) ? 0 : Protect);

    /// <summary>Changes that resetting DAT protection can make: from read-only to writable, and what only software looks at.</summary>
    public static bool CanResetProtection(ulong old, ulong changed)
        => (old & (Protect | Invalid)) == Protect && (changed & Protect) == 0 && ((old ^ changed) & ~(Protect | SoftwareBits)) == 0;

    /// <summary>A large segment entry as a page-table entry.</summary>
    public static ulong ToPte(ulong pmd)
        => (pmd & (LargeSegmentMask | Protect | NoExecute))
            | Move(pmd, SegmentPresent, Present)
            | Move(pmd, SegmentSoftDirty, SoftDirty)
            | Move(pmd, SegmentYoung, Young)
            | Move(pmd, SegmentDirty, Dirty)
            | Move(pmd, SegmentReadable, Readable)
            | Move(pmd, SegmentWritable, Writable)
            | Move(pmd, TableInvalid, Invalid);

    /// <summary>The way back from <see cref="ToPte"/>.</summary>
    public static ulong ToPmd(ulong pte)
        => (pte & (LargeSegmentMask | Protect | NoExecute)) | Large
            | Move(pte, Present, SegmentPresent)
            | Move(pte, SoftDirty, SegmentSoftDirty)
            | Move(pte, Young, SegmentYoung)
            | Move(pte, Dirty, SegmentDirty)
            | Move(pte, Readable, SegmentReadable)
            | Move(pte, Writable, SegmentWritable)
            | Move(pte, Invalid, TableInvalid);

    private static ulong Move(ulong entry, ulong from, ulong to) => (entry & from) != 0 ? to : 0;
}
