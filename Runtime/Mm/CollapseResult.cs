namespace PteGuard;

/// <summary>How collapsing small pages into a huge one ended. Nothing changed unless it succeeded.</summary>
public enum CollapseResult
{
    /// <summary>There is a huge page now, with the contents of the small ones.</summary>
    Succeeded,

    /// <summary>No region covers the huge page, or the address space is going away.</summary>
    NoRegion,

    /// <summary>The region is shared, or maps a <see cref="SharedMemory"/>: see <see cref="Mm{TArch}.RetractPageTables"/>.</summary>
    NotAnonymous,

    /// <summary>The region is marked <see cref="VmFlags.NoHugePage"/>.</summary>
    NotWanted,

    /// <summary>There is no page table to collapse.</summary>
    NotMapped,

    /// <summary>There is a huge page already.</summary>
    AlreadyHuge,

    /// <summary>More entries are empty than the caller lets be filled with zeroes, or all of them.</summary>
    TooManyEmpty,

    /// <summary>An entry is not present: a swap entry, a page on the move, a marker.</summary>
    SwapEntries,

    /// <summary>An entry is write-protected by userfaultfd.</summary>
    UffdWp,

    /// <summary>No entry may be written.</summary>
    NotWritable,

    /// <summary>A page is not counted: it belongs to a device, or lies in no arena.</summary>
    Uncounted,

    /// <summary>Somebody else has a reference to a page: another address space maps it, or it is pinned.</summary>
    Pinned,

    /// <summary>There is no memory for a huge page.</summary>
    NoMemory,

    /// <summary>The region is registered with a <see cref="Userfault{TArch}"/>: its handler decides page by page.</summary>
    Userfault,
}
