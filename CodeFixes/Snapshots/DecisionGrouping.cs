using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>
/// One snapshot for each entry that one decision, or what carries it out, reads more than once. Statements
/// that merely follow one another are none of its business.
/// </summary>
internal sealed class DecisionGrouping(SemanticModel model, EntryFacts facts, SnapshotPlacer placer)
{
    public Dictionary<EntryRead, SnapshotGroup> Group(ImmutableArray<EntryRead> reads, ImmutableArray<EntryAccess> accesses)
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
            foreach (var same in inside.GroupBy(read => (read.Pointer.Key, read.Reader.Method), EntryKeyComparer.Instance))
            {
                var header = same.Where(read => around[read].Count == level + 1).ToList();
                inner.AddRange(Split(decision, header, same.Except(header).ToList(), barriers, own));
            }

            Place(decision, own, placed);
            foreach (var next in ByDecision(inner, level + 1))
                levels.Push(next);
        }

        return placed;

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
        var comparisons = header.Concat(body).Where(read => read.IsComparison).ToList();
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

        bool AreApart(EntryRead first, EntryRead second) => comparisons.Exists(read => first.Place.SpanStart < read.Place.SpanStart && read.Place.SpanStart <= second.Place.SpanStart) || found.Exists(barrier =>
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
                var placement = same[0].Pointer.Stability == PointerStability.Stable ? placer.Place(decision, same, placed) : null;
                var group = new SnapshotGroup(same.ToImmutableArray(), placement);
                foreach (var read in same)
                    placed[read] = group;
            }
        }
    }

    /// <summary>Whether some two of the reads can happen in one evaluation.</summary>
    private static bool HappenTogether(List<EntryRead> reads) =>
        reads.Where((left, i) => reads.Skip(i + 1).Any(right => !Ways.AreExclusive(left.Place, right.Place))).Any();

    private sealed class EntryKeyComparer : IEqualityComparer<(string Key, IMethodSymbol Reader)>
    {
        public static readonly EntryKeyComparer Instance = new();

        public bool Equals((string Key, IMethodSymbol Reader) x, (string Key, IMethodSymbol Reader) y) =>
            x.Key == y.Key && SymbolEqualityComparer.Default.Equals(x.Reader, y.Reader);

        public int GetHashCode((string Key, IMethodSymbol Reader) obj) => obj.Key.GetHashCode();
    }
}
