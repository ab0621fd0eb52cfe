using BenchmarkDotNet.Attributes;

namespace PteGuard.Benchmarks;

/// <summary>Copying an address space with a gigabyte of small pages, and dropping the copy, against the same in C.</summary>
[GroupBenchmarksBy(BenchmarkDotNet.Configs.BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
[InvocationCount(1, 1)]
[WarmupCount(40)]
public class ForkSpeed
{
    private const ulong Addr = 1UL << 33;
    private const ulong Gigabyte = 1UL << 30;

    private Arena _arena = null!;
    private Mm<X86_64> _mm = null!;
    private nint _twin;

    [GlobalSetup]
    public void Setup()
    {
        _arena = new Arena((long)Gigabyte + (64 << 20));
        _mm = new Mm<X86_64>(_arena);
        _twin = Twin.NewMm(Twin.Bytes, 4);
        _mm.Mmap(Addr, Gigabyte, VmFlags.Read | VmFlags.Write);
        Twin.Mmap(_twin, Addr, Gigabyte);
    }

    /// <summary>Every page is there, writable and the parent's alone, as before its first fork.</summary>
    [IterationSetup(Target = nameof(Fork))]
    public void Touch()
    {
        for (ulong offset = 0; offset < Gigabyte; offset += 4096)
            _mm.Fault(Addr + offset, FaultFlags.Write);
    }

    /// <summary>The same for the other side.</summary>
    [IterationSetup(Target = nameof(ForkInC))]
    public void TouchInC()
    {
        for (ulong offset = 0; offset < Gigabyte; offset += 4096)
            _ = Twin.Fault(_twin, Addr + offset);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _mm.Dispose();
        _arena.Dispose();
        Twin.Free(_twin);
    }

    [BenchmarkCategory("fork of 1 GiB, drop the child"), Benchmark(Baseline = true)]
    public int ForkInC() => Twin.Fork(_twin);

    [BenchmarkCategory("fork of 1 GiB, drop the child"), Benchmark]
    public void Fork() => _mm.Fork().Dispose();
}
