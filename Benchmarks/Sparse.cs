using System.Diagnostics;
using System.Globalization;

namespace PteGuard.Benchmarks;

/// <summary>
/// What a page costs to map and to protect, as the range grows. All entries map the same few frames and own no
/// reference to them, so that only the tables take memory, and the largest range has far more pages than the machine.
/// </summary>
internal static unsafe class Sparse
{
    private const ulong Start = 1UL << 40;

    /// <summary>A constant on both sides, since dividing by a variable would be half of what is measured.</summary>
    private const ulong Frames = 4;
    private const int Smallest = 26;
    private const int Largest = 36;
    private const int Rounds = 5;

    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(4);

    public static int Run(string? picture)
    {
        List<Point> points = [];
        using var arena = new Arena(256 << 20);
        ulong frame = AllocFrames(arena, out Page page);

        // The first passes are for the JIT, which takes its time to notice.
        for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < s_warmUp;)
            Ours(arena, frame, 1UL << Smallest);
        for (int shift = Smallest; shift <= Largest; shift++)
            points.Add(Measure(arena, frame, 1UL << shift));
        page.Put();

        Print(points);
        if (picture is not null)
            File.WriteAllText(picture, Plot.Draw(points));
        return 0;
    }

    private static ulong AllocFrames(Arena arena, out Page page)
    {
        page = arena.AllocPage(order: 2);
        return page.Frame;
    }

    /// <summary>The best of some rounds, both sides by turns: what is slower was interrupted.</summary>
    private static Point Measure(Arena arena, ulong frame, ulong bytes)
    {
        var best = new Point(bytes, new(double.MaxValue, double.MaxValue), new(double.MaxValue, double.MaxValue));
        for (int round = 0; round < Rounds; round++)
        {
            Cost c = InC(bytes);
            Cost sharp = Ours(arena, frame, bytes);
            best = new(bytes, best.C.Min(c), best.Sharp.Min(sharp));
        }

        return best;
    }

    private static Cost Ours(Arena arena, ulong frame, ulong bytes)
    {
        using var mm = new Mm<X86_64>(arena);
        Vma<X86_64> vma = mm.Mmap(Start, bytes, VmFlags.Read | VmFlags.Write);
        long begin = Stopwatch.GetTimestamp();
        Map(mm, vma, frame);
        TimeSpan map = Stopwatch.GetElapsedTime(begin);
        begin = Stopwatch.GetTimestamp();
        mm.Mprotect(Start, bytes, VmFlags.Read);
        return new(map, Stopwatch.GetElapsedTime(begin), bytes);
    }

    private static void Map(Mm<X86_64> mm, Vma<X86_64> vma, ulong frame)
    {
        mm.MmapLock.EnterRead();
        try
        {
            for (ulong addr = vma.Start; addr < vma.End; addr += 4096)
            {
                Pte<X86_64>* ptep = PageTable.GetLockedPte(mm, addr, out PtLock ptl);
                if (ptep is null)
                    throw new ArenaExhaustedException("The arena has no memory for the tables.");
                PageTable.SetPteAt(mm, addr, ptep, PageTable.PfnPte(frame + ((addr >> 12) % Frames), vma.PageProt).MkSpecial());
                PageTable.PteUnmapUnlock(ptep, ptl);
            }
        }
        finally
        {
            mm.MmapLock.ExitRead();
        }
    }

    private static Cost InC(ulong bytes)
    {
        nint mm = Twin.NewMm(Twin.Bytes, 4);
        Twin.Mmap(mm, Start, bytes);
        long begin = Stopwatch.GetTimestamp();
        if (Twin.MapSparse(mm, Start, Start + bytes) == 0)
            throw new ArenaExhaustedException("The C side has no memory for the tables.");
        TimeSpan map = Stopwatch.GetElapsedTime(begin);
        begin = Stopwatch.GetTimestamp();
        Twin.Mprotect(mm, Start, Start + bytes, (ulong)VmFlags.Read);
        Cost cost = new(map, Stopwatch.GetElapsedTime(begin), bytes);
        Twin.Free(mm);
        return cost;
    }

    private static void Print(List<Point> points)
    {
        Console.WriteLine($"""
            {Machine.Describe()}:

            | range | map a page, C | C# | ratio | mprotect a page, C | C# | ratio |
            |---:|---:|---:|---:|---:|---:|---:|
            """);
        foreach (Point point in points)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {Name(point.Bytes)} | {point.C.Map:0.0} ns | {point.Sharp.Map:0.0} ns | {point.Sharp.Map / point.C.Map:0.00} | {point.C.Protect:0.0} ns | {point.Sharp.Protect:0.0} ns | {point.Sharp.Protect / point.C.Protect:0.00} |"));
    }

    /// <summary>The size of a range, in words.</summary>
    public static string Name(ulong bytes) => bytes < 1UL << 30 ? $"{bytes >> 20} MiB" : $"{bytes >> 30} GiB";

    /// <summary>Nanoseconds a page.</summary>
    internal readonly record struct Cost(double Map, double Protect)
    {
        public Cost(TimeSpan map, TimeSpan protect, ulong bytes)
            : this(map.TotalNanoseconds / (bytes >> 12), protect.TotalNanoseconds / (bytes >> 12))
        {
        }

        public Cost Min(Cost other) => new(Math.Min(Map, other.Map), Math.Min(Protect, other.Protect));
    }

    /// <summary>Both sides, for one size of the range.</summary>
    internal readonly record struct Point(ulong Bytes, Cost C, Cost Sharp);
}
