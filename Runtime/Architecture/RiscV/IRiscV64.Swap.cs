namespace PteGuard;

/// <summary>Bits 7 to 11 hold the type and 12 to 63 the offset; 0 to 3 and 5 stay clear, so that the entry is neither present nor a leaf.</summary>
internal unsafe partial interface IRiscV64<TSelf>
{
    private const int TypeShift = 7;
    private const int OffsetShift = 12;
    private const ulong SwapExclusive = 1UL << 6;

    static int IArchitecture<TSelf>.SwapOffsetBits => 64 - OffsetShift;

    static ulong IArchitecture<TSelf>.MakeSwap(uint type, ulong offset) => ((ulong)type << TypeShift) | (offset << OffsetShift);

    static uint IArchitecture<TSelf>.SwapType(ulong entry) => (uint)(entry >> TypeShift) & 0x1f;

    static ulong IArchitecture<TSelf>.SwapOffset(ulong entry) => entry >> OffsetShift;

    static bool IArchitecture<TSelf>.SwapIsExclusive(ulong entry) => (entry & SwapExclusive) != 0;

    static ulong IArchitecture<TSelf>.SwapMkExclusive(ulong entry) => entry | SwapExclusive;

    static ulong IArchitecture<TSelf>.SwapClearExclusive(ulong entry) => entry & ~SwapExclusive;

    static bool IArchitecture<TSelf>.SwapIsSoftDirty(ulong entry) => false;

    static ulong IArchitecture<TSelf>.SwapMkSoftDirty(ulong entry) => entry;

    static ulong IArchitecture<TSelf>.SwapClearSoftDirty(ulong entry) => entry;

    static bool IArchitecture<TSelf>.SwapIsUffdWp(ulong entry) => false;

    static ulong IArchitecture<TSelf>.SwapMkUffdWp(ulong entry) => entry;

    static ulong IArchitecture<TSelf>.SwapClearUffdWp(ulong entry) => entry;
}
