namespace PteGuard;

/// <summary>
/// What a non-present entry names, whatever the architecture (<c>swp_entry_t</c>): a type of 5 bits and an offset. The
/// last nine types are no swap areas.
/// </summary>
/// <param name="Type">0 to 31. Below <see cref="MaxSwapFiles"/>: a swap area.</param>
/// <param name="Offset">The page in the swap area; a page frame; the bits of a marker.</param>
public readonly record struct SwpEntry(uint Type, ulong Offset)
{
    /// <summary>The number of swap areas, and the first type that is none (Linux 6.12 with everything enabled).</summary>
    public const uint MaxSwapFiles = Types - 9;

    /// <summary>A page that hardware found broken.</summary>
    public const uint HwPoison = MaxSwapFiles;

    /// <summary>A page that is being moved, and was mapped read-only.</summary>
    public const uint MigrationRead = MaxSwapFiles + 1;

    /// <summary>A page that is being moved, was mapped read-only, and belongs to this address space alone.</summary>
    public const uint MigrationReadExclusive = MaxSwapFiles + 2;

    /// <summary>A page that is being moved, and was mapped writable.</summary>
    public const uint MigrationWrite = MaxSwapFiles + 3;

    /// <summary>No page, but a mark where one would be.</summary>
    public const uint Marker = Types - 1;

    /// <summary>The marker offset bit of userfaultfd write protection.</summary>
    public const ulong MarkerUffdWp = 1;

    /// <summary>The marker offset bit of a page that must not be accessed again.</summary>
    public const ulong MarkerPoisoned = 2;

    private const uint Types = 32;

    /// <summary>0 to 31.</summary>
    public uint Type { get; } = Type < Types ? Type : throw new ArgumentOutOfRangeException(nameof(Type), Type, "A swap type has 5 bits.");

    /// <summary>Whether this is no entry of a swap area (<c>non_swap_entry</c>).</summary>
    public bool IsNonSwap => Type >= MaxSwapFiles;

    /// <summary>Whether the page is being moved; whoever needs it waits.</summary>
    public bool IsMigration => Type is MigrationRead or MigrationReadExclusive or MigrationWrite;

    /// <summary>Whether there is no page, only a mark.</summary>
    public bool IsMarker => Type == Marker;

    /// <summary>Whether the page is broken.</summary>
    public bool IsHwPoison => Type == HwPoison;
}
