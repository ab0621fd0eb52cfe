using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>
/// A processor without a memory management unit (<c>CONFIG_MMU=n</c>): there are no page tables, and so no helpers for their entries. What
/// code still names an entry reads and writes it directly, which is right here and nowhere else.
/// </summary>
/// <remarks>
/// <c>new Mm&lt;NoMmu&gt;</c> and every operation on a table or an entry throw <see cref="NotSupportedException"/>.
/// <see cref="PageTable.HugePtepClearFlush"/> is left, since code that is shared with other architectures is linked against it.
/// </remarks>
[ArchitectureCode]
[DirectEntryAccess]
public readonly unsafe partial struct NoMmu : IArchitecture<NoMmu>
{
    /// <inheritdoc/>
    public static string Name => "no MMU";

    /// <inheritdoc/>
    public static int PageShift => 12;

    /// <inheritdoc/>
    public static bool HasMmu => false;

    // The stub that the kernel keeps for linking: it clears nothing and flushes nothing.
    static Pte<NoMmu> IArchitecture<NoMmu>.HugePtepClearFlush(Vma<NoMmu>? vma, ulong address, Pte<NoMmu>* ptep) => *ptep;

    internal static NotSupportedException Refused([CallerMemberName] string member = "")
        => new($"{member}: without an MMU there are no page tables, and no helpers for their entries. Read and write an entry directly, in code that is compiled for NoMmu only.");
}
