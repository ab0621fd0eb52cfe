namespace PteGuard;

/// <summary>A range of addresses that entries of one level map with the same attributes.</summary>
/// <param name="Start">The first virtual address, in bytes.</param>
/// <param name="End">The address after the last; 0 is the end of all addresses.</param>
/// <param name="Level">The level of the entries.</param>
/// <param name="Attributes">What they say.</param>
/// <param name="Pfn">The first page frame, in units of the architecture's pages, of memory that is consecutive; null where frames were not asked for, or there is none.</param>
public readonly record struct DumpedRange(ulong Start, ulong End, TableLevel Level, PageAttributes Attributes, ulong? Pfn)
{
    /// <summary>How long, in bytes.</summary>
    public ulong Size => End - Start;
}

/// <summary>A table, as a dump found it.</summary>
internal sealed class DumpedTable(TableShape shape, ulong start, ulong address)
{
    public TableShape Shape { get; } = shape;

    /// <summary>The first virtual address that it translates.</summary>
    public ulong Start { get; } = start;

    /// <summary>Where it lies, as a physical address in bytes.</summary>
    public ulong Address { get; } = address;

    /// <summary>What each entry is; the attributes of the leaves are in the ranges.</summary>
    public SlotKind[] Slots { get; } = new SlotKind[shape.Entries];

    public List<DumpedTable> Children { get; } = [];

    public int Used => Slots.Count(static slot => slot != SlotKind.Empty);

    /// <summary>The table and all below it.</summary>
    public int Count => 1 + Children.Sum(static child => child.Count);
}

/// <summary>What an entry holds, coarsely enough for a picture.</summary>
internal enum SlotKind : byte
{
    Empty,
    Table,
    Writable,
    ReadOnly,
    Huge,
    NoAccess,
    Swap,
    Bad,
}
