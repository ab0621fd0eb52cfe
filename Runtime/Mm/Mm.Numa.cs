namespace PteGuard;

public sealed unsafe partial class Mm<TArch>
{
    private long _numaHintFaults;

    /// <summary>How many faults found an entry that <see cref="ChangeProtNuma"/> had marked; one huge page counts once (<c>NUMA_HINT_FAULTS</c>).</summary>
    public long NumaHintFaults => Interlocked.Read(ref _numaHintFaults);

    /// <summary>Forbids every access to pages, so that the next one faults and tells that, and from where, the page is used (<c>change_prot_numa</c>, Linux 3.8).</summary>
    /// <remarks>
    /// The fault gives the access back that the region allows, and is counted. As in the kernel, the answer would be of no use, and the pages are left alone, where they
    /// are shared by a fork or pinned, belong to nobody, are those of a <see cref="SharedMemory"/> that may only be read here, or may not be accessed anyway. A huge page is
    /// marked if all of it lies in the range and in one region. Takes the mmap lock for reading.
    /// </remarks>
    /// <param name="addr">Where, in bytes, a multiple of the page size.</param>
    /// <param name="length">How long, in bytes; rounded up to pages. Holes are passed over.</param>
    /// <returns>How many of the architecture's pages were marked, of a huge page all.</returns>
    /// <exception cref="ArgumentException">The address is not aligned, the range is empty or leaves the addresses for regions.</exception>
    [MayBlock]
    public long ChangeProtNuma(ulong addr, ulong length)
    {
        ulong end = addr + CheckedLength(addr, length);
        long marked = 0;
        MmapLock.EnterRead();
        try
        {
            for (int i = FirstEndingAfter(addr); i < _regions.Count && _regions[i].Start < end; i++)
                marked += NumaHints.Mark(_regions[i], Math.Max(addr, _regions[i].Start), Math.Min(end, _regions[i].End));
        }
        finally
        {
            MmapLock.ExitRead();
        }

        return marked;
    }

    /// <summary>The lock of the entry is held.</summary>
    internal void CountNumaHintFault() => Interlocked.Increment(ref _numaHintFaults);
}
