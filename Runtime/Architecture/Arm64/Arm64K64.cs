namespace PteGuard;

/// <summary>
/// arm64 with pages of 64 KiB: 48 bits of virtual address in three levels, of which the root has 64 entries, and huge
/// pmds of 512 MiB (Arm ARM DDI 0487, section D8.2.8). The pud and p4d levels are folded into the pgd. 32 ptes make a contiguous block.
/// </summary>
public readonly struct Arm64K64 : IArm64<Arm64K64>, IArchitecture<Arm64K64>
{
    private const int AddressBits = 48;

    /// <inheritdoc/>
    public static string Name => "arm64 with 64 KiB pages";

    /// <inheritdoc/>
    public static int PageShift => 16;

    /// <inheritdoc/>
    public static int PmdShift => 29;

    /// <inheritdoc/>
    public static int PudShift => 42;

    /// <inheritdoc/>
    public static int P4dShift => 42;

    /// <inheritdoc/>
    public static int PgdShift => 42;

    /// <inheritdoc/>
    public static int PtrsPerPte => 8192;

    /// <inheritdoc/>
    public static int PtrsPerPmd => 8192;

    /// <inheritdoc/>
    public static int PtrsPerPud => 1;

    /// <inheritdoc/>
    public static int PtrsPerP4d => 1;

    /// <inheritdoc/>
    public static int PtrsPerPgd => 64;

    static int IArm64<Arm64K64>.ContPtes => 32;

    static int IArm64<Arm64K64>.LargestBlockShift => 29;

    /// <summary>The end of the addresses that TTBR0_EL1 translates, and so of those for regions.</summary>
    public static ulong TaskSize => 1UL << AddressBits;

    /// <summary>Whether TTBR0_EL1 translates an address: bits 48 to 63 are clear. Kernel addresses, with all of them set, are TTBR1_EL1's, and there are none here.</summary>
    public static bool IsCanonical(ulong address) => address >> AddressBits == 0;
}
