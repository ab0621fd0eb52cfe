using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>The bits of x86 entries (Intel SDM volume 3A, section 4.5; bits 9 to 11 and 52 to 58 are Linux's).</summary>
internal static class X86
{
    public const ulong Present = 1UL << 0;
    public const ulong Writable = 1UL << 1;
    public const ulong User = 1UL << 2;
    public const ulong WriteThrough = 1UL << 3;
    public const ulong CacheDisable = 1UL << 4;
    public const ulong Accessed = 1UL << 5;
    public const ulong Dirty = 1UL << 6;

    /// <summary>In a directory entry: this is a leaf.</summary>
    public const ulong PageSize = 1UL << 7;

    /// <summary>In a pte: the PAT bit, a third of the memory type.</summary>
    public const ulong Pat = 1UL << 7;
    public const ulong Global = 1UL << 8;

    /// <summary>The meaning of <see cref="Global"/> while <see cref="Present"/> is clear.</summary>
    public const ulong ProtNone = Global;
    public const ulong Special = 1UL << 9;
    public const ulong UffdWp = 1UL << 10;
    public const ulong SoftDirty = 1UL << 11;

    /// <summary>In a leaf above the pte level: the PAT bit, whose usual place is taken by <see cref="PageSize"/>.</summary>
    public const ulong PatLarge = 1UL << 12;
    public const ulong Devmap = 1UL << 57;

    /// <summary>Dirty, kept aside while the entry is not writable: not writable and dirty would mean a shadow stack.</summary>
    public const ulong SavedDirty = 1UL << 58;
    public const ulong NoExecute = 1UL << 63;

    public const int PageShift = 12;
    public const ulong PfnMask = ((1UL << 52) - 1) & ~((1UL << PageShift) - 1);

    /// <summary>A reference to a table, for user memory; the lower level decides what may be done.</summary>
    public const ulong Table = Present | Writable | User | Accessed | Dirty;

    /// <summary>What <c>pte_modify</c> and <c>pmd_modify</c> keep, besides the marks that not every x86 has and the PAT bit, which each has elsewhere.</summary>
    public const ulong ChangeMask = PfnMask | WriteThrough | CacheDisable | Special | Accessed | Dirty;

    /// <summary>Accessed and dirty may appear in an empty entry by an erratum, and do not count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNone(ulong entry) => (entry & ~(Accessed | Dirty)) == 0;

    /// <summary>
    /// All ones for an entry whose frame bits are stored inverted: every non-empty entry that hardware does not
    /// use, so that a speculative load through it finds no cached memory (L1 terminal fault).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Inversion(ulong entry) => entry != 0 && (entry & Present) == 0 ? ulong.MaxValue : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Pfn(ulong entry) => ((entry ^ Inversion(entry)) & PfnMask) >> PageShift;

    /// <summary>Not writable and dirty: dirty moves aside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SaveDirty(ulong entry)
        => (entry & (Writable | Dirty)) == Dirty ? (entry & ~Dirty) | SavedDirty : entry;

    /// <summary>Writable: a dirty mark that was put aside comes back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RestoreDirty(ulong entry)
        => (entry & (Writable | SavedDirty)) == (Writable | SavedDirty) ? (entry & ~SavedDirty) | Dirty : entry;

    /// <summary>New bits for an entry, its frame inverted anew if it changes between used and not used by hardware.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Rebuild(ulong old, ulong changed)
        => Inversion(old) == Inversion(changed) ? changed : (changed & ~PfnMask) | (~changed & PfnMask);
}
