using System.Diagnostics;

namespace PteGuard.Benchmarks;

/// <summary>What one worker of <see cref="Scale"/> does, on an address space of its own.</summary>
internal sealed unsafe class Workload : IDisposable
{
    private const ulong Addr = 1UL << 30;
    private const ulong Pages = 512;
    private const string Map = "map, lock, set, unmap";
    private const string FaultApart = "fault and drop 512 pages, each an arena";
    private const string FaultShared = "fault and drop 512 pages, one arena";

    private readonly Action _pass;
    private readonly Arena _arena;
    private readonly bool _ownsArena;
    private readonly Mm<X86_64> _mm;

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="share">Whose arena to use, if the workload is one that shares; it is disposed later than this.</param>
    public Workload(string name, Workload? share)
    {
        _ownsArena = share is null || name != FaultShared;
        _arena = _ownsArena ? new Arena(64 << 20) : share!._arena;
        _mm = new Mm<X86_64>(_arena);
        _mm.Mmap(Addr, Pages << 12, VmFlags.Read | VmFlags.Write);
        _pass = name switch
        {
            Map => MapAndSet,
            FaultApart or FaultShared => FaultAndDrop,
            _ => throw new ArgumentException($"There is no workload '{name}'.", nameof(name)),
        };
    }

    public static IReadOnlyList<string> Names { get; } = [Map, FaultApart, FaultShared];

    public void Dispose()
    {
        _mm.Dispose();
        if (_ownsArena)
            _arena.Dispose();
    }

    /// <summary>Works for a while, and answers how many pages a second.</summary>
    public double Measure(double seconds)
    {
        long begin = Stopwatch.GetTimestamp();
        ulong done = 0;
        do
        {
            _pass();
            done += Pages;
        }
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds);
        return done / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private void MapAndSet()
    {
        _mm.MmapLock.EnterRead();
        try
        {
            for (ulong page = 0; page < Pages; page++)
            {
                ulong addr = Addr + (page << 12);
                Pte<X86_64>* ptep = PageTable.GetLockedPte(_mm, addr, out PtLock ptl);
                if (ptep is null)
                    throw new ArenaExhaustedException("The arena has no memory for the tables.");
                PageTable.SetPteAt(_mm, addr, ptep, Pte<X86_64>.None);
                PageTable.PteUnmapUnlock(ptep, ptl);
            }
        }
        finally
        {
            _mm.MmapLock.ExitRead();
        }
    }

    private void FaultAndDrop()
    {
        for (ulong page = 0; page < Pages; page++)
            _mm.Fault(Addr + (page << 12), FaultFlags.Write);
        _mm.MadviseDontNeed(Addr, Pages << 12);
    }
}
