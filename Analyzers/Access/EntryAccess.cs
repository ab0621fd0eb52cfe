using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Access;

/// <summary>How code touches an entry through a pointer.</summary>
internal enum EntryAccessKind
{
    /// <summary>Only an address is computed, or the access is already right.</summary>
    None,

    /// <summary>The entry, or a part of it, is loaded.</summary>
    Read,

    /// <summary>The entry, or a part of it, is stored.</summary>
    Write,

    /// <summary>The entry is loaded, changed and stored back.</summary>
    ReadModifyWrite,

    /// <summary>A reference to the entry leaves for where its accesses cannot be seen.</summary>
    Escape,
}

/// <summary>One access of an entry through a pointer, in whatever form the language has for it.</summary>
/// <param name="Kind">What is done to the entry.</param>
/// <param name="Operation">The operation that denotes the entry: the dereference, ref local, span element, or the call that accesses it.</param>
/// <param name="Slot">The syntax that denotes the whole entry: <c>*p</c>, <c>p[i]</c>, the <c>p</c> of <c>p->f</c>.</param>
/// <param name="Site">The smallest syntax that a user would rewrite, where a report stands: <c>p->f</c>, <c>*p = v</c>, <c>p[i] |= x</c>.</param>
/// <param name="EntryType">The type of the entry: the struct, or <c>ulong</c> behind a raw pointer; null if it is not known.</param>
/// <param name="Contract">What must be used instead.</param>
internal sealed record EntryAccess(
    EntryAccessKind Kind,
    IOperation Operation,
    SyntaxNode Slot,
    SyntaxNode Site,
    ITypeSymbol? EntryType,
    EntryContract Contract);
