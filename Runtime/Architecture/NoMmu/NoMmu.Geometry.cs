namespace PteGuard;

/// <summary>No levels.</summary>
public readonly unsafe partial struct NoMmu
{
    static int IArchitecture<NoMmu>.PmdShift => throw Refused();

    static int IArchitecture<NoMmu>.PudShift => throw Refused();

    static int IArchitecture<NoMmu>.P4dShift => throw Refused();

    static int IArchitecture<NoMmu>.PgdShift => throw Refused();

    static int IArchitecture<NoMmu>.PtrsPerPte => throw Refused();

    static int IArchitecture<NoMmu>.PtrsPerPmd => throw Refused();

    static int IArchitecture<NoMmu>.PtrsPerPud => throw Refused();

    static int IArchitecture<NoMmu>.PtrsPerP4d => throw Refused();

    static int IArchitecture<NoMmu>.PtrsPerPgd => throw Refused();

    static bool IArchitecture<NoMmu>.IsPmdFolded => throw Refused();

    static bool IArchitecture<NoMmu>.IsPudFolded => throw Refused();

    static bool IArchitecture<NoMmu>.IsP4dFolded => throw Refused();

    static ulong IArchitecture<NoMmu>.TaskSize => throw Refused();

    static bool IArchitecture<NoMmu>.IsCanonical(ulong address) => throw Refused();

    static bool IArchitecture<NoMmu>.HasSplitPteLocks => throw Refused();

    static bool IArchitecture<NoMmu>.HasSplitPmdLocks => throw Refused();

    static bool IArchitecture<NoMmu>.HasHighPte => throw Refused();

    static bool IArchitecture<NoMmu>.NeedsPgtableDeposit => throw Refused();

    static bool IArchitecture<NoMmu>.HasHugePmd => throw Refused();
}
