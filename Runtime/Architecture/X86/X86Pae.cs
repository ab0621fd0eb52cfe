namespace PteGuard;

/// <summary>
/// 32-bit x86 with PAE: 32 bits of virtual address in pages of 4 KiB, huge pmds of 2 MiB, and physical addresses of 52
/// bits in entries of 64, which the processor reads and writes in two words (Intel SDM volume 3A, section 4.4). Of
/// the levels, the pgd with its 4 entries, the pmd and the pte are real; p4d and pud are folded.
/// </summary>
/// <remarks>
/// Entries read without a lock are a hint at best, and if they are not present may be made of two. A present one is sound
/// inside <see cref="PageTable.LocalIrqSave"/>, which those wait for who flush. Pte tables are in high memory: at most 16 are
/// mapped by a thread at a time, unmapped last-in first-out.
/// </remarks>
public readonly struct X86Pae : IX86Pae<X86Pae>, IArchitecture<X86Pae>
{
    /// <inheritdoc/>
    public static string Name => "x86 with PAE";

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
    public static int PtrsPerPgd => 4;

    /// <inheritdoc/>
    public static ulong TaskSize => 3UL << 30;

    /// <inheritdoc/>
    public static bool IsCanonical(ulong address) => address <= uint.MaxValue;
}
