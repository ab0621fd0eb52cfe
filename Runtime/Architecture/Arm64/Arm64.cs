namespace PteGuard;

/// <summary>
/// The bits of VMSAv8-64 stage 1 descriptors (Arm ARM DDI 0487, section D8.3), with addresses of 48 bits. Bits 55 to 58 are
/// ignored by hardware, and are Linux 6.12's.
/// </summary>
internal static class Arm64
{
    public const ulong Valid = 1UL << 0;

    /// <summary>In a valid descriptor of the last level: a page; above: a table, and not a block.</summary>
    public const ulong TableOrPage = 1UL << 1;

    /// <summary>The index into MAIR_EL1; 0 is what Linux calls normal memory.</summary>
    public const ulong AttrIndex = 7UL << 2;

    /// <summary>AP[1]: EL0 may access the page.</summary>
    public const ulong User = 1UL << 6;

    /// <summary>AP[2]. With <see cref="Writable"/> it says that the page is clean, and hardware clears it.</summary>
    public const ulong ReadOnly = 1UL << 7;
    public const ulong InnerShareable = 3UL << 8;
    public const ulong Accessed = 1UL << 10;
    public const ulong NotGlobal = 1UL << 11;

    /// <summary>The meaning of <see cref="NotGlobal"/> while <see cref="Valid"/> is clear.</summary>
    public const ulong PresentInvalid = NotGlobal;
    public const ulong GuardedPage = 1UL << 50;

    /// <summary>DBM: hardware tracks writes. Linux takes it for the permission to write.</summary>
    public const ulong Writable = 1UL << 51;
    public const ulong Contiguous = 1UL << 52;
    public const ulong PrivilegedNoExecute = 1UL << 53;
    public const ulong UserNoExecute = 1UL << 54;

    /// <summary>Dirty, where hardware does not keep it: see <see cref="IsDirty"/>.</summary>
    public const ulong SoftwareDirty = 1UL << 55;
    public const ulong Special = 1UL << 56;
    public const ulong Devmap = 1UL << 57;
    public const ulong UffdWp = 1UL << 58;

    /// <summary>The index into the permission overlay (FEAT_S1POE), which the walk here is without.</summary>
    public const ulong OverlayIndex = 7UL << 60;

    // In a table descriptor: what no descriptor below it can allow.
    public const ulong TablePrivilegedNoExecute = 1UL << 59;
    public const ulong TableUserNoExecute = 1UL << 60;
    public const ulong TableNoUser = 1UL << 61;
    public const ulong TableReadOnly = 1UL << 62;

    public const ulong TypeMask = Valid | TableOrPage;

    /// <summary>A reference to a table, for user memory: nothing in it may be executed by the kernel.</summary>
    public const ulong Table = Valid | TableOrPage | TablePrivilegedNoExecute;

    /// <summary>A page of normal memory that user code may read, as every user page is but those without access.</summary>
    public const ulong UserPage = Valid | TableOrPage | User | ReadOnly | InnerShareable | Accessed | NotGlobal | PrivilegedNoExecute;

    /// <summary>A page that nobody may access: not valid, and told from other invalid ones by what it lacks.</summary>
    public const ulong NoAccess = (UserPage & ~(Valid | User)) | PresentInvalid | UserNoExecute;

    /// <summary>What <c>pte_modify</c> takes from the new protection; everything else is kept.</summary>
    public const ulong ChangeMask = Valid | AttrIndex | User | ReadOnly | PresentInvalid | GuardedPage | Writable
        | PrivilegedNoExecute | UserNoExecute | OverlayIndex;

    public static bool IsPresent(ulong entry) => (entry & Valid) != 0 || (entry & PresentInvalid) != 0;

    public static bool IsTable(ulong entry) => (entry & TypeMask) == TypeMask;

    public static bool IsHardwareDirty(ulong entry) => (entry & (Writable | ReadOnly)) == Writable;

    public static bool IsDirty(ulong entry) => (entry & SoftwareDirty) != 0 || IsHardwareDirty(entry);

    /// <summary>Dirty in software; in hardware too where the page may be written, so that a write need not mark it again.</summary>
    public static ulong MkDirty(ulong entry)
    {
        entry |= SoftwareDirty;
        return (entry & Writable) != 0 ? entry & ~ReadOnly : entry;
    }

    public static ulong MkClean(ulong entry) => (entry & ~SoftwareDirty) | ReadOnly;

    /// <summary>
    /// An entry as it would be if hardware had marked nothing, to compare what is left. The read-only bit is a mark only
    /// where the page may be written.
    /// </summary>
    public static ulong WithoutMarks(ulong entry)
        => (entry & ~(SoftwareDirty | Accessed)) | ((entry & Writable) != 0 ? ReadOnly : 0);

    /// <summary>The marks of one entry, added to another.</summary>
    public static ulong AddMarks(ulong entry, ulong marks)
    {
        entry |= marks & Accessed;
        return IsDirty(marks) ? MkDirty(entry) : entry;
    }

    /// <summary>Whether an entry is one of a contiguous block. In a swap entry the bit is part of the offset.</summary>
    public static bool IsContiguous(ulong entry) => (entry & (Valid | Contiguous)) == (Valid | Contiguous);

    /// <summary>An entry on its own. The getters leave the contiguous bit in, so what comes back from the core may have it.</summary>
    public static ulong WithoutContiguous(ulong entry) => IsPresent(entry) ? entry & ~Contiguous : entry;
}
