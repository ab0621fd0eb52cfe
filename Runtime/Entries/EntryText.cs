namespace PteGuard;

/// <summary>Entries in words, for debuggers and messages.</summary>
internal static class EntryText
{
    public static string Describe<TArch>(Pte<TArch> pte)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        string bits = $"pte 0x{pte.Value:x}";
        if (!TArch.HasMmu)
            return bits;
        if (pte.IsNone)
            return bits + " none";
        if (!pte.IsPresent)
            return $"{bits} {pte.ToSwpEntry()}";
        return bits + $" pfn 0x{pte.Pfn:x}" + Marks(pte.IsProtNone, pte.IsWritable, pte.IsYoung, pte.IsDirty);
    }

    public static string Describe<TArch>(Pmd<TArch> pmd)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        string bits = $"pmd 0x{pmd.Value:x}";
        if (!TArch.HasMmu)
            return bits;
        if (pmd.IsNone)
            return bits + " none";
        if (!pmd.IsPresent)
            return $"{bits} {pmd.ToSwpEntry()}";
        if (pmd.IsLeaf)
            return bits + $" huge pfn 0x{pmd.Pfn:x}" + Marks(pmd.IsProtNone, pmd.IsWritable, pmd.IsYoung, pmd.IsDirty);
        return bits + (pmd.IsBad ? " bad" : $" table at {pmd.Table}");
    }

    public static string Describe<TArch>(Pud<TArch> pud)
        where TArch : unmanaged, IArchitecture<TArch>
        => !TArch.HasMmu ? $"pud 0x{pud.Value:x}" : Upper("pud", pud.Value, pud.IsNone, pud.IsBad, pud.IsLeaf, pud.Table);

    public static string Describe<TArch>(P4d<TArch> p4d)
        where TArch : unmanaged, IArchitecture<TArch>
        => !TArch.HasMmu ? $"p4d 0x{p4d.Value:x}" : Upper("p4d", p4d.Value, p4d.IsNone, p4d.IsBad, leaf: false, p4d.Table);

    public static string Describe<TArch>(Pgd<TArch> pgd)
        where TArch : unmanaged, IArchitecture<TArch>
        => !TArch.HasMmu ? $"pgd 0x{pgd.Value:x}" : Upper("pgd", pgd.Value, pgd.IsNone, pgd.IsBad, leaf: false, pgd.Table);

    private static string Upper(string level, ulong value, bool none, bool bad, bool leaf, Page table)
    {
        string bits = $"{level} 0x{value:x}";
        if (none)
            return bits + " none";
        if (leaf)
            return bits + " huge";
        return bits + (bad ? " bad" : $" table at {table}");
    }

    private static string Marks(bool protNone, bool writable, bool young, bool dirty)
        => (protNone ? " protnone" : "") + (writable ? " writable" : "") + (young ? " young" : "") + (dirty ? " dirty" : "");
}
