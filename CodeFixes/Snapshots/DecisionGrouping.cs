using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Facts;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>One snapshot for each entry that one decision reads more than once.</summary>
internal sealed class DecisionGrouping(SemanticModel model, EntryFacts facts) : IReadGrouping
{
    private readonly Barriers _barriers = new(model, facts);
    private readonly SnapshotPlacer _placer = new(model);

    public ImmutableArray<SnapshotGroup> Group(ImmutableArray<EntryRead> reads)
    {
        var groups = ImmutableArray.CreateBuilder<SnapshotGroup>();
        foreach (var decision in reads.GroupBy(read => Decision.Of(read.Place)))
            AddGroups(decision.Key, [.. decision], groups);

        return groups.ToImmutable();
    }

    private void AddGroups(Decision decision, List<EntryRead> reads, ImmutableArray<SnapshotGroup>.Builder groups)
    {
        var placements = new Dictionary<EntryRead, SnapshotGroup>();
        foreach (var same in SameEntries(decision, reads).OrderBy(same => same[0].Place.SpanStart))
        {
            if (same.Count == 1 || !same.Any(r => r.Report is not null) || same[0].Pointer.Stability == PointerStability.Moving || !Exclusion.HappenTogether(same))
            {
                foreach (var read in same)
                    placements[read] = new SnapshotGroup(ImmutableArray.Create(read), SnapshotPlacement.InPlace.Instance);
            }
            else
            {
                var placement = same[0].Pointer.Stability == PointerStability.Stable ? _placer.Place(decision, same, placements) : null;
                var group = new SnapshotGroup(same.ToImmutableArray(), placement);
                foreach (var read in same)
                    placements[read] = group;
            }
        }

        WithholdInner(placements);
        groups.AddRange(placements.Values.Distinct().OrderBy(group => group.Reads[0].Place.SpanStart));
    }

    /// <summary>Reads of one entry between which nothing happens to it, nor to the pointer.</summary>
    private IEnumerable<List<EntryRead>> SameEntries(Decision decision, List<EntryRead> reads)
    {
        foreach (var same in reads.GroupBy(read => (read.Pointer.Key, read.EntryType), EntryKeyComparer.Instance))
        {
            if (same.Skip(1).Any() && same.First().Pointer.Stability != PointerStability.Moving && _barriers.Find(decision, same.First()) is { Count: > 0 } barriers)
            {
                foreach (var segment in same.GroupBy(read => barriers.Count(position => position <= read.Place.SpanStart)))
                    yield return [.. segment];
            }
            else
            {
                yield return [.. same];
            }
        }
    }

    // A read whose pointer is computed from another read is left to a person together with it: once the inner
    // one was a local, the outer one would have become one that can be fixed, and a second run would find it.
    private static void WithholdInner(Dictionary<EntryRead, SnapshotGroup> placements)
    {
        foreach (var (outer, group) in placements.Select(p => (p.Key, p.Value)).Where(p => p.Value.Placement is null).ToList())
        {
            foreach (var inner in placements.Keys.Where(r => r != outer && outer.Place.Span.Contains(r.Place.Span)).ToList())
            {
                if (placements[inner] is var other && other != group && other.Placement is not null)
                {
                    foreach (var read in other.Reads)
                        placements[read] = other with { Placement = null };
                }
            }
        }
    }

    private sealed class EntryKeyComparer : IEqualityComparer<(string Key, ITypeSymbol Type)>
    {
        public static readonly EntryKeyComparer Instance = new();

        public bool Equals((string Key, ITypeSymbol Type) x, (string Key, ITypeSymbol Type) y) =>
            x.Key == y.Key && SymbolEqualityComparer.Default.Equals(x.Type, y.Type);

        public int GetHashCode((string Key, ITypeSymbol Type) obj) => obj.Key.GetHashCode();
    }
}
