using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;
using PteGuard.Analyzers.Snapshots;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>One snapshot for all reads of an entry that must agree: those of one decision, and those that merely repeat others.</summary>
internal sealed class SnapshotGrouping(SemanticModel model, EntryFacts facts)
{
    private readonly RepeatedReads _repeats = new(model.Compilation, facts);

    public ImmutableArray<SnapshotGroup> Group(ImmutableArray<EntryRead> reads, ImmutableArray<EntryAccess> accesses)
    {
        var placer = new SnapshotPlacer(model);
        var placed = new DecisionGrouping(model, facts, placer).Group(reads, accesses);
        var bySite = new Dictionary<TextSpan, EntryRead>();
        foreach (var read in reads)
            bySite[read.Site] = read;

        var repeats = new Dictionary<EntryRead, Repeat>();
        foreach (var found in Find(reads))
        {
            if (bySite.TryGetValue(found.Read.Site.Span, out var read) && found.Sources.All(source => bySite.ContainsKey(source.Site.Span)))
                repeats[read] = new Repeat(found.Sources.Select(source => bySite[source.Site.Span]).ToImmutableArray(), found.Holders);
        }

        new SnapshotMerger(model, placer, placed, repeats).Merge();
        WithholdInner(placed);
        return placed.Values.Distinct().OrderBy(group => group.Reads[0].Place.SpanStart).ToImmutableArray();
    }

    private IEnumerable<RepeatedRead> Find(ImmutableArray<EntryRead> reads)
    {
        if (reads.IsEmpty || Operation(reads[0].Place)?.Root() is not { } root || root.Syntax.ContainsErrors() || model.EnclosingMember(reads[0].Place.SpanStart) is not { } symbol)
            return [];

        var calls = reads.Where(read => read.Report is null).Select(read => model.GetOperation(read.Place)).OfType<IInvocationOperation>();
        return _repeats.Find(_repeats.ReadsOf(root, calls, CancellationToken.None), () => ControlFlow.GraphOf(root), symbol, CancellationToken.None);
    }

    private IOperation? Operation(SyntaxNode place)
    {
        for (var node = place; node is not null; node = node.Parent)
        {
            if (model.GetOperation(node) is { } operation)
                return operation;
        }

        return null;
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
}
