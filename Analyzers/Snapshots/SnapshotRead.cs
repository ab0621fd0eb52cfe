using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Access;

namespace PteGuard.Analyzers.Snapshots;

/// <summary>A read of an entry, direct or by a reader's call.</summary>
/// <param name="Operation">What denotes the entry, or the call.</param>
/// <param name="Site">Where a report about it stands.</param>
/// <param name="EntryType">The type of the entry; null if it is not known.</param>
/// <param name="Reader">What tells readers apart: a lockless read does not repeat an ordinary one.</param>
/// <param name="Access">The direct access; null for a call.</param>
internal sealed record SnapshotRead(IOperation Operation, SyntaxNode Site, ITypeSymbol? EntryType, object Reader, EntryAccess? Access)
{
    /// <summary>The reader that goes without saying: a direct read stands for a call of it.</summary>
    public static readonly object OrdinaryReader = new();

    public bool Equals(SnapshotRead? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

/// <summary>A read of what has been read already and cannot have changed on purpose.</summary>
/// <param name="Read">The read.</param>
/// <param name="Sources">The earlier reads, one of which every way to it has made, in source order.</param>
/// <param name="Holders">The locals that hold what was read.</param>
internal sealed record RepeatedRead(SnapshotRead Read, IReadOnlyList<SnapshotRead> Sources, IReadOnlyCollection<ISymbol> Holders);
