using static PteGuard.PageTable;

namespace PteGuard;

public sealed unsafe partial class Mm<TArch>
{
    /// <summary>Which pages of a range are in memory (<c>mincore</c>).</summary>
    /// <remarks>A page that is being moved or is broken counts as in memory; one in a swap area, or never touched, does not.</remarks>
    /// <param name="addr">Where, in bytes, a multiple of the page size.</param>
    /// <param name="length">How long, in bytes; rounded up to pages.</param>
    /// <param name="residency">A byte for each page, of which bit 0 is the answer and the others are 0.</param>
    /// <exception cref="ArgumentException">The address is not aligned, the range is empty or has a hole, or there is no room for the answer.</exception>
    [MayBlock]
    public void Mincore(ulong addr, ulong length, Span<byte> residency)
    {
        ulong size = CheckedLength(addr, length);
        ulong pages = size >> TArch.PageShift;
        if ((ulong)residency.Length < pages)
            throw new ArgumentException($"There must be room for {pages} bytes, one a page.", nameof(residency));
        fixed (byte* answers = residency)
            WalkRead(new ResidencyWalker<TArch>(answers, addr), addr, addr + size, holesAllowed: false);
    }
}

/// <summary>Writes a byte for each page.</summary>
internal sealed unsafe class ResidencyWalker<TArch>(byte* answers, ulong start) : PageWalker<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    protected override int PteHole(ulong addr, ulong nextAddr) => Fill(addr, nextAddr, 0);

    protected override int PudEntry(Pud<TArch>* pudp, ulong addr, ulong nextAddr)
        => PudpGet(pudp) is { IsPresent: true, IsLeaf: true } ? Fill(addr, nextAddr, 1) : 0;

    protected override int PmdEntry(Pmd<TArch>* pmdp, ulong addr, ulong nextAddr)
    {
        Pmd<TArch> pmd = PmdpGetLockless(pmdp);
        return pmd.IsSwap || HugePage.IsHuge(pmd) ? Fill(addr, nextAddr, 1) : 0;
    }

    protected override int PteEntry(Pte<TArch>* ptep, ulong addr, ulong nextAddr)
    {
        Pte<TArch> pte = PtepGet(ptep);
        bool resident = pte.IsPresent || (!pte.IsNone && pte.ToSwpEntry() is { IsNonSwap: true, IsMarker: false });
        return Fill(addr, nextAddr, resident ? (byte)1 : (byte)0);
    }

    private int Fill(ulong addr, ulong nextAddr, byte answer)
    {
        for (; addr < nextAddr; addr += 1UL << TArch.PageShift)
            answers[(addr - start) >> TArch.PageShift] = answer;
        return 0;
    }
}
