namespace PteGuard;

/// <summary>
/// arm64 with pages of 4 KiB: 48 bits of virtual address in four levels, huge pmds of 2 MiB and huge puds of 1 GiB
/// (Arm ARM DDI 0487, section D8.2.6). The p4d level is folded into the pgd. 16 ptes make a contiguous block.
/// </summary>
public readonly struct Arm64K4 : IArm64<Arm64K4>, IArchitecture<Arm64K4>
{
    private const int AddressBits = 48;

    /// <inheritdoc/>
    public static string Name => "arm64 with 4 KiB pages";

    /// <inheritdoc/>
    public static int PageShift => 12;

    /// <inheritdoc/>
    public static int PmdShift => 21;

    /// <inheritdoc/>
    public static int PudShift => 30;

    /// <inheritdoc/>
    public static int P4dShift => 39;

    /// <inheritdoc/>
    public static int PgdShift => 39;

    /// <inheritdoc/>
    public static int PtrsPerPte => 512;

    /// <inheritdoc/>
    public static int PtrsPerPmd => 512;

    /// <inheritdoc/>
    public static int PtrsPerPud => 512;

    /// <inheritdoc/>
    public static int PtrsPerP4d => 1;

    /// <inheritdoc/>
    public static int PtrsPerPgd => 512;

    static int IArm64<Arm64K4>.ContPtes => 16;

    static int IArm64<Arm64K4>.LargestBlockShift => 30;

    /// <summary>The end of the addresses that TTBR0_EL1 translates, and so of those for regions.</summary>
    public static ulong TaskSize => 1UL << AddressBits;

    /// <summary>Whether TTBR0_EL1 translates an address: bits 48 to 63 are clear. Kernel addresses, with all of them set, are TTBR1_EL1's, and there are none here.</summary>
    public static bool IsCanonical(ulong address) => address >> AddressBits == 0;
}
