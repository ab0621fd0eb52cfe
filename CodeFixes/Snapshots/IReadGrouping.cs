using System.Collections.Immutable;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>Decides which reads of a member share one snapshot.</summary>
internal interface IReadGrouping
{
    /// <param name="reads">The reads of one member in source order.</param>
    ImmutableArray<SnapshotGroup> Group(ImmutableArray<EntryRead> reads);
}
