namespace PteGuard;

public sealed unsafe partial class Mm<TArch>
{
    private const ulong LowestAddress = 0x10000;

    /// <summary>Sorted by address, without overlaps. Changed under the mmap lock, held for writing.</summary>
    private readonly List<Vma<TArch>> _regions = [];

    /// <summary>A copy of the regions, in order of address.</summary>
    [MayBlock]
    public IReadOnlyList<Vma<TArch>> GetRegions()
    {
        MmapLock.EnterRead();
        try
        {
            return [.. _regions];
        }
        finally
        {
            MmapLock.ExitRead();
        }
    }

    /// <summary>The region that an address lies in; null: none (<c>vma_lookup</c>). The caller holds the mmap lock, and the region is good for as long.</summary>
    /// <exception cref="InvalidOperationException">The mmap lock is not held.</exception>
    public Vma<TArch>? FindVma(ulong addr)
    {
        MmapLock.AssertHeld("Looking up a region");
        int index = FirstEndingAfter(addr);
        return index < _regions.Count && _regions[index].Contains(addr) ? _regions[index] : null;
    }

    /// <summary>Makes a region of anonymous memory. No page is allocated before it is touched.</summary>
    /// <param name="addr">Where, in bytes, a multiple of the page size; 0: wherever there is room.</param>
    /// <param name="length">How long, in bytes; rounded up to pages.</param>
    /// <param name="flags">What the region is and allows.</param>
    /// <exception cref="ArgumentException">The address is not aligned, the range is empty, leaves the addresses for regions, or overlaps another region.</exception>
    [MayBlock]
    public Vma<TArch> Mmap(ulong addr, ulong length, VmFlags flags) => AddRegion(addr, length, flags, null, 0);

    private Vma<TArch> AddRegion(ulong addr, ulong length, VmFlags flags, SharedMemory? memory, ulong offset)
    {
        ulong size = CheckedLength(addr, length);
        MmapLock.EnterWrite();
        try
        {
            ObjectDisposedException.ThrowIf(_pgd is null, this);
            ulong start = addr != 0 ? addr : FindGap(size);
            int index = FirstEndingAfter(start);
            if (index < _regions.Count && _regions[index].Start < start + size)
                throw new ArgumentException($"The range overlaps the region {_regions[index]}.", nameof(addr));
            var vma = new Vma<TArch>(this, start, start + size, flags, memory, offset);
            _regions.Insert(index, vma);
            return vma;
        }
        finally
        {
            MmapLock.ExitWrite();
        }
    }

    /// <summary>Takes regions, or parts of them, out of the address space, and frees their pages and the tables that have become empty.</summary>
    /// <param name="addr">Where, in bytes, a multiple of the page size.</param>
    /// <param name="length">How long, in bytes; rounded up to pages. Holes are passed over.</param>
    /// <exception cref="ArgumentException">The address is not aligned, the range is empty or leaves the addresses for regions.</exception>
    /// <exception cref="InvalidOperationException">A huge page lies half in the range, and no page table was deposited for it.</exception>
    [MayBlock]
    public void Munmap(ulong addr, ulong length)
    {
        ulong end = addr + CheckedLength(addr, length);
        MmapLock.EnterWrite();
        try
        {
            UnmapLocked(addr, end);
        }
        finally
        {
            MmapLock.ExitWrite();
        }
    }

    /// <summary>Changes what may be done in a range.</summary>
    /// <param name="addr">Where, in bytes, a multiple of the page size.</param>
    /// <param name="length">How long, in bytes; rounded up to pages.</param>
    /// <param name="access">Reading, writing and executing, or none of them.</param>
    /// <exception cref="ArgumentException">The address is not aligned, the range is empty or has a hole, or other flags are named.</exception>
    [MayBlock]
    public void Mprotect(ulong addr, ulong length, VmFlags access)
    {
        if ((access & ~VmFlags.AccessFlags) != 0)
            throw new ArgumentException($"Only reading, writing and executing can be changed, not {access & ~VmFlags.AccessFlags}.", nameof(access));
        ulong end = addr + CheckedLength(addr, length);
        MmapLock.EnterWrite();
        try
        {
            RequireNoHole(addr, end);
            SplitAt(addr);
            SplitAt(end);
            for (int i = FirstEndingAfter(addr); i < _regions.Count && _regions[i].Start < end; i++)
            {
                PageTable.VmFlagsMod(_regions[i], access, VmFlags.AccessFlags & ~access);
                Protection.Change(_regions[i], _regions[i].Start, _regions[i].End);
            }

            MergeAround(addr, end);
        }
        finally
        {
            MmapLock.ExitWrite();
        }
    }

    /// <summary>Drops the pages of a range and leaves the regions: the next access finds zeroes, or what the memory that the region maps holds (<c>MADV_DONTNEED</c>).</summary>
    /// <remarks>A page table that this leaves empty is removed (Linux 6.14, 6375e95f): a map may return null where there was a table.</remarks>
    /// <param name="addr">Where, in bytes, a multiple of the page size.</param>
    /// <param name="length">How long, in bytes; rounded up to pages.</param>
    /// <exception cref="ArgumentException">The address is not aligned, the range is empty or has a hole.</exception>
    [MayBlock]
    public void MadviseDontNeed(ulong addr, ulong length)
    {
        ulong end = addr + CheckedLength(addr, length);
        MmapLock.EnterRead();
        try
        {
            RequireNoHole(addr, end);
            for (int i = FirstEndingAfter(addr); i < _regions.Count && _regions[i].Start < end; i++)
                Zap.Range(_regions[i], Math.Max(addr, _regions[i].Start), Math.Min(end, _regions[i].End), reclaim: true);
        }
        finally
        {
            MmapLock.ExitRead();
        }
    }

    private void UnmapLocked(ulong addr, ulong end)
    {
        SplitAt(addr);
        SplitAt(end);
        int first = FirstEndingAfter(addr);
        int last = first;
        for (; last < _regions.Count && _regions[last].Start < end; last++)
        {
            PageTable.UntrackPfn(_regions[last], 0, 0, mmWrLocked: true);
            Zap.Range(_regions[last], _regions[last].Start, _regions[last].End);
            _regions[last].IsDetached = true;

            // They find no region.
            _regions[last].Userfault?.Queue.Wake(_regions[last].Start, _regions[last].End);
        }

        _regions.RemoveRange(first, last - first);
        UnusedTables.Free(this, addr, end);
    }

    /// <summary>Whether a region is among those of this address space, where others may find it.</summary>
    internal bool IsLinked(Vma<TArch> vma)
    {
        int index = FirstEndingAfter(vma.Start);
        return index < _regions.Count && _regions[index] == vma;
    }

    /// <summary>Whether a region reaches into a range. The mmap lock is held.</summary>
    internal bool HasRegionIn(ulong start, ulong end)
    {
        int index = FirstEndingAfter(start);
        return index < _regions.Count && _regions[index].Start < end;
    }

    private int FirstEndingAfter(ulong addr)
    {
        int low = 0;
        int high = _regions.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_regions[middle].End > addr)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    private void SplitAt(ulong addr)
    {
        int index = FirstEndingAfter(addr);
        if (index == _regions.Count || _regions[index].Start >= addr)
            return;
        Vma<TArch> lower = _regions[index];
        var upper = new Vma<TArch>(this, addr, lower.End, lower.Flags, lower.Memory, lower.OffsetOf(addr))
        {
            PageOffset = lower.PageOffset + ((addr - lower.Start) >> TArch.PageShift),
            Userfault = lower.Userfault,
        };
        _regions.Insert(index + 1, upper);
        lower.End = addr;
    }

    /// <summary>Makes one region of neighbours that have become alike; the lowest lives on.</summary>
    private void MergeAround(ulong addr, ulong end)
    {
        int first = Math.Max(FirstEndingAfter(addr) - 1, 0);
        for (int i = first; i + 1 < _regions.Count && _regions[i].End <= end;)
        {
            Vma<TArch> upper = _regions[i + 1];
            if (!_regions[i].IsContinuedBy(upper))
            {
                i++;
                continue;
            }

            _regions[i].End = upper.End;
            upper.IsDetached = true;
            _regions.RemoveAt(i + 1);
        }
    }

    private void RequireNoHole(ulong addr, ulong end)
    {
        ulong reached = addr;
        for (int i = FirstEndingAfter(addr); reached < end; i++)
        {
            if (i == _regions.Count || _regions[i].Start > reached)
                throw new ArgumentException($"There is no region at 0x{reached:x}.", nameof(addr));
            reached = _regions[i].End;
        }
    }

    private ulong FindGap(ulong length)
    {
        ulong start = LowestAddress;
        foreach (Vma<TArch> vma in _regions)
        {
            if (vma.Start >= start && vma.Start - start >= length)
                return start;
            start = Math.Max(start, vma.End);
        }

        return TArch.TaskSize - start >= length ? start
            : throw new ArgumentException($"There is no room for a region of 0x{length:x} bytes.", nameof(length));
    }

    internal static ulong CheckedLength(ulong addr, ulong length)
    {
        ulong page = 1UL << TArch.PageShift;
        if ((addr & (page - 1)) != 0)
            Throw.NotAligned(nameof(addr), addr, page);
        if (length == 0 || length > TArch.TaskSize || addr > TArch.TaskSize - length)
            throw new ArgumentOutOfRangeException(nameof(length), $"0x{length:x}", $"The range must not be empty, and ends at 0x{TArch.TaskSize:x} at the latest.");
        return (length + page - 1) & ~(page - 1);
    }
}
