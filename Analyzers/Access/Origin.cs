using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Access;

/// <summary>What a pointer, reference or span may point to: a value of the lattice that <see cref="PointerOrigins"/> computes.</summary>
internal sealed class Origin
{
    /// <summary>Nothing yet: null, or a local that is never assigned.</summary>
    public static readonly Origin Nothing = new();

    /// <summary>Memory that others may see.</summary>
    public static readonly Origin Shared = new() { IsShared = true };

    /// <summary>A copy of this method's own, on its stack.</summary>
    public static readonly Origin Stack = new() { IsPrivate = true };

    /// <summary>A managed object: no page table as such, but a pointer to it may be one.</summary>
    public static readonly Origin Managed = new() { IsPrivate = true };

    // A pointer into more tables than this is not worth following.
    private const int MostAllocations = 8;

    private Origin()
    {
    }

    public bool IsShared { get; private init; }

    public bool IsPrivate { get; private init; }

    /// <summary>The tables allocated in this body that it may point into.</summary>
    public ImmutableArray<IOperation> Allocations { get; private init; } = ImmutableArray<IOperation>.Empty;

    /// <summary>The contract of the entries there; null: they are no entries as far as anyone has said.</summary>
    public EntryContract? Contract { get; private init; }

    /// <summary>The type of the entries there; null if it is not known.</summary>
    public ITypeSymbol? Entry { get; private init; }

    public static Origin Allocation(IOperation allocation) => new() { Allocations = ImmutableArray.Create(allocation) };

    public Origin As(EntryContract contract, ITypeSymbol? entry) => new()
    {
        IsShared = IsShared,
        IsPrivate = IsPrivate,
        Allocations = Allocations,
        Contract = contract,
        Entry = entry,
    };

    public Origin Join(Origin other)
    {
        if (this == other || other == Nothing)
            return this;

        if (this == Nothing)
            return other;

        var allocations = Allocations;
        foreach (var allocation in other.Allocations)
        {
            if (!allocations.Contains(allocation))
                allocations = allocations.Add(allocation);
        }

        var shared = IsShared || other.IsShared || allocations.Length > MostAllocations;
        return new Origin
        {
            IsShared = shared,
            IsPrivate = IsPrivate || other.IsPrivate,
            Allocations = shared ? ImmutableArray<IOperation>.Empty : allocations,
            Contract = Contract ?? other.Contract,
            Entry = Contract is null ? other.Entry : Entry,
        };
    }

    /// <summary>Whether the lattice has been left unchanged; contracts only ever go from none to one.</summary>
    public bool IsSameAs(Origin other) =>
        IsShared == other.IsShared && IsPrivate == other.IsPrivate
        && Allocations.Length == other.Allocations.Length && (Contract is null) == (other.Contract is null);
}
