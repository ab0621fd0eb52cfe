namespace PteGuard;

/// <summary>
/// Soft-dirty: which pages were written since the marks were cleared. Clearing also forbids writing, so that the next write
/// faults and marks the page. For that no page may become writable without the mark.
/// </summary>
internal static class WriteTracking
{
    /// <summary>Whether entries of the architecture have the mark.</summary>
    public static bool IsSupported<TArch>()
        where TArch : unmanaged, IArchitecture<TArch>
        => TArch.PteIsSoftDirty(TArch.PteMkSoftDirty(TArch.NonePte));

    /// <summary>What a new page is mapped with: one that may be written without a fault counts as written.</summary>
    public static Pte<TArch> OfNewPage<TArch>(Pte<TArch> pte)
        where TArch : unmanaged, IArchitecture<TArch>
        => pte.IsWritable ? pte.MkSoftDirty() : pte;

    /// <summary>An entry that was given another protection: it stays read-only until the fault that marks it.</summary>
    public static Pte<TArch> Guard<TArch>(Pte<TArch> pte)
        where TArch : unmanaged, IArchitecture<TArch>
        => IsSupported<TArch>() && pte.IsWritable && !pte.IsSoftDirty ? pte.Wrprotect() : pte;

    /// <inheritdoc cref="OfNewPage{TArch}(Pte{TArch})"/>
    public static Pmd<TArch> OfNewPage<TArch>(Pmd<TArch> pmd)
        where TArch : unmanaged, IArchitecture<TArch>
        => new(TArch.PteToPmd(OfNewPage(new Pte<TArch>(TArch.PmdToPte(pmd.Value))).Value));

    /// <inheritdoc cref="Guard{TArch}(Pte{TArch})"/>
    public static Pmd<TArch> Guard<TArch>(Pmd<TArch> pmd)
        where TArch : unmanaged, IArchitecture<TArch>
        => new(TArch.PteToPmd(Guard(new Pte<TArch>(TArch.PmdToPte(pmd.Value))).Value));

    /// <summary>Without the mark, and read-only.</summary>
    public static Pte<TArch> Cleared<TArch>(Pte<TArch> pte)
        where TArch : unmanaged, IArchitecture<TArch>
        => pte.Wrprotect().ClearSoftDirty();

    /// <inheritdoc cref="Cleared{TArch}(Pte{TArch})"/>
    public static Pmd<TArch> Cleared<TArch>(Pmd<TArch> pmd)
        where TArch : unmanaged, IArchitecture<TArch>
        => new(TArch.PteToPmd(Cleared(new Pte<TArch>(TArch.PmdToPte(pmd.Value))).Value));
}
