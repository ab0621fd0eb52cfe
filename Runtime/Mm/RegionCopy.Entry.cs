using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>One entry, with the locks of both tables held.</summary>
internal unsafe ref partial struct RegionCopy<TArch>
{
    /// <summary>False: a page is needed, and nothing was done.</summary>
    private bool TryEntry(Pte<TArch>* dstp, Pte<TArch>* srcp, ulong addr, ref bool flush)
    {
        Pte<TArch> pte = PtepGet(srcp);
        if (pte.IsNone)
            return true;
        if (!pte.IsPresent)
        {
            NotPresent(dstp, srcp, addr, pte);
            return true;
        }

        if (Zap.IsCounted(pte) && _src.IsPrivate && pte.Page.IsAnonExclusive)
        {
            if (pte.Page.IsMaybePinned)
                return TryCopyNow(dstp, addr, pte);
            pte.Page.ClearAnonExclusive();
        }

        Checkpoint.Hit(Checkpoint.Sharing);
        if (Zap.IsCounted(pte))
            pte.Page.Get();
        if (_src.IsPrivate && pte.IsWritable)
        {
            // Hardware may set dirty at this very moment: then it stays set, in the parent's entry.
            if (Defence.Holds(Defence.AtomicWrprotect))
                PtepSetWrprotect(_src.Mm, addr, srcp);
            else
                SetPteAt(_src.Mm, addr, srcp, pte.Wrprotect());
            pte = pte.Wrprotect();
            flush = true;
        }

        SetPteAt(_dst.Mm, addr, dstp, OfChild(pte));
        return true;
    }

    /// <summary>Not accessed yet; and of a shared page the parent's entry tells that it is dirty.</summary>
    private readonly Pte<TArch> OfChild(Pte<TArch> pte)
    {
        pte = pte.MkOld();
        if (!_src.IsPrivate)
            pte = pte.MkClean();
        return KeepsUffdWp ? pte : pte.ClearUffdWp();
    }

    private readonly bool KeepsUffdWp => (_dst.Flags & VmFlags.UffdWp) != 0;

    /// <summary>A page that is pinned stays the parent's alone, since what a device writes must be seen there; the child gets a copy at once.</summary>
    private bool TryCopyNow(Pte<TArch>* dstp, ulong addr, Pte<TArch> pte)
    {
        if (_spare.IsNull)
            return false;
        PageFault<TArch>.Copy(pte.Page, _spare);
        _spare.SetAnonExclusive();
        Pte<TArch> entry = MkPte(_spare, _dst.PageProt).MkDirty();
        if ((_dst.Flags & VmFlags.Write) != 0)
            entry = entry.MkWrite();
        _spare = default;
        SetPteAt(_dst.Mm, addr, dstp, pte.IsUffdWp && KeepsUffdWp ? entry.MkUffdWp() : entry);
        return true;
    }

    private readonly void NotPresent(Pte<TArch>* dstp, Pte<TArch>* srcp, ulong addr, Pte<TArch> pte)
    {
        SwpEntry entry = pte.ToSwpEntry();
        Pte<TArch> shared = pte;
        if (entry.IsMarker)
        {
            ulong kept = entry.Offset & (KeepsUffdWp ? SwpEntry.MarkerPoisoned | SwpEntry.MarkerUffdWp : SwpEntry.MarkerPoisoned);
            if (kept != 0)
                SetPteAt(_dst.Mm, addr, dstp, Pte<TArch>.FromSwpEntry(entry with { Offset = kept }));
            return;
        }

        if (!entry.IsNonSwap)
        {
            _src.Mm.DuplicateSwap(pte);
            shared = pte.SwpClearExclusive();
        }
        else if (entry.IsMigration && _src.IsPrivate)
        {
            shared = Pte<TArch>.FromSwpEntry(new SwpEntry(SwpEntry.MigrationRead, entry.Offset));
            if (pte.IsSwpSoftDirty)
                shared = shared.SwpMkSoftDirty();
            if (pte.IsSwpUffdWp)
                shared = shared.SwpMkUffdWp();
        }

        // In the parent, too: what it faults in or gets back must not be taken for its own alone.
        if (!PteSame(pte, shared))
            SetPteAt(_src.Mm, addr, srcp, shared);
        SetPteAt(_dst.Mm, addr, dstp, KeepsUffdWp ? shared : shared.SwpClearUffdWp());
    }
}
