using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>
/// One page that changes its frame. Between the two steps that take the lock of its table a migration entry stands for it, and who
/// faults on that waits. The mmap lock is held for reading, so no fork copies the entry, and no region changes.
/// </summary>
internal unsafe ref struct Migration<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private readonly Vma<TArch> _vma;
    private readonly ulong _addr;
    private Page _page;
    private Pte<TArch> _old;

    public Migration(Vma<TArch> vma, ulong addr)
    {
        _vma = vma;
        _addr = addr & ~((1UL << TArch.PageShift) - 1);
    }

    /// <summary>False: nothing has changed, except that a huge page may have been split.</summary>
    [MayBlock]
    public bool TryRun()
    {
        if (!_vma.IsPrivate || (_vma.Flags & VmFlags.PfnMap) != 0)
            return false;
        if (!_vma.Mm.Arena.TryAllocPage(out Page target, TArch.PageShift - PhysicalMemory.FrameShift))
            return false;
        if (!TryUnmap())
        {
            target.Put();
            return false;
        }

        Checkpoint.Hit(Checkpoint.Migrating);
        PageFault<TArch>.Copy(_page, target);
        if (_page.IsDirty)
            target.MarkDirty();
        bool moved = TryMap(target);

        // The entry has been replaced under its lock, and who queued while he held that is in the queue.
        _vma.Mm.EndMigration(_addr);

        // The reference that the entry had.
        _page.Put();
        if (!moved)
            target.Put();
        return moved;
    }

    /// <summary>Puts a migration entry in the place of the page, whose reference is then this migration's.</summary>
    private bool TryUnmap()
    {
        Pmd<TArch>* pmdp = MmFindPmd(_vma.Mm, _addr);
        if (pmdp is null)
            return false;
        if (PmdpGetLockless(pmdp).IsTransHuge)
            HugePage.Split(_vma, pmdp, _addr & ~((1UL << TArch.PmdShift) - 1));
        Pte<TArch>* ptep = PteOffsetMapLock(_vma.Mm, pmdp, _addr, out PtLock ptl);
        if (ptep is null)
            return false;
        Pte<TArch> pte = PtepGet(ptep);
        bool unmapped = pte.IsPresent && Zap.IsCounted(pte) && TryReplace(ptep);
        PteUnmapUnlock(ptep, ptl);
        return unmapped;
    }

    /// <summary>The lock is held, and the entry maps a counted page.</summary>
    private bool TryReplace(Pte<TArch>* ptep)
    {
        // Who takes references without a lock takes them first and looks at the entry again then. So it is emptied first, and counted then:
        // a reference besides the entry's own is somebody's who would go on using the old frame.
        _old = PtepClearFlush(_vma, _addr, ptep);
        _page = _old.Page;
        if (_page.RefCount != 1 || _page.Order != TArch.PageShift - PhysicalMemory.FrameShift)
        {
            SetPteAt(_vma.Mm, _addr, ptep, _old);
            return false;
        }

        bool exclusive = _page.IsAnonExclusive;
        uint type = _old.IsWritable ? SwpEntry.MigrationWrite : exclusive ? SwpEntry.MigrationReadExclusive : SwpEntry.MigrationRead;
        Pte<TArch> entry = Pte<TArch>.FromSwpEntry(new SwpEntry(type, _old.Pfn));
        if (_old.IsSoftDirty)
            entry = entry.SwpMkSoftDirty();
        if (_old.IsUffdWp)
            entry = entry.SwpMkUffdWp();
        _vma.Mm.BeginMigration(_addr);
        SetPteAt(_vma.Mm, _addr, ptep, entry);
        return true;
    }

    /// <summary>False: the migration entry is gone, and the page with it.</summary>
    private readonly bool TryMap(Page target)
    {
        Pmd<TArch>* pmdp = MmFindPmd(_vma.Mm, _addr);
        Pte<TArch>* ptep = null;
        PtLock ptl = default;
        if (pmdp is not null)
            ptep = PteOffsetMapLock(_vma.Mm, pmdp, _addr, out ptl);
        if (ptep is null)
            return false;

        // Not compared whole: a handler may have set or cleared a mark meanwhile.
        Pte<TArch> now = PtepGet(ptep);
        bool there = now.IsSwap && now.ToSwpEntry() is { IsMigration: true } entry && entry.Offset == _old.Pfn;
        if (there)
            SetPteAt(_vma.Mm, _addr, ptep, Migrated(now, target));
        PteUnmapUnlock(ptep, ptl);
        return there;
    }

    private readonly Pte<TArch> Migrated(Pte<TArch> now, Page target)
    {
        uint type = now.ToSwpEntry().Type;
        Pte<TArch> entry = MkPte(target, _vma.PageProt);
        entry = _old.IsYoung ? entry.MkYoung() : entry.MkOld();
        if (type == SwpEntry.MigrationWrite)
            entry = entry.MkWrite();
        if (type != SwpEntry.MigrationRead)
            target.SetAnonExclusive();
        if (_old.IsDirty)
            entry = entry.MkDirty();
        entry = now.IsSwpSoftDirty ? entry.MkSoftDirty() : entry.ClearSoftDirty();
        return now.IsSwpUffdWp ? entry.MkUffdWp() : WriteTracking.Guard(entry);
    }
}
