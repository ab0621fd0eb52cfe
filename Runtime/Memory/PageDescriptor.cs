using System.Runtime.InteropServices;

namespace PteGuard;

/// <summary>What a frame is used for.</summary>
internal enum PageKind : byte
{
    /// <summary>Outside every arena.</summary>
    None,

    /// <summary>The first frame of a free block.</summary>
    Free,

    /// <summary>A later frame of a free or allocated block; its state is the first frame's.</summary>
    Tail,

    /// <summary>The first frame of an allocated block of data.</summary>
    Data,

    /// <summary>The first frame of a page table of some level.</summary>
    Table,

    /// <summary>A page table that waits for its readers to leave before it is freed.</summary>
    DeferredTable,
}

/// <summary>
/// One per frame, in native memory, one cache line. The lock of a page table lives here, so a table
/// and its lock are found from the same snapshot of the directory entry (Linux 6.6 to 6.12, split page-table locks).
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = SizeInBytes)]
internal struct PageDescriptor
{
    public const int SizeInBytes = 64;

    /// <summary>The page-table lock: the id of the thread that holds it, or 0.</summary>
    public int Lock;

    public int RefCount;
    public PageKind Kind;
    public byte Order;

    /// <summary>For a frame that pte tables share: a bit for each that is in use.</summary>
    public byte Fragments;

    /// <summary>For a frame that pte tables share: a bit for each that waits for its readers to leave.</summary>
    public byte DeferredFragments;

    /// <summary>Not 0 once a dirty entry that mapped the page was taken down.</summary>
    public int Dirty;

    /// <summary>Links of whatever list the block is on: free; or, for pte tables, deposited or waiting to be freed, where the second fragment of a frame has the second. Frame 0 is no frame.</summary>
    public ulong Next;
    public ulong Previous;

    /// <summary>For a tail: the first frame of its block.</summary>
    public ulong Head;

    /// <summary>For a pmd table: the physical address of the first of the pte tables deposited for its huge entries.</summary>
    public ulong Deposited;

    /// <summary>For a frame that pte tables share: the handle of the <see cref="TableFragments"/> that it belongs to; 0 for others.</summary>
    public nint Owner;

    /// <summary>Of this very frame, tails included: not 0 where the anonymous page belongs to one address space alone.</summary>
    public int AnonExclusive;

    /// <summary>For a block of several frames: how often it is pinned. A single frame counts pins in <see cref="RefCount"/>.</summary>
    public int Pins;
}
