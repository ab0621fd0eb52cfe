namespace PteGuard;

/// <summary>Bits 59 to 63 hold the type and 9 to 58 the inverted offset; 0, 7 and 8 stay clear, so that the entry is not present.</summary>
internal unsafe partial interface IX86<TSelf>
{
    private const int TypeShift = 59;
    private const int OffsetShift = 9;
    private const ulong OffsetMask = (1UL << 50) - 1;

    /// <summary>The bit of the exclusive mark.</summary>
    static virtual ulong SwapExclusive => 1UL << 3;

    /// <summary>The bit of soft-dirty; 0: there is none.</summary>
    static virtual ulong SwapSoftDirty => 1UL << 1;

    /// <summary>The bit of userfaultfd write protection; 0: there is none.</summary>
    static virtual ulong SwapUffdWp => 1UL << 2;

    static int IArchitecture<TSelf>.SwapOffsetBits => TypeShift - OffsetShift;

    static ulong IArchitecture<TSelf>.MakeSwap(uint type, ulong offset)
        => ((ulong)type << TypeShift) | ((~offset & OffsetMask) << OffsetShift);

    static uint IArchitecture<TSelf>.SwapType(ulong entry) => (uint)(entry >> TypeShift);

    static ulong IArchitecture<TSelf>.SwapOffset(ulong entry) => (~entry >> OffsetShift) & OffsetMask;

    static bool IArchitecture<TSelf>.SwapIsExclusive(ulong entry) => (entry & TSelf.SwapExclusive) != 0;

    static ulong IArchitecture<TSelf>.SwapMkExclusive(ulong entry) => entry | TSelf.SwapExclusive;

    static ulong IArchitecture<TSelf>.SwapClearExclusive(ulong entry) => entry & ~TSelf.SwapExclusive;

    static bool IArchitecture<TSelf>.SwapIsSoftDirty(ulong entry) => (entry & TSelf.SwapSoftDirty) != 0;

    static ulong IArchitecture<TSelf>.SwapMkSoftDirty(ulong entry) => entry | TSelf.SwapSoftDirty;

    static ulong IArchitecture<TSelf>.SwapClearSoftDirty(ulong entry) => entry & ~TSelf.SwapSoftDirty;

    static bool IArchitecture<TSelf>.SwapIsUffdWp(ulong entry) => (entry & TSelf.SwapUffdWp) != 0;

    static ulong IArchitecture<TSelf>.SwapMkUffdWp(ulong entry) => entry | TSelf.SwapUffdWp;

    static ulong IArchitecture<TSelf>.SwapClearUffdWp(ulong entry) => entry & ~TSelf.SwapUffdWp;
}
