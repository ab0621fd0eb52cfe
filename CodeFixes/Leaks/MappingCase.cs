using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace PteGuard.CodeFixes.Leaks;

/// <summary>What may be true of a mapping where a branch is taken.</summary>
internal enum MappingCaseKind
{
    /// <summary>It was not made on the way here, and what its variable holds is not known.</summary>
    Absent,

    /// <summary>The mapper returned null, or was not called and the variable for it is null.</summary>
    Null,

    /// <summary>It is alive.</summary>
    Mapped,

    /// <summary>It is alive, but what is to be released is not certain.</summary>
    Unclear,

    /// <summary>It was ended, or somebody else ends it.</summary>
    Settled,
}

/// <summary>One case of what is true of a mapping where a branch is taken.</summary>
/// <param name="Kind">What is true.</param>
/// <param name="Pointers">The variables that hold the pointer that the mapper returned.</param>
internal sealed record MappingCase(MappingCaseKind Kind, ImmutableHashSet<ISymbol> Pointers)
{
    private static readonly ImmutableHashSet<ISymbol> s_none = ImmutableHashSet.Create<ISymbol>(SymbolEqualityComparer.Default);

    public static readonly MappingCase Absent = new(MappingCaseKind.Absent, s_none);
    public static readonly MappingCase Unclear = new(MappingCaseKind.Unclear, s_none);
    public static readonly MappingCase Settled = new(MappingCaseKind.Settled, s_none);

    /// <summary>Whether the pointer has been tested, and is not null.</summary>
    public bool IsSure { get; init; }

    /// <summary>Whether the lock that came with the mapping is held.</summary>
    public bool IsLocked { get; init; }

    /// <summary>The variables that hold that lock.</summary>
    public ImmutableHashSet<ISymbol> Locks { get; init; } = s_none;

    /// <summary>Whether at most one variable holds a pointer into the table.</summary>
    public bool IsAlone { get; init; }
}
