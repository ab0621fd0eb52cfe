using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>Faults on entries that are not present, and on empty ones where nothing may be put.</summary>
internal readonly unsafe ref partial struct PageFault<TArch>
{
    /// <summary>A page that its address space has alone, in a private region, may be written from now on. The entry's lock is held, or the page is new.</summary>
    private void MarkExclusive(Pte<TArch> pte)
    {
        if (_vma.IsPrivate && Zap.IsCounted(pte))
            pte.Page.SetAnonExclusive();
    }

    /// <summary>In a region of page frames nothing is faulted in. An entry may be empty for a moment only, while its protection changes.</summary>
    private VmFault NoPage(Pmd<TArch>* pmdp)
    {
        Checkpoint.Hit(Checkpoint.SeenEmpty);
        if (!Defence.Holds(Defence.LookAgain))
            return VmFault.SigBus;
        Pte<TArch>* ptep = PteOffsetMapLock(_mm, pmdp, _addr, out PtLock ptl);
        if (ptep is null)
            return PmdpGetLockless(pmdp).IsNone ? VmFault.SigBus : VmFault.None;
        bool empty = PtepGet(ptep).IsNone;
        PteUnmapUnlock(ptep, ptl);
        return empty ? VmFault.SigBus : VmFault.None;
    }

    private VmFault NotPresent(Pmd<TArch>* pmdp, Pte<TArch> seen)
    {
        SwpEntry entry = seen.ToSwpEntry();
        if (!entry.IsNonSwap && _mm.FindSwap(entry.Type) is { } area)
            return SwapIn(pmdp, seen, area, entry.Offset);
        if (UserfaultMarks.IsMarker(seen) && _vma.Memory is null)
            return Missing(pmdp, seen);
        return entry.IsHwPoison || (entry.IsMarker && (entry.Offset & SwpEntry.MarkerPoisoned) != 0) ? VmFault.HwPoison : VmFault.SigBus;
    }

    private VmFault SwapIn(Pmd<TArch>* pmdp, Pte<TArch> seen, SwapArea<TArch> area, ulong offset)
    {
        // From here on the slot is not used for anything else, so an entry that is the same later names the same contents.
        if (!area.TryPin(offset, out Page page))
            return IsDangling(pmdp, seen, area, offset) ? VmFault.SigBus : VmFault.None;
        bool pinned = Defence.Holds(Defence.PinSlot);
        if (!pinned)
            area.Unpin(offset);

        VmFault outcome = VmFault.Oom;
        if (!page.IsNull || TryRead(area, offset, out page))
        {
            Checkpoint.Hit(Checkpoint.SwapRead);
            if (!TryMap(pmdp, seen, area, offset, page))
                page.Put();
            outcome = VmFault.None;
        }

        if (pinned)
            area.Unpin(offset);
        return outcome;
    }

    private bool TryRead(SwapArea<TArch> area, ulong offset, out Page page)
    {
        if (!_mm.Arena.TryAllocPage(out page, TArch.PageShift - PhysicalMemory.FrameShift))
            return false;
        area.Read(offset, page);
        page = area.Publish(offset, page);
        return true;
    }

    private bool TryMap(Pmd<TArch>* pmdp, Pte<TArch> seen, SwapArea<TArch> area, ulong offset, Page page)
    {
        Pte<TArch>* ptep = PteOffsetMapLock(_mm, pmdp, _addr, out PtLock ptl);
        if (ptep is null)
            return false;
        bool same = IsSame(seen, PtepGet(ptep));
        if (same)
        {
            SetPteAt(_mm, _addr, ptep, Swapped(seen, page));

            // The slot may have been the only other place that had the contents.
            page.MarkDirty();
            area.Free(offset);
        }

        PteUnmapUnlock(ptep, ptl);
        return same;
    }

    /// <summary>The entry of a page that has come back: writable where the page belongs to this address space alone.</summary>
    private Pte<TArch> Swapped(Pte<TArch> seen, Page page)
    {
        Pte<TArch> entry = MkPte(page, _vma.PageProt).MkYoung();
        if (seen.IsSwpExclusive)
        {
            page.SetAnonExclusive();
            if ((_vma.Flags & VmFlags.Write) != 0)
                entry = entry.MkWrite();
            if (IsWrite)
                entry = entry.MkDirty();
        }

        if (seen.IsSwpSoftDirty)
            entry = entry.MkSoftDirty();
        return seen.IsSwpUffdWp ? entry.MkUffdWp() : WriteTracking.Guard(entry);
    }

    /// <summary>The exclusive mark counts: a fork takes it away where the slot stays the same.</summary>
    private static bool IsSame(Pte<TArch> seen, Pte<TArch> now)
        => Defence.Holds(Defence.CompareExclusive) ? PteSame(seen, now) : PteSame(seen.SwpClearExclusive(), now.SwpClearExclusive());

    /// <summary>Whether an entry names a slot that is not in use, and not only did so until a moment ago: under its lock neither changes.</summary>
    private bool IsDangling(Pmd<TArch>* pmdp, Pte<TArch> seen, SwapArea<TArch> area, ulong offset)
    {
        Pte<TArch>* ptep = PteOffsetMapLock(_mm, pmdp, _addr, out PtLock ptl);
        if (ptep is null)
            return false;
        bool dangling = PteSame(seen, PtepGet(ptep)) && area.EntriesOf(offset) == 0;
        PteUnmapUnlock(ptep, ptl);
        return dangling;
    }
}
