namespace PteGuard;

/// <summary>What a walk through a memory image came to.</summary>
public enum ImageStatus
{
    /// <summary>Memory, which the image has.</summary>
    Mapped,

    /// <summary>Memory, which the image has, and that hardware lets nobody access: without any access right, or a huge page being split.</summary>
    NoAccess,

    /// <summary>Memory that is not in the image.</summary>
    MemoryMissing,

    /// <summary>An entry is not present, and as Linux reads it the page is in a swap area, on the move, broken or a mark.</summary>
    NotInMemory,

    /// <summary>An entry is empty or not present.</summary>
    NotPresent,

    /// <summary>The table, or the part of it that holds the entry, is not in the image.</summary>
    TableMissing,

    /// <summary>An entry that hardware refuses: it has bits set that are reserved.</summary>
    Reserved,

    /// <summary>The address is not one that hardware accepts.</summary>
    NotCanonical,

    /// <summary>Only of ranges: the entry refers to a table that it lies below. Hardware goes round it; a list would not end.</summary>
    Cycle,

    /// <summary>Only of ranges: the limit of tables was reached, and the rest was not looked at.</summary>
    LimitReached,
}

/// <summary>The way of one address through a memory image, and where it ended.</summary>
/// <param name="Address">The virtual address, in bytes.</param>
/// <param name="Status">What it came to.</param>
/// <param name="Level">The level of the entry that decided, or could not be read.</param>
/// <param name="EntryAddress">The physical address of that entry, in bytes; 0 if the address is not canonical.</param>
/// <param name="Entry">Its bits; 0 if it could not be read.</param>
/// <param name="Physical">The physical address, in bytes, where there is memory, in the image or not; 0 otherwise.</param>
/// <param name="Attributes">What the entry says of the memory, or of the page that is not in memory. Rights that upper entries take away are not looked at.</param>
public readonly record struct ImageTranslation(
    ulong Address, ImageStatus Status, TableLevel Level, ulong EntryAddress, ulong Entry, ulong Physical, PageAttributes Attributes)
{
    /// <summary>Whether the image has the memory.</summary>
    public bool HasMemory => Status is ImageStatus.Mapped or ImageStatus.NoAccess;

    /// <summary>Address, outcome, and where it was decided.</summary>
    public override string ToString()
        => Status == ImageStatus.NotCanonical ? $"0x{Address:x}: {Status}"
            : $"0x{Address:x}: {Status}" + (Status <= ImageStatus.MemoryMissing ? $" at 0x{Physical:x}" : "") + $", by {Level.Word()} 0x{Entry:x} at 0x{EntryAddress:x}";
}

/// <summary>A range of addresses that fare alike in a memory image.</summary>
/// <param name="Start">The first virtual address, in bytes.</param>
/// <param name="Last">The last virtual address.</param>
/// <param name="Status">What they come to; never <see cref="ImageStatus.NotPresent"/>, which is what is in no range.</param>
/// <param name="Level">The level of the entries that decide it.</param>
/// <param name="Physical">Where there is memory, its first physical address, in bytes; it is consecutive. 0 otherwise.</param>
/// <param name="Attributes">What the entries say.</param>
public readonly record struct ImageRange(ulong Start, ulong Last, ImageStatus Status, TableLevel Level, ulong Physical, PageAttributes Attributes)
{
    /// <summary>The range in hexadecimal, and what it is.</summary>
    public override string ToString()
        => $"0x{Start:x}-0x{Last:x} {Status} {Level.Word()}" + (Status <= ImageStatus.MemoryMissing ? $" at 0x{Physical:x}" : "")
            + (Status <= ImageStatus.NotInMemory ? " " + string.Join(' ', Attributes.Words()) : "");

    /// <summary>Makes one range of two, if the second continues the first.</summary>
    internal bool TryExtend(ImageRange following, out ImageRange extended)
    {
        extended = this with { Last = following.Last };
        bool consecutive = Status > ImageStatus.MemoryMissing || Physical + (Last - Start) + 1 == following.Physical;
        return Last + 1 == following.Start && Status == following.Status && Level == following.Level && Attributes == following.Attributes && consecutive;
    }
}
