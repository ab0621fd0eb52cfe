using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>
/// The tables of a region, copied for a child. The mmap locks of both sides are held for writing, so the parent's pages are not faulted in or
/// unmapped meanwhile; reclaim, hardware and who reclaims empty tables need no mmap lock and go on.
/// </summary>
internal unsafe ref partial struct RegionCopy<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private readonly Vma<TArch> _dst;
    private readonly Vma<TArch> _src;

    /// <summary>A page for a pinned one to be copied to: allocated without locks, used with them.</summary>
    private Page _spare;

    public RegionCopy(Vma<TArch> dst, Vma<TArch> src)
    {
        _dst = dst;
        _src = src;
    }

    public readonly void Dispose()
    {
        if (!_spare.IsNull)
            _spare.Put();
    }

    /// <summary>False: no memory.</summary>
    [MayBlock]
    public bool TryAll()
    {
        for (ulong addr = _src.Start, next; addr < _src.End; addr = next)
        {
            Pmd<TArch>* source = MmFindPmd(_src.Mm, addr, out next);
            next = Math.Min(next, _src.End);
            if (source is null || PmdpGetLockless(source).IsNone)
                continue;
            Pmd<TArch>* target = PmdAllocWalk(_dst.Mm, addr);
            if (target is null || !TryDirectory(target, source, addr, next))
                return false;
        }

        return true;
    }

    /// <summary>What one pmd entry covers. Where there is no table to be mapped any more, the pmd is looked at again: the loop is ours.</summary>
    private bool TryDirectory(Pmd<TArch>* target, Pmd<TArch>* source, ulong start, ulong end)
    {
        for (ulong addr = start; addr < end;)
        {
            Pmd<TArch> pmd = PmdpGetLockless(source);
            if (pmd.IsNone)
                return true;
            if (pmd.IsSwap || HugePage.IsHuge(pmd))
            {
                // Two regions may each have a part of a huge page. One that is on the move cannot be split, and is copied for both.
                bool copied = false;
                ulong first = start & ~((1UL << TArch.PmdShift) - 1);
                if ((pmd.IsSwap || end - start == 1UL << TArch.PmdShift) && !TryHuge(target, source, first, out copied))
                    return false;
                if (copied)
                    return true;
                HugePage.Split(_src, source, first);
            }
            else if (!TryTable(target, source, ref addr, end))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Some entries of a table; says where it got to. False: no memory.</summary>
    private bool TryTable(Pmd<TArch>* target, Pmd<TArch>* source, ref ulong addr, ulong end)
    {
        if (!PteAlloc(_dst.Mm, target))
            return false;
        Pte<TArch>* dst = PteOffsetMapLock(_dst.Mm, target, addr, out PtLock dstLock);
        if (dst is null)
        {
            // The child already has what covered this and another region: a huge page that was on the move.
            addr = end;
            return true;
        }

        Pte<TArch>* src = PteOffsetMapLock(_src.Mm, source, addr, out PtLock srcLock);
        if (src is null)
        {
            PteUnmapUnlock(dst, dstLock);
            return true;
        }

        ulong begin = addr;
        Pte<TArch>* dstp = dst;
        bool flush = false;
        for (Pte<TArch>* srcp = src; addr < end && TryEntry(dstp, srcp, addr, ref flush); srcp++, dstp++)
            addr += 1UL << TArch.PageShift;

        // A write through a translation from before would change a page that is the child's, too.
        if (flush)
            FlushTlbRange(_src, begin, addr);
        PteUnmapUnlock(src, srcLock);
        PteUnmapUnlock(dst, dstLock);
        return addr >= end || !_spare.IsNull || _dst.Mm.Arena.TryAllocPage(out _spare, TArch.PageShift - PhysicalMemory.FrameShift);
    }
}
