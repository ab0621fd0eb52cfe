using static PteGuard.PageTable;

namespace PteGuard;

public sealed unsafe partial class Mm<TArch>
{
    /// <summary>Counts the pages of a range that were accessed since the last time, and marks them not accessed.</summary>
    /// <remarks>Translations are not flushed, as everywhere where pages are aged: an access a moment later may go unmarked. Huge pages stay whole.</remarks>
    /// <param name="addr">Where, in bytes, a multiple of the page size.</param>
    /// <param name="length">How long, in bytes; rounded up to pages. Holes are passed over.</param>
    /// <returns>The pages that were marked accessed; of a huge page, those that lie in the range.</returns>
    /// <exception cref="ArgumentException">The address is not aligned, the range is empty or leaves the addresses for regions.</exception>
    [MayBlock]
    public long Age(ulong addr, ulong length)
    {
        var walker = new AgingWalker<TArch>(cold: false);
        WalkRead(walker, addr, addr + CheckedLength(addr, length), holesAllowed: true);
        return walker.Accessed;
    }

    /// <summary>Marks the pages of a range not accessed, so that whoever looks for memory takes them first (<c>MADV_COLD</c>).</summary>
    /// <remarks>A huge page that lies half in the range is split. Regions that are locked in memory are passed over.</remarks>
    /// <param name="addr">Where, in bytes, a multiple of the page size.</param>
    /// <param name="length">How long, in bytes; rounded up to pages.</param>
    /// <exception cref="ArgumentException">The address is not aligned, the range is empty or has a hole.</exception>
    [MayBlock]
    public void MadviseCold(ulong addr, ulong length)
        => WalkRead(new AgingWalker<TArch>(cold: true), addr, addr + CheckedLength(addr, length), holesAllowed: false);
}

/// <summary>Clears accessed. Cold pages lose it for good: translations are flushed, and no neighbour in a huge page loses it too.</summary>
internal sealed unsafe class AgingWalker<TArch>(bool cold) : PageWalker<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private bool _flush;

    public long Accessed { get; private set; }

    protected override bool SplitsHugePages => cold;

    protected override int TestWalk(Vma<TArch> vma, ulong start, ulong endAddr)
        => cold && (vma.Flags & VmFlags.Locked) != 0 ? 1 : 0;

    protected override int PmdEntry(Pmd<TArch>* pmdp, ulong addr, ulong nextAddr)
    {
        if (!HugePage.IsHuge(PmdpGetLockless(pmdp)) || (cold && nextAddr - addr != 1UL << TArch.PmdShift))
            return 0;

        PtLock pml = PmdLock(Mm, pmdp);
        bool huge = HugePage.IsHuge(PmdpGet(pmdp));
        bool young = huge && PmdpTestAndClearYoung(Vma!, addr, pmdp);
        if (cold && young)
            FlushTlbRange(Vma!, addr, nextAddr);
        pml.Exit();
        if (young)
            Accessed += (long)((nextAddr - addr) >> TArch.PageShift);
        Action = huge ? WalkAction.Continue : WalkAction.Again;
        return 0;
    }

    protected override int PteEntry(Pte<TArch>* ptep, ulong addr, ulong nextAddr)
    {
        if (PtepGet(ptep).IsPresent && PtepTestAndClearYoung(Vma!, addr, ptep))
        {
            Accessed++;
            _flush = true;
        }

        return 0;
    }

    protected override void PteTableEnd(ulong addr, ulong nextAddr)
    {
        if (cold && _flush)
            FlushTlbRange(Vma!, addr, nextAddr);
        _flush = false;
    }
}
