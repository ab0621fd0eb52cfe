using static PteGuard.PageTable;

namespace PteGuard;

public sealed unsafe partial class Mm<TArch>
{
    /// <summary>Forgets which pages were written, and watches for the next write of each (4 written to <c>/proc/pid/clear_refs</c>).</summary>
    /// <remarks>
    /// Pages become read-only; a write faults, and marks its page soft-dirty, which <see cref="Pagemap(ulong)"/> shows. Takes
    /// the mmap lock for writing. Swap entries lose the mark too, and regions <see cref="VmFlags.SoftDirty"/>.
    /// </remarks>
    /// <exception cref="NotSupportedException">The architecture's entries have no soft-dirty mark.</exception>
    [MayBlock]
    public void ClearSoftDirty()
    {
        if (!WriteTracking.IsSupported<TArch>())
            throw new NotSupportedException($"Entries of {TArch.Name} have no soft-dirty mark.");
        MmapLock.EnterWrite();
        try
        {
            var walker = new SoftDirtyWalker<TArch>();
            foreach (Vma<TArch> vma in _regions)
            {
                VmFlagsClear(vma, VmFlags.SoftDirty);
                walker.Walk(vma);
            }
        }
        finally
        {
            MmapLock.ExitWrite();
        }
    }
}

/// <summary>Clears the mark and forbids writing.</summary>
internal sealed unsafe class SoftDirtyWalker<TArch> : PageWalker<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private bool _flush;

    protected override int PmdEntry(Pmd<TArch>* pmdp, ulong addr, ulong nextAddr)
    {
        Pmd<TArch> seen = PmdpGetLockless(pmdp);
        if (!seen.IsSwap && !HugePage.IsHuge(seen))
            return 0;

        PtLock pml = PmdLock(Mm, pmdp);
        Pmd<TArch> pmd = PmdpGet(pmdp);
        if (pmd.IsSwap)
        {
            SetPmd(pmdp, new Pmd<TArch>(TArch.SwapClearSoftDirty(pmd.Value)));
        }
        else if (HugePage.IsHuge(pmd))
        {
            // Atomic, since hardware goes on marking the entry dirty until the flush.
            PmdpModify(pmdp, static pmd => WriteTracking.Cleared(pmd));
            FlushTlbRange(Vma!, addr, nextAddr);
        }
        else
        {
            Action = WalkAction.Again;
        }

        pml.Exit();
        return 0;
    }

    protected override int PteEntry(Pte<TArch>* ptep, ulong addr, ulong nextAddr)
    {
        Pte<TArch> pte = PtepGet(ptep);
        if (pte.IsPresent)
        {
            Pte<TArch> old = PtepModifyProtStart(Vma!, addr, ptep);
            PtepModifyProtCommit(Vma!, addr, ptep, old, WriteTracking.Cleared(old));
            _flush = true;
        }
        else if (!pte.IsNone)
        {
            SetPteAt(Mm, addr, ptep, pte.SwpClearSoftDirty());
        }

        return 0;
    }

    protected override void PteTableEnd(ulong addr, ulong nextAddr)
    {
        if (_flush)
            FlushTlbRange(Vma!, addr, nextAddr);
        _flush = false;
    }
}
