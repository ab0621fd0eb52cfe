using BenchmarkDotNet.Attributes;

namespace PteGuard.Benchmarks;

/// <summary>512 small pages become a huge one, which is then split, or dropped and faulted in again, against the same in C.</summary>
[GroupBenchmarksBy(BenchmarkDotNet.Configs.BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class CollapseSpeed
{
    private const ulong Addr = 1UL << 30;
    private const ulong Bytes = 1UL << 21;

    private Arena _arena = null!;
    private Mm<X86_64> _mm = null!;
    private nint _twin;

    [GlobalSetup]
    public void Setup()
    {
        _arena = new Arena(64 << 20);
        _mm = new Mm<X86_64>(_arena);
        _twin = Twin.NewMm(Twin.Bytes, 4);
        _mm.Mmap(Addr, Bytes, VmFlags.Read | VmFlags.Write);
        Twin.Mmap(_twin, Addr, Bytes);
        FaultAll();
        Twin.FaultAll(_twin, Addr, Bytes);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _mm.Dispose();
        _arena.Dispose();
        Twin.Free(_twin);
    }

    [BenchmarkCategory("collapse 2 MiB, split"), Benchmark(Baseline = true)]
    public void SplitInC() => Check(Twin.CollapseAndSplit(_twin, Addr) != 0);

    [BenchmarkCategory("collapse 2 MiB, split"), Benchmark]
    public void Split() => Check(_mm.CollapseHuge(Addr) == CollapseResult.Succeeded && _mm.SplitHuge(Addr));

    [BenchmarkCategory("collapse 2 MiB, drop, fault 512 pages"), Benchmark(Baseline = true)]
    public void DropInC() => Check(Twin.CollapseAndDrop(_twin, Addr) != 0);

    [BenchmarkCategory("collapse 2 MiB, drop, fault 512 pages"), Benchmark]
    public void Drop()
    {
        Check(_mm.CollapseHuge(Addr) == CollapseResult.Succeeded);
        _mm.MadviseDontNeed(Addr, Bytes);
        FaultAll();
    }

    private void FaultAll()
    {
        for (ulong offset = 0; offset < Bytes; offset += 4096)
            _mm.Fault(Addr + offset, FaultFlags.Write);
    }

    /// <summary>What did nothing would be fast.</summary>
    private static void Check(bool done)
    {
        if (!done)
            throw new InvalidOperationException("The pages did not become a huge one, or that not small ones again.");
    }
}
