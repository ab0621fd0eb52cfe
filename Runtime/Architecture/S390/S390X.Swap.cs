using static PteGuard.S390;

namespace PteGuard;

/// <summary>
/// A swap pte is invalid, protected and not present; bits 2 to 6 (of the value) hold the type and 12 to 63 the offset. As a pmd it has the
/// invalid bit of segment entries, the common bit to be known by, and the type in bits 6 to 10.
/// </summary>
public readonly unsafe partial struct S390X
{
    private const int TypeShift = 2;
    private const int SegmentTypeShift = 6;
    private const int OffsetShift = 12;
    private const ulong TypeBits = 0x1f;
    private const ulong SwapExclusive = MustBeZero;

    static int IArchitecture<S390X>.SwapOffsetBits => 64 - OffsetShift;

    static ulong IArchitecture<S390X>.MakeSwap(uint type, ulong offset)
        => Invalid | Protect | ((ulong)type << TypeShift) | (offset << OffsetShift);

    static uint IArchitecture<S390X>.SwapType(ulong entry) => (uint)(entry >> TypeShift & TypeBits);

    static ulong IArchitecture<S390X>.SwapOffset(ulong entry) => entry >> OffsetShift;

    static ulong IArchitecture<S390X>.SwapToPmd(ulong entry)
        => TypeSegment | TableInvalid | Common | (entry & (PfnMask | SoftDirty)) | ((entry >> TypeShift & TypeBits) << SegmentTypeShift);

    static ulong IArchitecture<S390X>.PmdToSwap(ulong pmd)
        => Invalid | Protect | (pmd & (PfnMask | SoftDirty)) | ((pmd >> SegmentTypeShift & TypeBits) << TypeShift);

    static bool IArchitecture<S390X>.SwapIsExclusive(ulong entry) => (entry & SwapExclusive) != 0;

    static ulong IArchitecture<S390X>.SwapMkExclusive(ulong entry) => entry | SwapExclusive;

    static ulong IArchitecture<S390X>.SwapClearExclusive(ulong entry) => entry & ~SwapExclusive;

    static bool IArchitecture<S390X>.SwapIsSoftDirty(ulong entry) => (entry & SoftDirty) != 0;

    static ulong IArchitecture<S390X>.SwapMkSoftDirty(ulong entry) => entry | SoftDirty;

    static ulong IArchitecture<S390X>.SwapClearSoftDirty(ulong entry) => entry & ~SoftDirty;

    static bool IArchitecture<S390X>.SwapIsUffdWp(ulong entry) => false;

    static ulong IArchitecture<S390X>.SwapMkUffdWp(ulong entry) => entry;

    static ulong IArchitecture<S390X>.SwapClearUffdWp(ulong entry) => entry;
}
