namespace PteGuard;

/// <summary>No batches.</summary>
public readonly unsafe partial struct NoMmu
{
    static int IArchitecture<NoMmu>.PteBatchHint(Pte<NoMmu>* ptep, Pte<NoMmu> pte) => throw Refused();

    static void IArchitecture<NoMmu>.WrprotectPtes(Mm<NoMmu> mm, ulong address, Pte<NoMmu>* ptep, int count) => throw Refused();

    static void IArchitecture<NoMmu>.ClearYoungDirtyPtes(Vma<NoMmu> vma, ulong address, Pte<NoMmu>* ptep, int count, CydpFlags flags) => throw Refused();

    static Pte<NoMmu> IArchitecture<NoMmu>.GetAndClearFullPtes(Mm<NoMmu> mm, ulong address, Pte<NoMmu>* ptep, int count) => throw Refused();

    static void IArchitecture<NoMmu>.ClearFullPtes(Mm<NoMmu> mm, ulong address, Pte<NoMmu>* ptep, int count) => throw Refused();
}
