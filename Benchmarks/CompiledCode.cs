using System.Runtime.CompilerServices;

namespace PteGuard.Benchmarks;

/// <summary>Methods whose compiled code is looked at.</summary>
[ArchitectureCode]
internal static unsafe class CompiledCode
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong RawLoad(ulong* entry) => *entry;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Pte<X86_64> PtepGetOnX86(Pte<X86_64>* ptep) => PageTable.PtepGet(ptep);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Pte<RiscV64Sv39> PtepGetOnRiscV(Pte<RiscV64Sv39>* ptep) => PageTable.PtepGet(ptep);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Pte<S390X> PtepGetOnS390(Pte<S390X>* ptep) => PageTable.PtepGet(ptep);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Pte<Arm64K4> PtepGetOnArm64(Pte<Arm64K4>* ptep) => PageTable.PtepGet(ptep);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Pte<X86Pae> PtepGetLocklessOnPae(Pte<X86Pae>* ptep) => PageTable.PtepGetLockless(ptep);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool IsYoungOnX86(Pte<X86_64>* ptep) => PageTable.PtepGet(ptep).IsYoung;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool MapAndUnmap(Pmd<X86_64>* pmd, ulong addr)
    {
        Pte<X86_64>* ptep = PageTable.PteOffsetMap(pmd, addr);
        if (ptep is null)
            return false;
        PageTable.PteUnmap(ptep);
        return true;
    }
}
