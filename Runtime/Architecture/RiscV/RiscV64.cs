namespace PteGuard;

/// <summary>The bits of RISC-V entries (privileged architecture, sections on Sv39, Svnapot and Svpbmt; bits 8 and 9 are Linux's).</summary>
internal static class RiscV64
{
    public const ulong Valid = 1UL << 0;
    public const ulong Readable = 1UL << 1;
    public const ulong Writable = 1UL << 2;
    public const ulong Executable = 1UL << 3;
    public const ulong User = 1UL << 4;
    public const ulong Global = 1UL << 5;

    /// <summary>The meaning of <see cref="Global"/> while <see cref="Valid"/> is clear.</summary>
    public const ulong ProtNone = Global;
    public const ulong Accessed = 1UL << 6;
    public const ulong Dirty = 1UL << 7;
    public const ulong Special = 1UL << 8;
    public const ulong Devmap = 1UL << 9;
    public const ulong Reserved = 0x7fUL << 54;

    /// <summary>The page-based memory type; 3 is reserved.</summary>
    public const ulong MemoryType = 3UL << 61;

    /// <summary>This entry and its neighbours map one naturally aligned group of pages.</summary>
    public const ulong Napot = 1UL << 63;

    /// <summary>An entry with any of them maps memory; one with none refers to a table.</summary>
    public const ulong Leaf = Readable | Writable | Executable;

    public const int PageShift = 12;
    public const int PfnShift = 10;
    public const ulong PfnMask = ((1UL << 44) - 1) << PfnShift;

    /// <summary>What <c>pte_modify</c> and <c>pmd_modify</c> keep. Regions name no memory type, so the entry's stays.</summary>
    public const ulong ChangeMask = PfnMask | Accessed | Dirty | Special | Devmap | MemoryType | Napot;

    public static bool IsPresent(ulong pte) => (pte & (Valid | ProtNone)) != 0;

    public static ulong Modify(ulong entry, ulong protection) => (entry & ChangeMask) | (protection & ~ChangeMask);

    /// <summary>The physical address that the frame bits name.</summary>
    public static ulong Address(ulong entry) => (entry & PfnMask) << (PageShift - PfnShift);

    public static ulong Table(ulong address) => (address >> (PageShift - PfnShift)) | Valid;

    /// <summary>A reference to a table has nothing but the frame and V: A, D, U, N and the memory type are reserved there.</summary>
    public static bool IsTable(ulong entry) => (entry & ~PfnMask) == Valid;
}
