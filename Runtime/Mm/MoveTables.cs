using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>Moves what is mapped from one region to another of the same address space. The mmap lock is held for writing.</summary>
/// <remarks>
/// That lock does not keep tables from going: who retracts an empty or shared one holds only the locks of the tables. So whatever
/// is decided from a look without them is looked at again with them.
/// </remarks>
internal static unsafe class MoveTables
{
    /// <summary>Moves a number of bytes from the start of one region to the start of the other. False: no memory, and nothing has moved.</summary>
    [MayBlock]
    public static bool TryMove<TArch>(Vma<TArch> from, Vma<TArch> to, ulong size)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ulong moved = Move(from, from.Start, to, to.Start, size);
        if (moved == size)
            return true;

        // The tables of the old place are still there, so the way back needs no memory.
        Move(to, to.Start, from, from.Start, moved);
        return false;
    }

    private static ulong Move<TArch>(Vma<TArch> from, ulong source, Vma<TArch> to, ulong target, ulong size)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ulong end = source + size;
        ulong shift = target - source;
        for (ulong addr = source, next; addr < end; addr = next)
        {
            Pmd<TArch>* old = MmFindPmd(from.Mm, addr, out next);
            next = Math.Min(next, end);
            if (old is null)
                continue;

            // As much as one entry covers at both places.
            ulong covered = 1UL << TArch.PmdShift;
            next = Math.Min(next, addr + covered - ((addr + shift) & (covered - 1)));
            Pmd<TArch>* pmdp = PmdAllocWalk(to.Mm, addr + shift);
            if (pmdp is null)
                return addr - source;
            switch (Directory(from, old, addr, to, pmdp, addr + shift, next - addr))
            {
                case Outcome.NoMemory:
                    return addr - source;
                case Outcome.Again:
                    next = addr;
                    break;
            }
        }

        return size;
    }

    private static Outcome Directory<TArch>(Vma<TArch> from, Pmd<TArch>* old, ulong addr, Vma<TArch> to, Pmd<TArch>* target, ulong newAddr, ulong size)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pmd<TArch> seen = PmdpGetLockless(old);
        if (seen.IsNone)
            return Outcome.Moved;
        Checkpoint.Hit(Checkpoint.Classified);
        bool whole = size == 1UL << TArch.PmdShift;
        if (whole && TryMoveEntry(from, old, seen, addr, to, target))
            return Outcome.Moved;
        if (HugePage.IsHuge(seen))
        {
            HugePage.Split(from, old, addr & ~((1UL << TArch.PmdShift) - 1));
            return Outcome.Again;
        }

        if (seen.IsSwap)
            return Outcome.Again;
        if (!PteAlloc(to.Mm, target))
            return Outcome.NoMemory;
        return TryMovePtes(from, old, addr, target, newAddr, size) ? Outcome.Moved : Outcome.Again;
    }

    /// <summary>Moves a whole pte table, or a huge page, by its one entry. False: something else is there by now, or the target is taken.</summary>
    private static bool TryMoveEntry<TArch>(Vma<TArch> from, Pmd<TArch>* old, Pmd<TArch> seen, ulong addr, Vma<TArch> to, Pmd<TArch>* target)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        bool huge = HugePage.IsHuge(seen);
        var locks = new PtLockPair(PmdLockptr(from.Mm, old), PmdLockptr(to.Mm, target));
        locks.Enter();

        // The entry that was seen may have been detached since, and its table be on its way to be freed.
        Pmd<TArch> value = Defence.Holds(Defence.ReclassifyBeforeMove) ? PmdpGet(old) : seen;
        bool moves = PmdpGet(target).IsNone && !value.IsNone && !value.IsSwap && HugePage.IsHuge(value) == huge && (huge || !value.IsBad);
        if (moves)
        {
            if (HugePage.HasDeposit(value))
                PgtableTransHugeDeposit(to.Mm, target, PgtableTransHugeWithdraw(from.Mm, old));
            if (huge)
            {
                SetPmdAt(to.Mm, to.Start + (addr - from.Start), target, PmdpHugeClearFlush(from, addr, old));
            }
            else
            {
                PmdClear(old);
                TArch.PmdpGetLocklessSync();
                PmdPopulate(to.Mm, target, value.Table);
                FlushTlbRange(from, addr, addr + (1UL << TArch.PmdShift));
            }
        }

        locks.Exit();
        return moves;
    }

    /// <summary>False: a table is gone; look again from the directory.</summary>
    private static bool TryMovePtes<TArch>(Vma<TArch> from, Pmd<TArch>* old, ulong addr, Pmd<TArch>* target, ulong newAddr, ulong size)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pte<TArch>* source = PteOffsetMapLock(from.Mm, old, addr, out PtLock ptl);
        if (source is null)
            return false;
        Pte<TArch>* destination = PteOffsetMapRwNolock(from.Mm, target, newAddr, out Pmd<TArch> seen, out PtLock newPtl);
        if (destination is null)
        {
            PteUnmapUnlock(source, ptl);
            return false;
        }

        // Two tables may share a lock. Others who take two of one address space hold the mmap lock, so there are none now, and any order will do.
        bool two = newPtl != ptl || !Defence.Holds(Defence.CompareLocks);
        if (two)
            newPtl.Enter();
        bool attached = PmdSame(seen, PmdpGetLockless(target));
        if (attached)
        {
            Pte<TArch>* ptep = source;
            for (ulong offset = 0; offset < size; offset += 1UL << TArch.PageShift, ptep++, destination++)
            {
                if (PtepGet(ptep).IsNone)
                    continue;
                Pte<TArch> pte = PtepGetAndClear(from.Mm, addr + offset, ptep);
                SetPteAt(from.Mm, newAddr + offset, destination, pte.IsPresent ? pte.MkSoftDirty() : pte.SwpMkSoftDirty());
            }

            FlushTlbRange(from, addr, addr + size);
            destination--;
        }

        if (two)
            newPtl.Exit();
        PteUnmap(destination);
        PteUnmapUnlock(source, ptl);
        return attached;
    }

    private enum Outcome
    {
        Moved,
        Again,
        NoMemory,
    }
}
