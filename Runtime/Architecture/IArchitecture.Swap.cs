namespace PteGuard;

public unsafe partial interface IArchitecture<TSelf>
{
    /// <summary>The number of offset bits that a non-present entry holds.</summary>
    static abstract int SwapOffsetBits { get; }

    /// <summary>The non-present entry of a swap type (5 bits) and offset, without marks.</summary>
    static abstract ulong MakeSwap(uint type, ulong offset);

    /// <summary>The type of a non-present entry.</summary>
    static abstract uint SwapType(ulong entry);

    /// <summary>The offset of a non-present entry.</summary>
    static abstract ulong SwapOffset(ulong entry);

    /// <summary>A non-present pte as a pmd, whose bits may lie elsewhere.</summary>
    static virtual ulong SwapToPmd(ulong entry) => entry;

    /// <summary>The way back from <see cref="SwapToPmd"/>.</summary>
    static virtual ulong PmdToSwap(ulong pmd) => pmd;

    /// <summary>Whether a swap entry is marked as belonging to this address space alone. Only for swap entries proper: the bit may mean something else elsewhere.</summary>
    static abstract bool SwapIsExclusive(ulong entry);

    /// <summary>Marks a swap entry as belonging to this address space alone.</summary>
    static abstract ulong SwapMkExclusive(ulong entry);

    /// <summary>Clears the exclusive mark.</summary>
    static abstract ulong SwapClearExclusive(ulong entry);

    /// <summary>Whether the page was written since soft-dirty bits were last cleared.</summary>
    static abstract bool SwapIsSoftDirty(ulong entry);

    /// <summary>Sets soft-dirty; unchanged where the architecture has none.</summary>
    static abstract ulong SwapMkSoftDirty(ulong entry);

    /// <summary>Clears soft-dirty.</summary>
    static abstract ulong SwapClearSoftDirty(ulong entry);

    /// <summary>Whether userfaultfd write-protects the page.</summary>
    static abstract bool SwapIsUffdWp(ulong entry);

    /// <summary>Sets userfaultfd write protection; unchanged where the architecture has none.</summary>
    static abstract ulong SwapMkUffdWp(ulong entry);

    /// <summary>Clears userfaultfd write protection.</summary>
    static abstract ulong SwapClearUffdWp(ulong entry);
}
