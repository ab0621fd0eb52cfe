using BenchmarkDotNet.Attributes;

namespace PteGuard.Benchmarks;

/// <summary>Translation by the soft MMU, where its TLB knows the page and where it has to walk, each against the same in C.</summary>
[GroupBenchmarksBy(BenchmarkDotNet.Configs.BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class TranslateSpeed
{
    private const int Count = 10_000;
    private const ulong Addr = 1UL << 30;
    private const ulong Pages = 1024;
    private const int Entries = 4096;

    private Arena _arena = null!;
    private Mm<X86_64> _mm = null!;
    private SoftMmu<X86_64> _hit = null!;
    private SoftMmu<X86_64> _miss = null!;
    private nint _twin;
    private nint _hitTwin;
    private nint _missTwin;

    [GlobalSetup]
    public void Setup()
    {
        _arena = new Arena(64 << 20);
        _mm = new Mm<X86_64>(_arena);
        _mm.Mmap(Addr, Pages << 12, VmFlags.Read | VmFlags.Write);
        _twin = Twin.NewMm(Twin.Bytes, 4);
        Twin.Mmap(_twin, Addr, Pages << 12);
        for (ulong page = 0; page < Pages; page++)
        {
            _mm.Fault(Addr + (page << 12), FaultFlags.Write);
            _ = Twin.Fault(_twin, Addr + (page << 12));
        }

        _hit = new SoftMmu<X86_64>(_mm, Entries);
        _miss = new SoftMmu<X86_64>(_mm);
        _hitTwin = Twin.NewMmu(_twin, Entries);
        _missTwin = Twin.NewMmu(_twin, 0);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _hit.Dispose();
        _miss.Dispose();
        _mm.Dispose();
        _arena.Dispose();
        Twin.FreeMmu(_hitTwin);
        Twin.FreeMmu(_missTwin);
        Twin.Free(_twin);
    }

    [BenchmarkCategory("hit"), Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public ulong HitInC() => Twin.Translate(_hitTwin, Addr, Pages, Count);

    [BenchmarkCategory("hit"), Benchmark(OperationsPerInvoke = Count)]
    public ulong Hit() => Translate(_hit);

    [BenchmarkCategory("miss: a walk of four levels"), Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public ulong MissInC() => Twin.Translate(_missTwin, Addr, Pages, Count);

    [BenchmarkCategory("miss: a walk of four levels"), Benchmark(OperationsPerInvoke = Count)]
    public ulong Miss() => Translate(_miss);

    private static ulong Translate(SoftMmu<X86_64> mmu)
    {
        ulong sum = 0;
        for (int i = 0; i < Count; i++)
        {
            mmu.Translate(Addr + (((ulong)i * 7919 % Pages) << 12), MmuAccess.User, out ulong physical);
            sum += physical;
        }

        return sum;
    }
}
