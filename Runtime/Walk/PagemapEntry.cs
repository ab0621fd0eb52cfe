namespace PteGuard;

/// <summary>
/// What is known about a page from outside, in the 64 bits of <c>/proc/pid/pagemap</c>: bits 0 to 54 are the page frame of a
/// page in memory, or 0 to 4 the type and 5 to 54 the offset of one in a swap area; 55 soft-dirty; 56 exclusive; 57 userfaultfd
/// write protection; 62 swap; 63 present. The others are 0.
/// </summary>
/// <param name="Value">The bits.</param>
public readonly record struct PagemapEntry(ulong Value)
{
    private const int OffsetShift = 5;
    private const ulong FrameMask = (1UL << 55) - 1;
    private const ulong SoftDirtyBit = 1UL << 55;
    private const ulong ExclusiveBit = 1UL << 56;
    private const ulong UffdWpBit = 1UL << 57;
    private const ulong SwapBit = 1UL << 62;
    private const ulong PresentBit = 1UL << 63;

    /// <summary>Whether the page is in memory.</summary>
    public bool IsPresent => (Value & PresentBit) != 0;

    /// <summary>Whether the entry is neither empty nor present: a page in a swap area, on the move, or broken; see <see cref="SwapEntry"/>.</summary>
    public bool IsSwapped => (Value & SwapBit) != 0;

    /// <summary>Whether the page, or the region, was written since <see cref="Mm{TArch}.ClearSoftDirty"/>.</summary>
    public bool IsSoftDirty => (Value & SoftDirtyBit) != 0;

    /// <summary>
    /// Whether the page is nobody else's: in memory with one reference, or a swap entry with the exclusive mark. Never
    /// so for a page that was part of a huge one, all of whose pages share their count.
    /// </summary>
    public bool IsExclusive => (Value & ExclusiveBit) != 0;

    /// <summary>Whether userfaultfd write-protects the page.</summary>
    public bool IsUffdWp => (Value & UffdWpBit) != 0;

    /// <summary>The page frame, in units of the architecture's pages. 0 unless present.</summary>
    public ulong Pfn => IsPresent ? Value & FrameMask : 0;

    /// <summary>What a page that is not in memory is. Type 0 and offset 0 unless <see cref="IsSwapped"/>.</summary>
    public SwpEntry SwapEntry => IsSwapped ? new((uint)Value & ((1 << OffsetShift) - 1), (Value & FrameMask) >> OffsetShift) : default;

    /// <summary>The bits in hexadecimal, and what they mean.</summary>
    public override string ToString()
        => $"0x{Value:x16}" + (IsPresent ? $" pfn 0x{Pfn:x}" : IsSwapped ? $" {SwapEntry}" : " none")
            + (IsSoftDirty ? " soft-dirty" : "") + (IsExclusive ? " exclusive" : "") + (IsUffdWp ? " uffd-wp" : "");

    internal static PagemapEntry Present(ulong pfn, bool softDirty, bool exclusive, bool uffdWp)
        => new(PresentBit | (pfn & FrameMask) | Marks(softDirty, exclusive, uffdWp));

    internal static PagemapEntry Swapped(SwpEntry entry, bool softDirty, bool exclusive, bool uffdWp)
        => new(SwapBit | (((entry.Offset << OffsetShift) | entry.Type) & FrameMask) | Marks(softDirty, exclusive, uffdWp));

    internal static PagemapEntry Nothing(bool softDirty) => new(Marks(softDirty, exclusive: false, uffdWp: false));

    private static ulong Marks(bool softDirty, bool exclusive, bool uffdWp)
        => (softDirty ? SoftDirtyBit : 0) | (exclusive ? ExclusiveBit : 0) | (uffdWp ? UffdWpBit : 0);
}
