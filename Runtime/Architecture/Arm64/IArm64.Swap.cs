namespace PteGuard;

/// <summary>Bits 6 to 10 hold the type and 12 to 61 the offset; 0, 1 and 11 stay clear, so that the entry is not present.</summary>
internal unsafe partial interface IArm64<TSelf>
{
    private const int TypeShift = 6;
    private const ulong TypeBits = (1UL << 5) - 1;
    private const int OffsetShift = 12;
    private const int OffsetBits = 50;
    private const ulong OffsetMask = (1UL << OffsetBits) - 1;
    private const ulong SwapExclusive = 1UL << 2;
    private const ulong SwapUffdWp = 1UL << 3;

    static int IArchitecture<TSelf>.SwapOffsetBits => OffsetBits;

    static ulong IArchitecture<TSelf>.MakeSwap(uint type, ulong offset)
        => ((ulong)type << TypeShift) | ((offset & OffsetMask) << OffsetShift);

    static uint IArchitecture<TSelf>.SwapType(ulong entry) => (uint)((entry >> TypeShift) & TypeBits);

    static ulong IArchitecture<TSelf>.SwapOffset(ulong entry) => (entry >> OffsetShift) & OffsetMask;

    static bool IArchitecture<TSelf>.SwapIsExclusive(ulong entry) => (entry & SwapExclusive) != 0;

    static ulong IArchitecture<TSelf>.SwapMkExclusive(ulong entry) => entry | SwapExclusive;

    static ulong IArchitecture<TSelf>.SwapClearExclusive(ulong entry) => entry & ~SwapExclusive;

    static bool IArchitecture<TSelf>.SwapIsSoftDirty(ulong entry) => false;

    static ulong IArchitecture<TSelf>.SwapMkSoftDirty(ulong entry) => entry;

    static ulong IArchitecture<TSelf>.SwapClearSoftDirty(ulong entry) => entry;

    static bool IArchitecture<TSelf>.SwapIsUffdWp(ulong entry) => (entry & SwapUffdWp) != 0;

    static ulong IArchitecture<TSelf>.SwapMkUffdWp(ulong entry) => entry | SwapUffdWp;

    static ulong IArchitecture<TSelf>.SwapClearUffdWp(ulong entry) => entry & ~SwapUffdWp;
}
