using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>
/// One snapshot for each entry that one decision, or what carries it out, reads more than once. Statements
/// that merely follow one another decide apart.
/// </summary>
internal sealed class DecisionGrouping(SemanticModel model, EntryFacts facts) : IReadGrouping
{
    private readonly SnapshotPlacer _placer = new(model);

    public ImmutableArray<SnapshotGroup> Group(ImmutableArray<EntryRead> reads, ImmutableArray<EntryAccess> accesses)
    {
        var barriers = new Barriers(model, facts, accesses);
        var placed = new Dictionary<EntryRead, SnapshotGroup>();
        var around = reads.ToDictionary(read => read, read => Decision.Around(read.Place));

        // From the outside in: what an outer decision has read, the inner ones need not read again.
        var levels = new Stack<(int Level, Decision Decision, List<EntryRead> Reads)>(ByDecision(reads, 0));
        while (levels.Count > 0)
        {
            var (level, decision, inside) = levels.Pop();
            var own = new List<List<EntryRead>>();
            var inner = new List<EntryRead>();
            foreach (var same in inside.GroupBy(read => (read.Pointer.Key, read.EntryType), EntryKeyComparer.Instance))
            {
                var header = same.Where(read => around[read].Count == level + 1).ToList();
                inner.AddRange(Split(decision, header, same.Except(header).ToList(), barriers, own));
            }

            Place(decision, own, placed);
            foreach (var next in ByDecision(inner, level + 1))
                levels.Push(next);
        }

        WithholdInner(placed);
        return placed.Values.Distinct().OrderBy(group => group.Reads[0].Place.SpanStart).ToImmutableArray();

        IEnumerable<(int, Decision, List<EntryRead>)> ByDecision(IEnumerable<EntryRead> some, int level) =>
            some.GroupBy(read => around[read][level]).Select(together => (level, together.Key, together.ToList()));
    }

    /// <summary>
    /// Adds to <paramref name="own"/> the reads of one entry between which nothing happens to it, nor to the
    /// pointer; returns those that this decision has not read before.
    /// </summary>
    private static List<EntryRead> Split(Decision decision, List<EntryRead> header, List<EntryRead> body, Barriers barriers, List<List<EntryRead>> own)
    {
        if (header.Count == 0)
            return body;

        var stability = header[0].Pointer.Stability;
        var found = stability == PointerStability.Moving || header.Count + body.Count == 1 ? [] : barriers.Find(decision, header[0]);
        var segments = new List<List<EntryRead>>();
        foreach (var read in header)
        {
            if (segments.LastOrDefault() is { } last && !AreApart(last[0], read))
                last.Add(read);
            else
                segments.Add([read]);
        }

        var rest = new List<EntryRead>();
        foreach (var read in body)
        {
            var segment = stability == PointerStability.Stable ? segments.Find(s => s[0].Place.SpanStart < read.Place.SpanStart && !AreApart(s[0], read)) : null;
            (segment ?? rest).Add(read);
        }

        own.AddRange(segments);
        return rest;

        bool AreApart(EntryRead first, EntryRead second) => found.Exists(barrier =>
            first.Place.SpanStart < barrier.Position && barrier.Position <= second.Place.SpanStart && Ways.Lead(barrier.Node, second.Place, decision));
    }

    private void Place(Decision decision, List<List<EntryRead>> own, Dictionary<EntryRead, SnapshotGroup> placed)
    {
        foreach (var same in own.OrderBy(same => same[0].Place.SpanStart))
        {
            if (same.Count == 1 || !same.Any(r => r.Report is not null) || same[0].Pointer.Stability == PointerStability.Moving || !HappenTogether(same))
            {
                foreach (var read in same)
                    placed[read] = new SnapshotGroup(ImmutableArray.Create(read), SnapshotPlacement.InPlace.Instance);
            }
            else
            {
                var placement = same[0].Pointer.Stability == PointerStability.Stable ? _placer.Place(decision, same, placed) : null;
                var group = new SnapshotGroup(same.ToImmutableArray(), placement);
                foreach (var read in same)
                    placed[read] = group;
            }
        }
    }

    /// <summary>Whether some two of the reads can happen in one evaluation.</summary>
    private static bool HappenTogether(List<EntryRead> reads) =>
        reads.Where((left, i) => reads.Skip(i + 1).Any(right => !Ways.AreExclusive(left.Place, right.Place))).Any();

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
