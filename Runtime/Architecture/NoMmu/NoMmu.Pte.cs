namespace PteGuard;

/// <summary>No entries, so nothing to ask of them.</summary>
public readonly unsafe partial struct NoMmu
{
    static ulong IArchitecture<NoMmu>.NonePte => throw Refused();

    static ulong IArchitecture<NoMmu>.PageProt(VmFlags flags) => throw Refused();

    static ulong IArchitecture<NoMmu>.MakePte(ulong pfn, ulong protection) => throw Refused();

    static ulong IArchitecture<NoMmu>.PteAdvancePfn(ulong pte, ulong pages) => throw Refused();

    static ulong IArchitecture<NoMmu>.PtePfn(ulong pte) => throw Refused();

    static bool IArchitecture<NoMmu>.PteIsNone(ulong pte) => throw Refused();

    static bool IArchitecture<NoMmu>.PteIsPresent(ulong pte) => throw Refused();

    static bool IArchitecture<NoMmu>.PteIsProtNone(ulong pte) => throw Refused();

    static bool IArchitecture<NoMmu>.PteIsYoung(ulong pte) => throw Refused();

    static bool IArchitecture<NoMmu>.PteIsDirty(ulong pte) => throw Refused();

    static bool IArchitecture<NoMmu>.PteIsWritable(ulong pte) => throw Refused();

    static bool IArchitecture<NoMmu>.PteIsExecutable(ulong pte) => throw Refused();

    static bool IArchitecture<NoMmu>.PteIsSpecial(ulong pte) => throw Refused();

    static bool IArchitecture<NoMmu>.PteIsSoftDirty(ulong pte) => throw Refused();

    static bool IArchitecture<NoMmu>.PteIsUffdWp(ulong pte) => throw Refused();

    static ulong IArchitecture<NoMmu>.PteMkYoung(ulong pte) => throw Refused();

    static ulong IArchitecture<NoMmu>.PteMkOld(ulong pte) => throw Refused();

    static ulong IArchitecture<NoMmu>.PteMkDirty(ulong pte) => throw Refused();

    static ulong IArchitecture<NoMmu>.PteMkClean(ulong pte) => throw Refused();

    static ulong IArchitecture<NoMmu>.PteMkWrite(ulong pte) => throw Refused();

    static ulong IArchitecture<NoMmu>.PteWrprotect(ulong pte) => throw Refused();

    static ulong IArchitecture<NoMmu>.PteMkSpecial(ulong pte) => throw Refused();

    static ulong IArchitecture<NoMmu>.PteMkSoftDirty(ulong pte) => throw Refused();

    static ulong IArchitecture<NoMmu>.PteClearSoftDirty(ulong pte) => throw Refused();

    static ulong IArchitecture<NoMmu>.PteMkUffdWp(ulong pte) => throw Refused();

    static ulong IArchitecture<NoMmu>.PteClearUffdWp(ulong pte) => throw Refused();

    static ulong IArchitecture<NoMmu>.PteModify(ulong pte, ulong protection) => throw Refused();

    static bool IArchitecture<NoMmu>.PteSame(ulong left, ulong right) => throw Refused();

    static int IArchitecture<NoMmu>.SwapOffsetBits => throw Refused();

    static ulong IArchitecture<NoMmu>.MakeSwap(uint type, ulong offset) => throw Refused();

    static uint IArchitecture<NoMmu>.SwapType(ulong entry) => throw Refused();

    static ulong IArchitecture<NoMmu>.SwapOffset(ulong entry) => throw Refused();

    static ulong IArchitecture<NoMmu>.SwapToPmd(ulong entry) => throw Refused();

    static ulong IArchitecture<NoMmu>.PmdToSwap(ulong pmd) => throw Refused();

    static bool IArchitecture<NoMmu>.SwapIsExclusive(ulong entry) => throw Refused();

    static ulong IArchitecture<NoMmu>.SwapMkExclusive(ulong entry) => throw Refused();

    static ulong IArchitecture<NoMmu>.SwapClearExclusive(ulong entry) => throw Refused();

    static bool IArchitecture<NoMmu>.SwapIsSoftDirty(ulong entry) => throw Refused();

    static ulong IArchitecture<NoMmu>.SwapMkSoftDirty(ulong entry) => throw Refused();

    static ulong IArchitecture<NoMmu>.SwapClearSoftDirty(ulong entry) => throw Refused();

    static bool IArchitecture<NoMmu>.SwapIsUffdWp(ulong entry) => throw Refused();

    static ulong IArchitecture<NoMmu>.SwapMkUffdWp(ulong entry) => throw Refused();

    static ulong IArchitecture<NoMmu>.SwapClearUffdWp(ulong entry) => throw Refused();
}
