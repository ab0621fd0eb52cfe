using System.Collections.Immutable;
using PteGuard.Analyzers.Access;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>Decides which reads of a member share one snapshot.</summary>
internal interface IReadGrouping
{
    /// <param name="reads">The reads of one member in source order.</param>
    /// <param name="accesses">All accesses of the member, stores among them.</param>
    ImmutableArray<SnapshotGroup> Group(ImmutableArray<EntryRead> reads, ImmutableArray<EntryAccess> accesses);
}
