using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Access;

/// <summary>One access of an entry through a pointer, in whatever form the language has for it.</summary>
/// <param name="Kind">What is done to the entry.</param>
/// <param name="Operation">
/// The operation that denotes the entry: the dereference, ref local or span element; for a framework method
/// that accesses the entry behind a pointer, the invocation; for an enumeration, the collection.
/// </param>
/// <param name="Slot">
/// The syntax that denotes the whole entry: <c>*p</c>, <c>p[i]</c>, the <c>p</c> of <c>p->f</c>; for a
/// framework method the argument that points to it.
/// </param>
/// <param name="Site">The smallest syntax that a user would rewrite, where a report stands: <c>p->f</c>, <c>*p = v</c>, <c>p[i] |= x</c>.</param>
/// <param name="EntryType">The type of the entry: the struct, or <c>ulong</c> behind a raw pointer; null if it is not known.</param>
/// <param name="Contract">What must be used instead.</param>
/// <param name="Extent">How much of the entry is accessed.</param>
internal sealed record EntryAccess(
    EntryAccessKind Kind,
    IOperation Operation,
    SyntaxNode Slot,
    SyntaxNode Site,
    ITypeSymbol? EntryType,
    EntryContract Contract,
    EntryExtent Extent)
{
    /// <summary>
    /// The reads of the same entry that a store of theirs has made one read-modify-write with itself:
    /// the <c>*p</c> on the right of <c>*p = *p | x</c>, or the reader's call in its place.
    /// </summary>
    public ImmutableArray<SyntaxNode> MergedReads { get; init; } = ImmutableArray<SyntaxNode>.Empty;

    /// <summary>The read of the same entry, in an earlier statement, that what is stored was made of.</summary>
    public SyntaxNode? CarriedRead { get; init; }

    /// <summary>The variable in what is stored, where it surely holds the whole entry as it is, and nothing else there is a variable.</summary>
    public SyntaxNode? Copy { get; init; }

    /// <summary>The barrier that directly follows the statement of a lockless read.</summary>
    public SyntaxNode? Barrier { get; init; }

    /// <summary>Whether the write is only presumed: a member of another assembly that does not say it is readonly.</summary>
    public bool IsPresumed { get; init; }
}
