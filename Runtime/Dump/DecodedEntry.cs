namespace PteGuard;

internal enum EntryKind
{
    None,
    Table,
    Leaf,

    /// <summary>Neither empty nor present.</summary>
    Swap,
}

/// <summary>An entry of any level, as a raw word, in terms that all levels and architectures share.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Attributes">Of a leaf or a swap entry.</param>
/// <param name="Address">The physical address, in bytes, of the table or the memory.</param>
internal readonly record struct DecodedEntry(EntryKind Kind, PageAttributes Attributes, ulong Address)
{
    /// <summary>Asks the questions in the one order that is right: empty, present, leaf, table.</summary>
    public static DecodedEntry Of<TArch>(ulong entry, TableLevel level)
        where TArch : unmanaged, IArchitecture<TArch>
        => level switch
        {
            TableLevel.Pte when TArch.PteIsNone(entry) => default,
            TableLevel.Pte when TArch.PteIsPresent(entry) => Leaf<TArch>(entry, TArch.PtePfn(entry), PageAttributes.None),
            TableLevel.Pte => Swap<TArch>(entry),

            TableLevel.Pmd when TArch.PmdIsNone(entry) => default,
            TableLevel.Pmd when !TArch.PmdIsPresent(entry) => Swap<TArch>(entry),
            TableLevel.Pmd when TArch.PmdIsLeaf(entry) => Leaf<TArch>(TArch.PmdToPte(entry), TArch.PmdPfn(entry), PageAttributes.Huge),
            TableLevel.Pmd => Table(TArch.PmdTableAddress(entry)),

            TableLevel.Pud when TArch.PudIsNone(entry) || !TArch.PudIsPresent(entry) => default,
            TableLevel.Pud when TArch.PudIsLeaf(entry) => Leaf<TArch>(TArch.PmdToPte(entry), TArch.PudPfn(entry), PageAttributes.Huge),
            TableLevel.Pud => Table(TArch.PudTableAddress(entry)),

            TableLevel.P4d when TArch.P4dIsNone(entry) || !TArch.P4dIsPresent(entry) => default,
            TableLevel.P4d => Table(TArch.P4dTableAddress(entry)),

            _ when TArch.PgdIsNone(entry) || !TArch.PgdIsPresent(entry) => default,
            _ => Table(TArch.PgdTableAddress(entry)),
        };

    private static DecodedEntry Table(ulong address) => new(EntryKind.Table, PageAttributes.None, address);

    private static DecodedEntry Leaf<TArch>(ulong pte, ulong pfn, PageAttributes attributes)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        // A huge entry that is being split is present to software alone.
        if (!TArch.PteIsPresent(pte) || TArch.PteIsProtNone(pte))
            attributes |= PageAttributes.NoAccess;
        attributes |= (TArch.PteIsWritable(pte) ? PageAttributes.Write : 0)
            | (TArch.PteIsExecutable(pte) ? PageAttributes.Exec : 0)
            | (TArch.PteIsYoung(pte) ? PageAttributes.Young : 0)
            | (TArch.PteIsDirty(pte) ? PageAttributes.Dirty : 0)
            | (TArch.PteIsSoftDirty(pte) ? PageAttributes.SoftDirty : 0)
            | (TArch.PteIsUffdWp(pte) ? PageAttributes.UffdWp : 0)
            | (TArch.PteIsSpecial(pte) ? PageAttributes.Special : 0);
        return new(EntryKind.Leaf, attributes, pfn << TArch.PageShift);
    }

    private static DecodedEntry Swap<TArch>(ulong entry)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        var named = new SwpEntry(TArch.SwapType(entry) & 31, TArch.SwapOffset(entry));
        PageAttributes attributes = named.IsMigration ? PageAttributes.Migration
            : named.IsHwPoison ? PageAttributes.HwPoison
            : named.IsMarker ? PageAttributes.Marker
            : PageAttributes.Swap | (!named.IsNonSwap && TArch.SwapIsExclusive(entry) ? PageAttributes.Exclusive : 0);
        attributes |= (TArch.SwapIsSoftDirty(entry) ? PageAttributes.SoftDirty : 0) | (TArch.SwapIsUffdWp(entry) ? PageAttributes.UffdWp : 0);
        return new(EntryKind.Swap, attributes, 0);
    }
}
