namespace PteGuard;

/// <summary>Entries that are neither empty nor present: swap entries, migration entries, markers.</summary>
public readonly partial struct Pte<TArch>
{
    /// <summary>Whether the entry is neither empty nor present (<c>is_swap_pte</c>).</summary>
    public bool IsSwap => !IsNone && !IsPresent;

    /// <summary>Whether there is no page behind the entry: it is empty, or a marker (<c>pte_none_mostly</c>).</summary>
    public bool IsNoneMostly => IsNone || (IsSwap && ToSwpEntry().IsMarker);

    /// <summary>Whether a swap entry proper belongs to this address space alone; false for every other entry.</summary>
    public bool IsSwpExclusive => IsSwap && !ToSwpEntry().IsNonSwap && TArch.SwapIsExclusive(_value);

    /// <summary>Whether a non-present entry is marked soft-dirty.</summary>
    public bool IsSwpSoftDirty => TArch.SwapIsSoftDirty(_value);

    /// <summary>Whether a non-present entry is write-protected by userfaultfd.</summary>
    public bool IsSwpUffdWp => TArch.SwapIsUffdWp(_value);

    /// <summary>The non-present entry of a swap entry, without marks (<c>swp_entry_to_pte</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The offset does not fit the architecture's entries.</exception>
    public static Pte<TArch> FromSwpEntry(SwpEntry entry) => new(SwapWord(entry));

    /// <summary>The swap entry, stripped of the exclusive, soft-dirty and userfaultfd marks (<c>pte_to_swp_entry</c>). Undefined unless <see cref="IsSwap"/>.</summary>
    public SwpEntry ToSwpEntry() => new(TArch.SwapType(_value), TArch.SwapOffset(_value));

    /// <summary>A copy of a swap entry proper that belongs to this address space alone.</summary>
    public Pte<TArch> SwpMkExclusive() => new(TArch.SwapMkExclusive(_value));

    /// <summary>A copy of a swap entry proper that may be shared.</summary>
    public Pte<TArch> SwpClearExclusive() => new(TArch.SwapClearExclusive(_value));

    /// <summary>A copy of a non-present entry that is marked soft-dirty.</summary>
    public Pte<TArch> SwpMkSoftDirty() => new(TArch.SwapMkSoftDirty(_value));

    /// <summary>A copy of a non-present entry that is not marked soft-dirty.</summary>
    public Pte<TArch> SwpClearSoftDirty() => new(TArch.SwapClearSoftDirty(_value));

    /// <summary>A copy of a non-present entry that userfaultfd write-protects.</summary>
    public Pte<TArch> SwpMkUffdWp() => new(TArch.SwapMkUffdWp(_value));

    /// <summary>A copy of a non-present entry that userfaultfd does not write-protect.</summary>
    public Pte<TArch> SwpClearUffdWp() => new(TArch.SwapClearUffdWp(_value));

    internal static ulong SwapWord(SwpEntry entry)
    {
        if (entry.Offset >> TArch.SwapOffsetBits != 0)
            throw new ArgumentOutOfRangeException(nameof(entry), entry.Offset, $"A swap offset has at most {TArch.SwapOffsetBits} bits on {TArch.Name}.");
        ulong word = TArch.MakeSwap(entry.Type, entry.Offset);
        if (TArch.PteIsNone(word))
            throw new ArgumentOutOfRangeException(nameof(entry), entry.Offset, $"The last offset of type {entry.Type} is the empty entry on {TArch.Name}.");
        return word;
    }
}
