namespace PteGuard;

public sealed unsafe partial class Mm<TArch>
{
    /// <summary>Makes a mapping longer, shorter, or moves it; what is in memory goes along, without being copied (<c>mremap</c>).</summary>
    /// <remarks>What moves is not registered with a <see cref="Userfault{TArch}"/> at its new place.</remarks>
    /// <param name="addr">Where it begins, in bytes, a multiple of the page size.</param>
    /// <param name="length">How long it is, in bytes; rounded up to pages. In one region.</param>
    /// <param name="newLength">How long it is to be; rounded up to pages.</param>
    /// <param name="flags">Whether it may be moved, and how.</param>
    /// <param name="newAddr">With <see cref="MremapFlags.Fixed"/>: where to, a multiple of the page size.</param>
    /// <returns>Where it is now.</returns>
    /// <exception cref="ArgumentException">A range is not aligned, empty, overlapping, not in one region, or leaves the addresses for regions; or flags contradict each other.</exception>
    /// <exception cref="InvalidOperationException">There is no room where it is, and it may not be moved.</exception>
    /// <exception cref="ArenaExhaustedException">There is no memory for page tables; nothing has moved.</exception>
    [MayBlock]
    public ulong Mremap(ulong addr, ulong length, ulong newLength, MremapFlags flags = MremapFlags.MayMove, ulong newAddr = 0)
    {
        ulong size = CheckedLength(addr, length);
        ulong newSize = CheckedLength((flags & MremapFlags.Fixed) != 0 ? newAddr : 0, newLength);
        CheckFlags(flags, addr, size, newAddr, newSize);
        MmapLock.EnterWrite();
        try
        {
            Vma<TArch>? vma = FindVma(addr);
            if (vma is null || vma.End - addr < size)
                throw new ArgumentException($"No region covers 0x{size:x} bytes at 0x{addr:x}.", nameof(addr));
            if (newSize > size && (vma.Flags & VmFlags.DontExpand) != 0)
                throw new InvalidOperationException($"The region {vma} may not be made longer.");

            bool moves = (flags & (MremapFlags.Fixed | MremapFlags.DontUnmap)) != 0;
            if (!moves && newSize <= size)
            {
                if (newSize < size)
                    UnmapLocked(addr + newSize, addr + size);
                return addr;
            }

            if (!moves && TryExpand(vma, addr + size, addr + newSize))
                return addr;
            if ((flags & MremapFlags.MayMove) == 0)
                throw new InvalidOperationException($"There is no room for 0x{newSize:x} bytes at 0x{addr:x}, and the mapping may not be moved.");
            return Move(addr, size, newSize, flags, newAddr);
        }
        finally
        {
            MmapLock.ExitWrite();
        }
    }

    private static void CheckFlags(MremapFlags flags, ulong addr, ulong size, ulong newAddr, ulong newSize)
    {
        if ((flags & (MremapFlags.Fixed | MremapFlags.DontUnmap)) != 0 && (flags & MremapFlags.MayMove) == 0)
            throw new ArgumentException("What is fixed elsewhere, or stays mapped, moves: MayMove must be said, too.", nameof(flags));
        if ((flags & MremapFlags.DontUnmap) != 0 && newSize != size)
            throw new ArgumentException("A mapping whose old region stays keeps its length.", nameof(flags));
        if ((flags & MremapFlags.Fixed) != 0 && newAddr < addr + size && addr < newAddr + newSize)
            throw new ArgumentException("The new range must not overlap the old one.", nameof(newAddr));
    }

    private bool TryExpand(Vma<TArch> vma, ulong end, ulong newEnd)
    {
        if (vma.End != end || newEnd > TArch.TaskSize || newEnd < end || HasRegionIn(end, newEnd))
            return false;
        vma.End = newEnd;
        return true;
    }

    private ulong Move(ulong addr, ulong size, ulong newSize, MremapFlags flags, ulong newAddr)
    {
        if ((flags & MremapFlags.Fixed) != 0)
            UnmapLocked(newAddr, newAddr + newSize);
        else
            newAddr = FindGap(newSize);

        // What shrinks is cut before it moves.
        ulong moved = Math.Min(size, newSize);
        if (moved < size)
            UnmapLocked(addr + moved, addr + size);
        SplitAt(addr);
        SplitAt(addr + moved);
        Vma<TArch> from = FindVma(addr)!;
        var to = new Vma<TArch>(this, newAddr, newAddr + newSize, from.Flags & ~(VmFlags.Pat | (from.Userfault is null ? VmFlags.None : UserfaultFlags)), from.Memory, from.MemoryOffset) { PageOffset = from.PageOffset };
        _regions.Insert(FirstEndingAfter(newAddr), to);
        if (!MoveTables.TryMove(from, to, moved))
        {
            UnmapLocked(newAddr, newAddr + newSize);
            MergeAround(addr, addr + moved);
            throw new ArenaExhaustedException("There is no memory for the page tables of the new place.");
        }

        // Nobody handles faults at the new place, so nothing there may wait for it.
        if (from.Userfault is not null && (from.Flags & VmFlags.UffdWp) != 0)
            UserfaultMarks.TryChange(to, newAddr, newAddr + moved, protect: false);

        // A reservation of page frames goes along with them, and is not freed with the old place.
        if ((from.Flags & VmFlags.Pat) != 0)
        {
            PageTable.VmFlagsSet(to, VmFlags.Pat);
            PageTable.UntrackPfnClear(from);
        }

        if ((flags & MremapFlags.DontUnmap) == 0)
            UnmapLocked(addr, addr + moved);
        return newAddr;
    }
}
