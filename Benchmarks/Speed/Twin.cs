using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace PteGuard.Benchmarks;

/// <summary>The runtime's core in C (folder <c>native</c>), compiled by <c>gcc -O2</c> when the benchmarks start, across files, with the fast kind of thread-local variables and of calls.</summary>
internal static unsafe partial class Twin
{
    private const string Library = "twin";

    /// <summary>As much as both sides reserve for physical memory.</summary>
    public const ulong Bytes = 8UL << 30;

    static Twin()
    {
        string output = Path.Combine(Path.GetTempPath(), $"pteguard-twin-{Environment.ProcessId}.so");
        string sources = Path.Combine(AppContext.BaseDirectory, "native");
        using Process gcc = Process.Start("gcc", ["-O2", "-flto", "-ftls-model=initial-exec", "-fno-semantic-interposition", "-shared", "-fPIC", "-o", output, .. Directory.GetFiles(sources, "*.c"), "-lpthread"])
            ?? throw new Win32Exception("gcc does not start.");
        gcc.WaitForExit();
        if (gcc.ExitCode != 0)
            throw new InvalidOperationException($"gcc ends with {gcc.ExitCode}.");
        nint handle = NativeLibrary.Load(output);
        File.Delete(output);
        NativeLibrary.SetDllImportResolver(typeof(Twin).Assembly, (name, _, _) => name == Library ? handle : 0);
    }

    [LibraryImport(Library, EntryPoint = "twin_new")]
    public static partial nint NewMm(ulong bytes, int levels);

    [LibraryImport(Library, EntryPoint = "twin_pmd")]
    public static partial ulong* AllocPmd(nint mm, ulong addr);

    [LibraryImport(Library, EntryPoint = "twin_mmap")]
    public static partial void Mmap(nint mm, ulong start, ulong bytes);

    [LibraryImport(Library, EntryPoint = "twin_mprotect")]
    public static partial void Mprotect(nint mm, ulong start, ulong end, ulong flags);

    [LibraryImport(Library, EntryPoint = "twin_fault")]
    public static partial int Fault(nint mm, ulong addr);

    [LibraryImport(Library, EntryPoint = "twin_mmu")]
    public static partial nint NewMmu(nint mm, int entries);

    [LibraryImport(Library, EntryPoint = "twin_free_mmu")]
    public static partial void FreeMmu(nint mmu);

    [LibraryImport(Library, EntryPoint = "bench_get")]
    public static partial ulong Get(ulong* pte, int count);

    [LibraryImport(Library, EntryPoint = "bench_map")]
    public static partial ulong Map(ulong* pmd, ulong addr, int count);

    [LibraryImport(Library, EntryPoint = "bench_map_lock")]
    public static partial ulong MapLock(ulong* pmd, ulong addr, int count);

    [LibraryImport(Library, EntryPoint = "bench_walk")]
    public static partial ulong Walk(nint mm, ulong addr, int count);

    [LibraryImport(Library, EntryPoint = "bench_translate")]
    public static partial ulong Translate(nint mmu, ulong addr, ulong pages, int count);

    [LibraryImport(Library, EntryPoint = "bench_fault_zap")]
    public static partial void FaultAndZap(nint mm, ulong addr, int pages);

    [LibraryImport(Library, EntryPoint = "twin_free")]
    public static partial void Free(nint mm);

    [LibraryImport(Library, EntryPoint = "bench_fault_all")]
    public static partial void FaultAll(nint mm, ulong addr, ulong bytes);

    [LibraryImport(Library, EntryPoint = "bench_fork")]
    public static partial int Fork(nint mm);

    [LibraryImport(Library, EntryPoint = "bench_collapse_split")]
    public static partial int CollapseAndSplit(nint mm, ulong addr);

    [LibraryImport(Library, EntryPoint = "bench_collapse_drop")]
    public static partial int CollapseAndDrop(nint mm, ulong addr);

    [LibraryImport(Library, EntryPoint = "bench_sparse_map")]
    public static partial int MapSparse(nint mm, ulong start, ulong end);
}
