namespace PteGuard;

/// <summary>
/// RISC-V in mode Sv39: 39 bits of virtual address in pages of 4 KiB, huge pmds of 2 MiB and huge puds of 1 GiB
/// (privileged architecture, section on Sv39). The pud and p4d levels are folded into the pgd.
/// </summary>
public readonly struct RiscV64Sv39 : IRiscV64<RiscV64Sv39>, IArchitecture<RiscV64Sv39>
{
    private const int AddressBits = 39;

    /// <inheritdoc/>
    public static string Name => "RISC-V Sv39";

    /// <inheritdoc/>
    public static int PageShift => 12;

    /// <inheritdoc/>
    public static int PmdShift => 21;

    /// <inheritdoc/>
    public static int PudShift => 30;

    /// <inheritdoc/>
    public static int P4dShift => 30;

    /// <inheritdoc/>
    public static int PgdShift => 30;

    /// <inheritdoc/>
    public static int PtrsPerPte => 512;

    /// <inheritdoc/>
    public static int PtrsPerPmd => 512;

    /// <inheritdoc/>
    public static int PtrsPerPud => 1;

    /// <inheritdoc/>
    public static int PtrsPerP4d => 1;

    /// <inheritdoc/>
    public static int PtrsPerPgd => 512;

    /// <inheritdoc/>
    public static ulong TaskSize => 1UL << (AddressBits - 1);

    /// <inheritdoc/>
    public static bool IsCanonical(ulong address)
        => (ulong)((long)(address << (64 - AddressBits)) >> (64 - AddressBits)) == address;
}
