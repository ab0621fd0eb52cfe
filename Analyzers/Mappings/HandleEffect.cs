namespace PteGuard.Analyzers.Mappings;

/// <summary>What a call does to a mapping or lock that it is given.</summary>
[Flags]
internal enum HandleEffect
{
    /// <summary>It only looks at the pointer.</summary>
    None = 0,

    /// <summary>The memory behind the pointer is used.</summary>
    Uses = 1,

    /// <summary>The memory behind the pointer is used, but only where that is not null.</summary>
    UsesTested = 2,

    /// <summary>An entry is stored to.</summary>
    Stores = 4,

    /// <summary>The mapping is ended.</summary>
    Unmaps = 8,

    /// <summary>The lock is taken.</summary>
    Locks = 16,

    /// <summary>The lock is released.</summary>
    Unlocks = 32,

    /// <summary>Nobody can tell.</summary>
    Unknown = 64,
}
