namespace PteGuard;

/// <summary>
/// The page tables of an address space at one moment: what is mapped, as ranges of equal attributes, and the tree of tables
/// (as the kernel's ptdump). Written as text, JSON or a picture; it does not change when the tables do.
/// </summary>
public sealed partial class PageTableDump
{
    private readonly TableShape[] _shapes;
    private readonly DumpedTable _root;

    private PageTableDump(string architecture, TableShape[] shapes, IReadOnlyList<DumpedRegion> regions, IReadOnlyList<DumpedRange> ranges, DumpedTable root)
    {
        Architecture = architecture;
        PageSize = 1 << shapes[^1].Shift;
        _shapes = shapes;
        Regions = regions;
        Ranges = ranges;
        _root = root;
        TableCount = root.Count;
    }

    /// <summary>The architecture's name.</summary>
    public string Architecture { get; }

    /// <summary>The bytes of a page.</summary>
    public int PageSize { get; }

    /// <summary>The regions, in order of address.</summary>
    public IReadOnlyList<DumpedRegion> Regions { get; }

    /// <summary>
    /// What entries map, in order of address; empty entries are in none. A range does not reach over the border of a region; with
    /// frames, nor beyond memory that is consecutive.
    /// </summary>
    public IReadOnlyList<DumpedRange> Ranges { get; }

    /// <summary>How many tables there are, the root among them and those deposited for huge pages not.</summary>
    public int TableCount { get; }

    /// <summary>Reads all tables of an address space. Changes nothing, malformed entries neither.</summary>
    /// <remarks>Takes the mmap lock for reading unless the thread holds it already. Entries that change meanwhile appear as they were at some moment.</remarks>
    /// <typeparam name="TArch">The architecture.</typeparam>
    /// <param name="mm">The address space.</param>
    /// <param name="frames">Whether ranges say which page frames they map, which makes more of them.</param>
    /// <exception cref="ObjectDisposedException">The address space is disposed.</exception>
    [MayBlock]
    public static PageTableDump Of<TArch>(Mm<TArch> mm, bool frames = false)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ArgumentNullException.ThrowIfNull(mm);
        ObjectDisposedException.ThrowIf(mm.IsDisposed, mm);
        bool enter = !mm.MmapLock.IsHeld;
        if (enter)
            mm.MmapLock.EnterRead();
        try
        {
            DumpedRegion[] regions = mm.DumpRegions();
            var builder = new DumpBuilder<TArch>(regions, frames);
            builder.Read(mm);
            return new(TArch.Name, TableGeometry<TArch>.Levels, regions, builder.Ranges, builder.Root);
        }
        finally
        {
            if (enter)
                mm.MmapLock.ExitRead();
        }
    }

    /// <summary>What was found, in a line.</summary>
    public override string ToString() => $"{Architecture}: {Ranges.Count} ranges, {TableCount} tables";
}

/// <summary>A region, as a dump found it.</summary>
/// <param name="Start">The first virtual address, in bytes.</param>
/// <param name="End">The address after the last.</param>
/// <param name="Flags">What the region is and allows.</param>
public readonly record struct DumpedRegion(ulong Start, ulong End, VmFlags Flags);

public sealed unsafe partial class Mm<TArch>
{
    /// <summary>The regions now. The mmap lock is held.</summary>
    internal DumpedRegion[] DumpRegions() => [.. _regions.Select(static vma => new DumpedRegion(vma.Start, vma.End, vma.Flags))];
}
