namespace PteGuard;

/// <summary>The tables of one level.</summary>
/// <param name="Level">What the level is called.</param>
/// <param name="EntryLevel">What its entries are asked as: where the levels below are folded into them, the lowest of those.</param>
/// <param name="Shift">The logarithm of the bytes that an entry covers.</param>
/// <param name="Entries">The entries of a table.</param>
internal readonly record struct TableShape(TableLevel Level, TableLevel EntryLevel, int Shift, int Entries)
{
    /// <summary>The bytes of a table.</summary>
    public ulong Bytes => (ulong)Entries * sizeof(ulong);

    /// <summary>The entry for an address.</summary>
    public ulong Index(ulong addr) => (addr >> Shift) & (ulong)(Entries - 1);
}

/// <summary>The levels that an architecture really has, from the root.</summary>
internal static class TableGeometry<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    public static readonly TableShape[] Levels = Find();

    /// <summary>The lowest address that differs from another only in bits that are not translated, repeated upwards where hardware wants it so.</summary>
    public static ulong Canonical(ulong addr)
    {
        int bits = Levels[0].Shift + System.Numerics.BitOperations.Log2((uint)Levels[0].Entries);
        if (bits >= 64 || TArch.IsCanonical(addr))
            return addr;
        ulong extended = addr | (ulong.MaxValue << bits);
        return TArch.IsCanonical(extended) ? extended : addr;
    }

    private static TableShape[] Find()
    {
        TableLevel pud = TArch.IsPmdFolded ? TableLevel.Pmd : TableLevel.Pud;
        TableLevel p4d = TArch.IsPudFolded ? pud : TableLevel.P4d;
        List<TableShape> levels = [new(TableLevel.Pgd, TArch.IsP4dFolded ? p4d : TableLevel.Pgd, TArch.PgdShift, TArch.PtrsPerPgd)];
        if (!TArch.IsP4dFolded)
            levels.Add(new(TableLevel.P4d, p4d, TArch.P4dShift, TArch.PtrsPerP4d));
        if (!TArch.IsPudFolded)
            levels.Add(new(TableLevel.Pud, pud, TArch.PudShift, TArch.PtrsPerPud));
        if (!TArch.IsPmdFolded)
            levels.Add(new(TableLevel.Pmd, TableLevel.Pmd, TArch.PmdShift, TArch.PtrsPerPmd));
        levels.Add(new(TableLevel.Pte, TableLevel.Pte, TArch.PageShift, TArch.PtrsPerPte));
        return [.. levels];
    }
}
