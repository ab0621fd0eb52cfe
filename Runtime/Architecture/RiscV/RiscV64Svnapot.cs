using static PteGuard.RiscV64;

namespace PteGuard;

/// <summary>
/// Naturally aligned groups of pages on RISC-V (the Svnapot extension): all 16 entries of a group of 64 KiB hold
/// the same word, whose N bit is set and whose lowest frame bits tell the size of the group instead of the page.
/// </summary>
/// <remarks>
/// <see cref="PageTable.PtepGet"/> answers for the page of the entry it reads, with a marked group counting for each page;
/// a change to one entry first makes single pages of the whole group. Words are taken as <see cref="Pte{TArch}.Value"/>.
/// </remarks>
public static class RiscV64Svnapot
{
    /// <summary>The one size that the extension defines: 2 to this power pages, 64 KiB.</summary>
    public const int Order64K = 4;

    /// <summary>The word for all entries of the group that a present pte maps the first page of.</summary>
    /// <param name="pte">The pte of the first page.</param>
    /// <param name="order">The group is 2 to this power pages; only <see cref="Order64K"/> is defined.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is not one that the extension defines.</exception>
    /// <exception cref="ArgumentException">The pte is not present, or its page is not the first of an aligned group.</exception>
    public static ulong MkNapot(ulong pte, int order)
    {
        if (order != Order64K)
            throw new ArgumentOutOfRangeException(nameof(order), order, "Svnapot defines groups of 2^4 pages only.");
        if (!RiscV64.IsPresent(pte) || (pte & (LowFrames | Napot)) != 0)
            throw new ArgumentException($"The pte 0x{pte:x} must map the first page of a group of {1 << order}.", nameof(pte));
        return pte | Napot | Pattern;
    }

    /// <summary>Whether a pte maps its page as part of a group. A swap entry, whose bits mean something else, does not.</summary>
    /// <param name="pte">The word of the entry, as it lies in memory.</param>
    public static bool IsNapot(ulong pte) => (pte & Napot) != 0 && RiscV64.IsPresent(pte);

    /// <summary>The size of the group, as a power of two of pages; 0: a page of its own.</summary>
    /// <param name="pte">The word of the entry, as it lies in memory.</param>
    public static int Order(ulong pte)
        => IsNapot(pte) ? System.Numerics.BitOperations.TrailingZeroCount((pte & PfnMask) >> PfnShift) + 1 : 0;

    /// <summary>The ordinary pte of one page of a group; a pte that is in no group comes back as it is.</summary>
    /// <param name="pte">The word of the entry, as it lies in memory.</param>
    /// <param name="index">Which page of the group, 0 to 15: the lowest bits of its page number.</param>
    public static ulong ToPage(ulong pte, int index)
        => IsNapot(pte) ? (pte & ~(Napot | LowFrames)) | ((ulong)index << PfnShift) : pte;

    internal const int Pages = 1 << Order64K;

    /// <summary>Where the frame bits tell the size, as the one that is defined has them.</summary>
    internal const ulong LowFrames = (ulong)(Pages - 1) << PfnShift;
    internal const ulong Pattern = (ulong)Pages / 2 << PfnShift;
}
