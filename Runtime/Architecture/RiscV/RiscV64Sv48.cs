namespace PteGuard;

/// <summary>
/// RISC-V in mode Sv48: 48 bits of virtual address in pages of 4 KiB, huge pmds of 2 MiB and huge puds of 1 GiB
/// (privileged architecture, section on Sv48). The p4d level is folded into the pgd.
/// </summary>
public readonly struct RiscV64Sv48 : IRiscV64<RiscV64Sv48>, IArchitecture<RiscV64Sv48>
{
    private const int AddressBits = 48;

    /// <inheritdoc/>
    public static string Name => "RISC-V Sv48";

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

    /// <inheritdoc/>
    public static ulong TaskSize => 1UL << (AddressBits - 1);

    /// <inheritdoc/>
    public static bool IsCanonical(ulong address)
        => (ulong)((long)(address << (64 - AddressBits)) >> (64 - AddressBits)) == address;
}
