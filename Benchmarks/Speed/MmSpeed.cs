using BenchmarkDotNet.Attributes;

namespace PteGuard.Benchmarks;

/// <summary>Faults, dropping pages, and changing the protection of a gigabyte, each against the same in C.</summary>
[GroupBenchmarksBy(BenchmarkDotNet.Configs.BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class MmSpeed
{
    private const ulong Addr = 1UL << 30;
    private const ulong Gigabyte = 1UL << 30;
    private const ulong Large = 1UL << 33;
    private const int Pages = 512;
    private const VmFlags ReadWrite = VmFlags.Read | VmFlags.Write;

    private Arena _arena = null!;
    private Mm<X86_64> _mm = null!;
    private nint _twin;

    [GlobalSetup]
    public void Setup()
    {
        _arena = new Arena((long)Gigabyte + (64 << 20));
        _mm = new Mm<X86_64>(_arena);
        _twin = Twin.NewMm(Twin.Bytes, 4);
        _mm.Mmap(Addr, 1UL << 21, ReadWrite);
        Twin.Mmap(_twin, Addr, 1UL << 21);
        _mm.Mmap(Large, Gigabyte, ReadWrite);
        Twin.Mmap(_twin, Large, Gigabyte);
        for (ulong offset = 0; offset < Gigabyte; offset += 4096)
        {
            _mm.Fault(Large + offset, FaultFlags.Write);
            _ = Twin.Fault(_twin, Large + offset);
        }
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _mm.Dispose();
        _arena.Dispose();
        Twin.Free(_twin);
    }

    [BenchmarkCategory("fault and drop 1 page"), Benchmark(Baseline = true)]
    public void OneInC() => Twin.FaultAndZap(_twin, Addr, 1);

    [BenchmarkCategory("fault and drop 1 page"), Benchmark]
    public void One() => FaultAndDrop(1);

    [BenchmarkCategory("fault and drop 512 pages, each"), Benchmark(Baseline = true, OperationsPerInvoke = Pages)]
    public void ManyInC() => Twin.FaultAndZap(_twin, Addr, Pages);

    [BenchmarkCategory("fault and drop 512 pages, each"), Benchmark(OperationsPerInvoke = Pages)]
    public void Many() => FaultAndDrop(Pages);

    [BenchmarkCategory("mprotect of 1 GiB, there and back"), Benchmark(Baseline = true)]
    public void ProtectInC()
    {
        Twin.Mprotect(_twin, Large, Large + Gigabyte, (ulong)VmFlags.Read);
        Twin.Mprotect(_twin, Large, Large + Gigabyte, (ulong)ReadWrite);
    }

    [BenchmarkCategory("mprotect of 1 GiB, there and back"), Benchmark]
    public void Protect()
    {
        _mm.Mprotect(Large, Gigabyte, VmFlags.Read);
        _mm.Mprotect(Large, Gigabyte, ReadWrite);
    }

    private void FaultAndDrop(int pages)
    {
        for (int i = 0; i < pages; i++)
            _mm.Fault(Addr + ((ulong)i << 12), FaultFlags.Write);
        _mm.MadviseDontNeed(Addr, (ulong)pages << 12);
    }
}
