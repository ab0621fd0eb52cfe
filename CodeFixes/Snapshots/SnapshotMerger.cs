using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>What a read repeats.</summary>
/// <param name="Sources">The reads one of which has been made on every way to it.</param>
/// <param name="Holders">The locals that hold what they gave.</param>
internal sealed record Repeat(ImmutableArray<EntryRead> Sources, IReadOnlyCollection<ISymbol> Holders);

/// <summary>Lets groups of reads that repeat the reads of another one share its snapshot, across statements.</summary>
internal sealed class SnapshotMerger(SemanticModel model, SnapshotPlacer placer, Dictionary<EntryRead, SnapshotGroup> placed, Dictionary<EntryRead, Repeat> repeats)
{
    private readonly Dictionary<EntryRead, Cluster> _clusters = [];

    public void Merge()
    {
        foreach (var group in placed.Values.Distinct().ToList())
        {
            var cluster = new Cluster([.. group.Reads]);
            foreach (var read in group.Reads)
                _clusters[read] = cluster;
        }

        foreach (var read in repeats.Keys.OrderBy(read => read.Place.SpanStart))
        {
            if (SourceOf(read) is { } source && _clusters[read] is var cluster && cluster != source && AllRepeat(cluster, source) && TryJoin(source, cluster))
            {
                source.Reads.AddRange(cluster.Reads);
                source.HasGrown = true;
                foreach (var joined in cluster.Reads)
                    _clusters[joined] = source;
            }
        }

        foreach (var cluster in _clusters.Values.Distinct().Where(cluster => cluster.HasGrown).ToList())
        {
            cluster.Reads.Sort((left, right) => left.Place.SpanStart.CompareTo(right.Place.SpanStart));
            var group = new SnapshotGroup(cluster.Reads.ToImmutableArray(), PlacementOf(cluster));
            foreach (var read in cluster.Reads)
                placed[read] = group;
        }
    }

    private SnapshotPlacement? PlacementOf(Cluster cluster) => cluster.Placement ?? placed[cluster.Reads[0]].Placement;

    /// <summary>The reads that a read repeats, if one snapshot serves them.</summary>
    private Cluster? SourceOf(EntryRead read)
    {
        var clusters = repeats[read].Sources.Select(source => _clusters[source]).Distinct().ToList();
        return clusters is [var only] && SymbolEqualityComparer.Default.Equals(only.Reads[0].Reader.Method, read.Reader.Method) ? only : null;
    }

    private bool AllRepeat(Cluster cluster, Cluster source) => cluster.Reads.TrueForAll(read =>
        repeats.TryGetValue(read, out var repeat) && repeat.Sources.All(earlier => _clusters[earlier] == source || _clusters[earlier] == cluster));

    private bool TryJoin(Cluster source, Cluster cluster)
    {
        switch (PlacementOf(source))
        {
            case SnapshotPlacement.Reuse reuse:
                return cluster.Reads.TrueForAll(read => Holds(reuse.Local, read));

            case SnapshotPlacement.InPlace when Holder(source.Reads[0], cluster) is { } local:
                source.Placement = new SnapshotPlacement.Reuse(local);
                return true;

            case SnapshotPlacement.Before { Statement: var host }:
                return IsVisible(host, cluster.Reads);

            case SnapshotPlacement.InPlace or SnapshotPlacement.InCondition:
                return TryPlace(source, cluster);

            default:
                return false;
        }
    }

    private ILocalSymbol? Holder(EntryRead first, Cluster cluster) => repeats[cluster.Reads[0]].Holders.OfType<ILocalSymbol>()
        .Where(local => SymbolEqualityComparer.Default.Equals(local.Type, first.EntryType) && cluster.Reads.TrueForAll(read => Holds(local, read)))
        .OrderBy(local => local.Name, StringComparer.Ordinal)
        .FirstOrDefault();

    private bool Holds(ILocalSymbol local, EntryRead read) => repeats[read].Holders.Contains(local, SymbolEqualityComparer.Default)
        && model.LookupSymbols(read.Place.SpanStart, name: local.Name).Contains(local, SymbolEqualityComparer.Default);

    private bool TryPlace(Cluster source, Cluster cluster)
    {
        var reads = source.Reads.Concat(cluster.Reads).OrderBy(read => read.Place.SpanStart).ToList();
        if (reads[0] != source.Reads[0] || reads[0].Pointer.Stability != PointerStability.Stable)
            return false;

        var placement = placer.Place(Decision.Of(reads[0].Place), reads, placed);
        if (placement is null || (placement is SnapshotPlacement.Before { Statement: var host } && !IsVisible(host, reads)))
            return false;

        source.Placement = placement;
        foreach (var read in source.Reads)
            placed[read] = new SnapshotGroup(source.Reads.ToImmutableArray(), placement);

        return true;
    }

    /// <summary>Whether a local declared in front of a statement can be used by reads, in every build.</summary>
    private static bool IsVisible(StatementSyntax host, List<EntryRead> reads)
    {
        var scope = TreeEdits.StandsInList(host) ? host.FirstAncestorOrSelf<SyntaxNode>(node => node != host && node is not LabeledStatementSyntax)! : host;
        if (scope is GlobalStatementSyntax)
            scope = scope.Parent!;

        return reads.TrueForAll(read => scope.Span.Contains(read.Place.Span) && read.Place.SpanStart >= host.SpanStart
            && !Directives.Part(host.SyntaxTree.GetRoot(), TextSpan.FromBounds(host.SpanStart, read.Place.Span.End)));
    }

    private sealed class Cluster(List<EntryRead> reads)
    {
        public List<EntryRead> Reads { get; } = reads;

        /// <summary>Where the one read goes now; null: where it went before.</summary>
        public SnapshotPlacement? Placement { get; set; }

        public bool HasGrown { get; set; }
    }
}
