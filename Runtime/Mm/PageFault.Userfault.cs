using System.Runtime.CompilerServices;
using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>Faults that somebody else ends: a handler of the program, or who is moving the page.</summary>
internal readonly unsafe ref partial struct PageFault<TArch>
{
    /// <summary>Whether a handler provides the pages that are missing.</summary>
    private bool AsksForMissing => _vma.Userfault is not null && (_vma.Flags & VmFlags.UffdMissing) != 0;

    /// <summary>Whether a handler must allow a write first. The entry is present.</summary>
    private bool AsksForWrite(Pte<TArch> pte)
        => IsWrite && pte.IsUffdWp && !pte.IsProtNone && _vma.Userfault is not null && (_vma.Flags & VmFlags.UffdWp) != 0;

    /// <summary>
    /// Queues for a handler (<c>handle_userfault</c>). Enters with nothing mapped or locked but the mmap lock, and leaves so; the waiting is done
    /// once that is released, too. A caller that cannot release it gets the same answer, and no handler hears of it.
    /// </summary>
    private VmFault Await(Pmd<TArch>* pmdp, UserfaultMode mode)
    {
        if (Unsafe.IsNullRef(ref _waiter))
            return VmFault.Retry;
        Checkpoint.Hit(Checkpoint.HandlerNeeded);
        FaultQueue queue = _vma.Userfault!.Queue;
        FaultWaiter waiter = queue.Enqueue(new UserfaultEvent(_addr, mode, IsWrite));

        // Only now: who changes the entry from here on wakes this waiter afterwards, and what was changed before is seen.
        if (Defence.Holds(Defence.RecheckQueued) && !MustWait(pmdp, mode))
        {
            queue.Leave(waiter);
            return VmFault.None;
        }

        queue.Post(waiter);
        _waiter = waiter;
        return VmFault.Retry;
    }

    /// <summary>Queues for the end of a migration (<c>migration_entry_wait</c>). Enters with the table mapped and locked, leaves with neither.</summary>
    private VmFault AwaitMigration(Pte<TArch>* ptep, PtLock ptl)
    {
        // The mapping ends first, since who sleeps in one holds up everybody who waits for readers. The lock stays: the entry
        // cannot be replaced before it is released, so whoever does that finds this waiter in the queue.
        if (Defence.Holds(Defence.UnmapToWait))
            PteUnmap(ptep);
        bool known = !Unsafe.IsNullRef(ref _waiter) && _mm.IsMigrating(_addr);
        bool locked = Defence.Holds(Defence.QueueUnderLock);
        if (known && locked)
            _waiter = _mm.AwaitMigration(_addr, IsWrite);
        ptl.Exit();
        Checkpoint.Hit(Checkpoint.MigrationSeen);
        if (known && !locked)
            _waiter = _mm.AwaitMigration(_addr, IsWrite);
        return VmFault.Retry;
    }

    /// <summary>Whether the entry still is what a handler is asked about: with its lock, since it may look empty for a moment.</summary>
    private bool MustWait(Pmd<TArch>* pmdp, UserfaultMode mode)
    {
        Pte<TArch>* ptep = PteOffsetMapLock(_mm, pmdp, _addr, out PtLock ptl);
        if (ptep is null)
            return mode == UserfaultMode.Missing && PmdpGetLockless(pmdp).IsNone;
        Pte<TArch> pte = PtepGet(ptep);
        bool wait = mode == UserfaultMode.Missing ? UserfaultMarks.IsVacant(pte) : pte.IsPresent && pte.IsUffdWp;
        PteUnmapUnlock(ptep, ptl);
        return wait;
    }
}
