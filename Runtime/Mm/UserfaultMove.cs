using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>
/// One page that changes its address. The mmap lock is held for reading, so everything that is decided from a look at an entry is looked at
/// again with the locks of both tables held.
/// </summary>
internal readonly unsafe ref struct UserfaultMove<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private readonly Vma<TArch> _to;
    private readonly Vma<TArch> _from;
    private readonly Mm<TArch> _mm;
    private readonly ulong _dst;
    private readonly ulong _src;

    public UserfaultMove(Vma<TArch> to, ulong dst, Vma<TArch> from, ulong src)
    {
        _to = to;
        _from = from;
        _mm = to.Mm;
        _dst = dst;
        _src = src;
    }

    [MayBlock]
    public UserfaultResult Run()
    {
        Pmd<TArch>* target = PmdAllocWalk(_mm, _dst);
        if (target is null)
            return UserfaultResult.NoMemory;
        while (true)
        {
            Pmd<TArch>* source = MmFindPmd(_mm, _src);
            if (source is null || PmdpGetLockless(source).IsNone)
                return UserfaultResult.NoSource;
            Pmd<TArch> huge = PmdpGetLockless(source);
            if (huge.IsSwap || huge.IsDevmap)
                return UserfaultResult.Busy;
            if (huge.IsTransHuge)
                HugePage.Split(_from, source, _src & ~((1UL << TArch.PmdShift) - 1));
            if (!PteAlloc(_mm, target))
                return UserfaultResult.NoMemory;
            Pmd<TArch> there = PmdpGetLockless(target);
            if (there.IsSwap || HugePage.IsHuge(there))
                return UserfaultResult.Exists;
            if (TryTables(target, source) is { } result)
                return result;
        }
    }

    /// <summary>Null: a table is gone, or an entry has changed; look again from the directory.</summary>
    private UserfaultResult? TryTables(Pmd<TArch>* target, Pmd<TArch>* source)
    {
        Pte<TArch>* dst = PteOffsetMapRwNolock(_mm, target, _dst, out Pmd<TArch> dstPmd, out PtLock dstLock);
        if (dst is null)
            return null;
        Pte<TArch>* src = PteOffsetMapNolock(_mm, source, _src, out PtLock srcLock);
        if (src is null)
        {
            PteUnmap(dst);
            return null;
        }

        UserfaultResult? result = UserfaultResult.Exists;
        Pte<TArch> there = Sample(dst, dstLock);
        Pte<TArch> seen = Sample(src, srcLock);
        if (there.IsNone)
        {
            result = Judge(seen);
            if (result == UserfaultResult.Succeeded)
            {
                Checkpoint.Hit(Checkpoint.MoveSampled);
                result = TryEntries(dst, src, seen, target, dstPmd, new PtLockPair(srcLock, dstLock));
            }
        }

        PteUnmap(src);
        PteUnmap(dst);
        return result;
    }

    /// <summary>Each under its own lock, which is released: the other's may be the same.</summary>
    private static Pte<TArch> Sample(Pte<TArch>* ptep, PtLock ptl)
    {
        ptl.Enter();
        Pte<TArch> pte = PtepGet(ptep);
        ptl.Exit();
        return pte;
    }

    private static UserfaultResult Judge(Pte<TArch> seen)
    {
        if (seen.IsNoneMostly)
            return UserfaultResult.NoSource;
        if (!seen.IsPresent)
            return seen.IsSwpExclusive ? UserfaultResult.Succeeded : UserfaultResult.Busy;
        return Zap.IsCounted(seen) && seen.Page.IsAnonExclusive && !seen.Page.IsMaybePinned ? UserfaultResult.Succeeded : UserfaultResult.Busy;
    }

    private UserfaultResult? TryEntries(Pte<TArch>* dst, Pte<TArch>* src, Pte<TArch> seen, Pmd<TArch>* target, Pmd<TArch> dstPmd, PtLockPair locks)
    {
        locks.Enter();

        // The source was not empty, so if it is the same its table is attached. The destination was, and an empty entry
        // of a table that was taken away looks like one of a table that was not.
        bool same = PteSame(seen, PtepGet(src)) && PtepGet(dst).IsNone
            && (PmdSame(dstPmd, PmdpGetLockless(target)) || !Defence.Holds(Defence.RecheckDestination));
        UserfaultResult? result = !same ? null
            : seen.IsPresent ? MovePage(dst, src)
            : MoveSwap(dst, src);
        locks.Exit();
        return result;
    }

    private UserfaultResult MovePage(Pte<TArch>* dst, Pte<TArch>* src)
    {
        // Who pins without a lock pins first and looks at the entry again then; here it is emptied first, and the pins are
        // looked at then. One of the two sees the other.
        Pte<TArch> old = PtepClearFlush(_from, _src, src);
        if (!old.Page.IsAnonExclusive || (old.Page.IsMaybePinned && Defence.Holds(Defence.RetestPins)))
        {
            SetPteAt(_mm, _src, src, old);
            return UserfaultResult.Busy;
        }

        Pte<TArch> entry = MkPte(old.Page, _to.PageProt).MkYoung().MkDirty();
        if ((_to.Flags & VmFlags.Write) != 0)
            entry = entry.MkWrite();
        SetPteAt(_mm, _dst, dst, entry);
        return UserfaultResult.Succeeded;
    }

    private UserfaultResult MoveSwap(Pte<TArch>* dst, Pte<TArch>* src)
    {
        Pte<TArch> old = PtepGetAndClear(_mm, _src, src);
        SetPteAt(_mm, _dst, dst, old.SwpMkSoftDirty().SwpClearUffdWp());
        return UserfaultResult.Succeeded;
    }
}
