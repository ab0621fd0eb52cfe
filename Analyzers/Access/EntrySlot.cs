using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Access;

/// <summary>An expression that denotes an entry in somebody's page table.</summary>
/// <param name="Operation">The expression.</param>
/// <param name="Origin">Where the entry is.</param>
/// <param name="EntryType">The entry's type; null if it is not known.</param>
/// <param name="Contract">What must be used to access it.</param>
internal readonly record struct EntrySlot(IOperation Operation, Origin Origin, ITypeSymbol? EntryType, EntryContract Contract)
{
    /// <summary>How much of the entry the expression itself stands for: <c>*(ulong*)ptep</c> is all of it by another name.</summary>
    public EntryExtent Extent => EntryType is null || Operation.Type is null || SymbolEqualityComparer.Default.Equals(EntryType, Operation.Type)
        ? EntryExtent.Whole
        : EntryLayout.SizeOf(EntryType) is { } size && size == EntryLayout.SizeOf(Operation.Type) ? EntryExtent.Word : EntryExtent.Part;
}
