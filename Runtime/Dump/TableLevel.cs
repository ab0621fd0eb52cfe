namespace PteGuard;

/// <summary>The levels of page tables, from the lowest. A folded level's entries are those of the level above.</summary>
public enum TableLevel
{
    /// <summary>Page tables.</summary>
    Pte,

    /// <summary>Page middle directories.</summary>
    Pmd,

    /// <summary>Page upper directories.</summary>
    Pud,

    /// <summary>Page fourth-level directories.</summary>
    P4d,

    /// <summary>The root.</summary>
    Pgd,
}
