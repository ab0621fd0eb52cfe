namespace PteGuard;

/// <summary>
/// x86-64 with five levels: 57 bits of virtual address in pages of 4 KiB, huge pmds of 2 MiB and huge puds of 1 GiB
/// (Intel SDM volume 3A, section 4.5, with CR4.LA57 set).
/// </summary>
public readonly struct X86_64La57 : IX86<X86_64La57>, IArchitecture<X86_64La57>
{
    private const int AddressBits = 57;

    /// <inheritdoc/>
    public static string Name => "x86-64 with LA57";

    /// <inheritdoc/>
    public static int PageShift => 12;

    /// <inheritdoc/>
    public static int PmdShift => 21;

    /// <inheritdoc/>
    public static int PudShift => 30;

    /// <inheritdoc/>
    public static int P4dShift => 39;

    /// <inheritdoc/>
    public static int PgdShift => 48;

    /// <inheritdoc/>
    public static int PtrsPerPte => 512;

    /// <inheritdoc/>
    public static int PtrsPerPmd => 512;

    /// <inheritdoc/>
    public static int PtrsPerPud => 512;

    /// <inheritdoc/>
    public static int PtrsPerP4d => 512;

    /// <inheritdoc/>
    public static int PtrsPerPgd => 512;

    /// <inheritdoc/>
    public static ulong TaskSize => (1UL << (AddressBits - 1)) - (1UL << 12);

    /// <inheritdoc/>
    public static bool IsCanonical(ulong address)
        => (ulong)((long)(address << (64 - AddressBits)) >> (64 - AddressBits)) == address;
}
