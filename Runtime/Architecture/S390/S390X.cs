namespace PteGuard;

/// <summary>
/// z/Architecture with a region-second table as root: 53 bits of virtual address in pages of 4 KiB, huge pmds of 1 MiB
/// (Principles of Operation, chapter 3). Page tables take half a frame. The p4d level is folded into the pgd.
/// </summary>
/// <remarks>
/// Linux starts a process with three levels and adds more as its addresses grow; here the fourth is always there. The
/// machine has the enhanced-DAT facilities 1 and 2 and the instruction-execution-protection facility. Hardware sets no
/// marks: <see cref="Mm{TArch}.Fault"/> does.
/// </remarks>
[ArchitectureCode]
public readonly unsafe partial struct S390X : IArchitecture<S390X>
{
    /// <inheritdoc/>
    public static string Name => "s390x";

    /// <inheritdoc/>
    public static int PageShift => S390.PageShift;

    /// <inheritdoc/>
    public static int PmdShift => S390.SegmentShift;

    /// <inheritdoc/>
    public static int PudShift => S390.Region3Shift;

    /// <inheritdoc/>
    public static int P4dShift => S390.Region2Shift;

    /// <inheritdoc/>
    public static int PgdShift => S390.Region2Shift;

    /// <inheritdoc/>
    public static int PtrsPerPte => 256;

    /// <inheritdoc/>
    public static int PtrsPerPmd => 2048;

    /// <inheritdoc/>
    public static int PtrsPerPud => 2048;

    /// <inheritdoc/>
    public static int PtrsPerP4d => 1;

    /// <inheritdoc/>
    public static int PtrsPerPgd => 2048;

    /// <inheritdoc/>
    public static ulong TaskSize => 1UL << 53;

    /// <inheritdoc/>
    public static bool IsCanonical(ulong address) => address < TaskSize;
}
