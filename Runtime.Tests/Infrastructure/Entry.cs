namespace PteGuard.Runtime.Tests;

/// <summary>What the entry of an address is now, in any address space; none where there is no table.</summary>
public static unsafe class Entry
{
    public static Pte<TArch> Of<TArch>(Mm<TArch> mm, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pmd<TArch>* pmd = PageTable.MmFindPmd(mm, addr);
        if (pmd is null)
            return Pte<TArch>.None;
        Pte<TArch>* ptep = PageTable.PteOffsetMap(pmd, addr);
        if (ptep is null)
            return Pte<TArch>.None;
        Pte<TArch> pte = PageTable.PtepGetLockless(ptep);
        PageTable.PteUnmap(ptep);
        return pte;
    }
}
