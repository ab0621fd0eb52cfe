using BenchmarkDotNet.Attributes;

namespace PteGuard.Benchmarks;

/// <summary>Reading an entry, mapping its table, and walking to it, each against the same in C.</summary>
[GroupBenchmarksBy(BenchmarkDotNet.Configs.BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public unsafe class MapSpeed
{
    private const int Count = 10_000;
    private const ulong Addr = 1UL << 30;

    private Arena _arena = null!;
    private Mm<X86_64> _mm = null!;
    private Mm<X86_64La57> _deep = null!;
    private Pmd<X86_64>* _pmd;
    private Pte<X86_64>* _pte;
    private nint _twin;
    private nint _deepTwin;
    private ulong* _twinPmd;
    private ulong* _raw;

    [GlobalSetup]
    public void Setup()
    {
        _arena = new Arena(64 << 20);
        _mm = new Mm<X86_64>(_arena);
        _deep = new Mm<X86_64La57>(_arena);
        _pmd = PageTable.PmdAllocWalk(_mm, Addr);
        PageTable.PteAlloc(_mm, _pmd);
        _pte = PageTable.PteOffsetKernel(_pmd, Addr);
        PageTable.PmdAllocWalk(_deep, Addr);
        _twin = Twin.NewMm(Twin.Bytes, 4);
        _deepTwin = Twin.NewMm(Twin.Bytes, 5);
        _twinPmd = Twin.AllocPmd(_twin, Addr);
        Twin.AllocPmd(_deepTwin, Addr);
        _raw = (ulong*)_pte;
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _mm.Dispose();
        _deep.Dispose();
        _arena.Dispose();
        Twin.Free(_twin);
        Twin.Free(_deepTwin);
    }

    [BenchmarkCategory("PtepGet"), Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public ulong PtepGetInC() => Twin.Get(_raw, Count);

    [BenchmarkCategory("PtepGet"), Benchmark(OperationsPerInvoke = Count)]
    public ulong PtepGet()
    {
        ulong sum = 0;
        for (int i = 0; i < Count; i++)
            sum += PageTable.PtepGet(_pte).Value;
        return sum;
    }

    [BenchmarkCategory("PteOffsetMap, PteUnmap"), Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public ulong MapInC() => Twin.Map(_twinPmd, Addr, Count);

    [BenchmarkCategory("PteOffsetMap, PteUnmap"), Benchmark(OperationsPerInvoke = Count)]
    public ulong Map()
    {
        ulong sum = 0;
        for (int i = 0; i < Count; i++)
        {
            Pte<X86_64>* ptep = PageTable.PteOffsetMap(_pmd, Addr);
            if (ptep is null)
                continue;
            sum++;
            PageTable.PteUnmap(ptep);
        }

        return sum;
    }

    [BenchmarkCategory("PteOffsetMapLock, PteUnmapUnlock"), Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public ulong MapLockInC() => Twin.MapLock(_twinPmd, Addr, Count);

    [BenchmarkCategory("PteOffsetMapLock, PteUnmapUnlock"), Benchmark(OperationsPerInvoke = Count)]
    public ulong MapLock()
    {
        ulong sum = 0;
        for (int i = 0; i < Count; i++)
        {
            Pte<X86_64>* ptep = PageTable.PteOffsetMapLock(_mm, _pmd, Addr, out PtLock ptl);
            if (ptep is null)
                continue;
            sum++;
            PageTable.PteUnmapUnlock(ptep, ptl);
        }

        return sum;
    }

    [BenchmarkCategory("walk of five levels"), Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public ulong WalkInC() => Twin.Walk(_deepTwin, Addr, Count);

    [BenchmarkCategory("walk of five levels"), Benchmark(OperationsPerInvoke = Count)]
    public ulong Walk()
    {
        ulong sum = 0;
        for (int i = 0; i < Count; i++)
            sum += PageTable.MmFindPmd(_deep, Addr + ((ulong)(i & 7) << 21)) is null ? 0UL : 1;
        return sum;
    }
}
