namespace PteGuard;

/// <summary>No accessors.</summary>
public readonly unsafe partial struct NoMmu
{
    static Pte<NoMmu> IArchitecture<NoMmu>.PtepGet(Pte<NoMmu>* ptep) => throw Refused();

    static Pte<NoMmu> IArchitecture<NoMmu>.PtepGetLockless(Pte<NoMmu>* ptep) => throw Refused();

    static Pmd<NoMmu> IArchitecture<NoMmu>.PmdpGet(Pmd<NoMmu>* pmdp) => throw Refused();

    static Pmd<NoMmu> IArchitecture<NoMmu>.PmdpGetLockless(Pmd<NoMmu>* pmdp) => throw Refused();

    static void IArchitecture<NoMmu>.PmdpGetLocklessStart() => throw Refused();

    static void IArchitecture<NoMmu>.PmdpGetLocklessEnd() => throw Refused();

    static void IArchitecture<NoMmu>.PmdpGetLocklessSync() => throw Refused();

    static void IArchitecture<NoMmu>.SetPte(Pte<NoMmu>* ptep, Pte<NoMmu> pte) => throw Refused();

    static void IArchitecture<NoMmu>.SetPteAt(Mm<NoMmu> mm, ulong address, Pte<NoMmu>* ptep, Pte<NoMmu> pte) => throw Refused();

    static void IArchitecture<NoMmu>.SetPtes(Mm<NoMmu> mm, ulong address, Pte<NoMmu>* ptep, Pte<NoMmu> pte, int count) => throw Refused();

    static void IArchitecture<NoMmu>.PmdClear(Pmd<NoMmu>* pmdp) => throw Refused();

    static void IArchitecture<NoMmu>.SetPmd(Pmd<NoMmu>* pmdp, Pmd<NoMmu> pmd) => throw Refused();

    static Pte<NoMmu> IArchitecture<NoMmu>.PtepModify(Pte<NoMmu>* ptep, Func<Pte<NoMmu>, Pte<NoMmu>> change) => throw Refused();

    static Pte<NoMmu> IArchitecture<NoMmu>.PtepGetAndClear(Mm<NoMmu> mm, ulong address, Pte<NoMmu>* ptep) => throw Refused();

    static void IArchitecture<NoMmu>.PteClear(Mm<NoMmu> mm, ulong address, Pte<NoMmu>* ptep) => throw Refused();

    static bool IArchitecture<NoMmu>.PtepTestAndClearYoung(Vma<NoMmu> vma, ulong address, Pte<NoMmu>* ptep) => throw Refused();

    static void IArchitecture<NoMmu>.PtepSetWrprotect(Mm<NoMmu> mm, ulong address, Pte<NoMmu>* ptep) => throw Refused();

    static bool IArchitecture<NoMmu>.PtepSetAccessFlags(Vma<NoMmu> vma, ulong address, Pte<NoMmu>* ptep, Pte<NoMmu> entry, bool dirty) => throw Refused();

    static Pte<NoMmu> IArchitecture<NoMmu>.PtepModifyProtStart(Vma<NoMmu> vma, ulong address, Pte<NoMmu>* ptep) => throw Refused();

    static void IArchitecture<NoMmu>.PtepModifyProtCommit(Vma<NoMmu> vma, ulong address, Pte<NoMmu>* ptep, Pte<NoMmu> old, Pte<NoMmu> pte) => throw Refused();

    static bool IArchitecture<NoMmu>.FaultDropsTranslation => throw Refused();

    static bool IArchitecture<NoMmu>.FlushWaitsForIrqs => throw Refused();

    static void IArchitecture<NoMmu>.FlushTlbFixSpuriousFault(Vma<NoMmu> vma, ulong address, Pte<NoMmu>* ptep) => throw Refused();

    static MmuFault IArchitecture<NoMmu>.HardwareWalk(Pgd<NoMmu>* pgd, ulong address, MmuAccess access, out ulong physical) => throw Refused();
}
