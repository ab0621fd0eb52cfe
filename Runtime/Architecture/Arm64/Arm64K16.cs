namespace PteGuard;

/// <summary>
/// arm64 with pages of 16 KiB: 48 bits of virtual address in four levels, of which the root has two entries, and huge
/// pmds of 32 MiB (Arm ARM DDI 0487, section D8.2.7). The p4d level is folded into the pgd. 128 ptes make a contiguous block.
/// </summary>
public readonly struct Arm64K16 : IArm64<Arm64K16>, IArchitecture<Arm64K16>
{
    private const int AddressBits = 48;

    /// <inheritdoc/>
    public static string Name => "arm64 with 16 KiB pages";

    /// <inheritdoc/>
    public static int PageShift => 14;

    /// <inheritdoc/>
    public static int PmdShift => 25;

    /// <inheritdoc/>
    public static int PudShift => 36;

    /// <inheritdoc/>
    public static int P4dShift => 47;

    /// <inheritdoc/>
    public static int PgdShift => 47;

    /// <inheritdoc/>
    public static int PtrsPerPte => 2048;

    /// <inheritdoc/>
    public static int PtrsPerPmd => 2048;

    /// <inheritdoc/>
    public static int PtrsPerPud => 2048;

    /// <inheritdoc/>
    public static int PtrsPerP4d => 1;

    /// <inheritdoc/>
    public static int PtrsPerPgd => 2;

    static int IArm64<Arm64K16>.ContPtes => 128;

    static int IArm64<Arm64K16>.LargestBlockShift => 25;

    /// <summary>The end of the addresses that TTBR0_EL1 translates, and so of those for regions.</summary>
    public static ulong TaskSize => 1UL << AddressBits;

    /// <summary>Whether TTBR0_EL1 translates an address: bits 48 to 63 are clear. Kernel addresses, with all of them set, are TTBR1_EL1's, and there are none here.</summary>
    public static bool IsCanonical(ulong address) => address >> AddressBits == 0;
}
