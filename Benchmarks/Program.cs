using System.Runtime.CompilerServices;
using PteGuard;
using PteGuard.Benchmarks;

switch (args)
{
    case ["code"]:
        break;
    case ["speed", .. string[] filter]:
        return Speed.Run(filter);
    case ["scale"]:
        return Scale.Run();
    case ["scale-worker", string name]:
        return Scale.Work(name);
    case ["sparse"]:
        return Sparse.Run(picture: null);
    case ["sparse", string picture]:
        return Sparse.Run(picture);
    case ["analyzers"]:
        return AnalyzerCost.Run(file: null);
    case ["analyzers", "--write", string file]:
        return AnalyzerCost.Run(file);
    default:
        Console.Error.WriteLine("""
            usage: Benchmarks code             (Disassembly.md has the command that prints the compiled code)
                   Benchmarks speed [filter]   times the runtime against the same in C; needs gcc
                   Benchmarks scale            two threads on two address spaces against two processes
                   Benchmarks sparse [svg]     the cost of a page by the size of the range, against the same in C; needs gcc
                   Benchmarks analyzers [--write docs/performance.md]
                                               what each rule costs, beside other packages, and what a compilation pays
            All print Markdown: docs/performance.md has the tables.
            """);
        return 2;
}

// Enough calls for the JIT to compile each method in its last tier; DOTNET_JitDisasm makes it print the result.
using var arena = new Arena(2 << 20);
using var mm = new Mm<X86_64>(arena);
Warm(mm);
return 0;

[MethodImpl(MethodImplOptions.NoOptimization)]
static unsafe void Warm(Mm<X86_64> mm)
{
    Pmd<X86_64>* pmd = PageTable.PmdAllocWalk(mm, 0);
    PageTable.PteAlloc(mm, pmd);
    Pte<X86_64>* ptep = PageTable.PteOffsetKernel(pmd, 0);
    for (int round = 0; round < 20; round++)
    {
        for (int i = 0; i < 10_000; i++)
        {
            CompiledCode.RawLoad((ulong*)ptep);
            CompiledCode.PtepGetOnX86(ptep);
            CompiledCode.PtepGetOnRiscV((Pte<RiscV64Sv39>*)ptep);
            CompiledCode.PtepGetOnS390((Pte<S390X>*)ptep);
            CompiledCode.PtepGetOnArm64((Pte<Arm64K4>*)ptep);
            CompiledCode.PtepGetLocklessOnPae((Pte<X86Pae>*)ptep);
            CompiledCode.IsYoungOnX86(ptep);
            CompiledCode.MapAndUnmap(pmd, 0);
        }

        Thread.Sleep(20);
    }
}
