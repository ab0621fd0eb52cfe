using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using PteGuard.Analyzers.Flow;
using PteGuard.Analyzers.Mappings;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Leaks;

/// <summary>What is to be written so that some mappings of a function are ended on every way: together, since one is ended before the other.</summary>
/// <param name="Mappings">The calls that map, in the order of the source.</param>
/// <param name="Releases">What is released where, at each place the last mapping first.</param>
internal sealed record LeakRepair(ImmutableArray<SyntaxNode> Mappings, ImmutableArray<(ReleasePlace Place, ImmutableArray<MappingRelease> Releases)> Releases)
{
    /// <summary>The repairs of a function: none for a mapping of which no release is certain to be right.</summary>
    public static IEnumerable<LeakRepair> Of(IOperation operation, ISymbol function, FixContext context)
    {
        // A method that an exception may leave at any call takes more than releases.
        var watch = new LeakWatch();
        if (context.Facts.Options(operation.Syntax.SyntaxTree).ExceptionPaths
            || MappingTraces.For(context.Model.Compilation, context.Facts).Watch(operation, function, watch, context.CancellationToken) is not { } graph)
            return [];

        return new Planner(graph, watch, context).Plan();
    }

    private sealed class Planner
    {
        private readonly FixContext _context;
        private readonly ControlFlowGraph _graph;
        private readonly LeakWatch _watch;
        private readonly Dictionary<ControlFlowBranch, ReleasePlace> _places = [];
        private readonly ILookup<ReleasePlace, ControlFlowBranch> _branches;

        public Planner(ControlFlowGraph graph, LeakWatch watch, FixContext context)
        {
            _context = context;
            _graph = graph;
            _watch = watch;
            var places = new ReleasePlaces(graph, context.Model);
            foreach (var branch in watch.Branches)
            {
                if (places.Of(branch) is { } place && !IsVaried(place))
                    _places.Add(branch, place);
            }

            _branches = _places.ToLookup(p => p.Value, p => p.Key);
        }

        public IEnumerable<LeakRepair> Plan()
        {
            var paths = new LeakPaths(_graph, _watch, (branch, mapping) => _places.TryGetValue(branch, out var place) && ReleaseAt(place, mapping) is not null);
            var found = new Dictionary<Site, ImmutableArray<ControlFlowBranch>>();
            foreach (var mapping in _watch.Leaks)
            {
                if (paths.Of(mapping) is { IsEmpty: false } branches && branches.All(branch => _branches[_places[branch]].All(other => branches.Contains(other) || !IsMapped(other, mapping))))
                    found.Add(mapping, branches);
            }

            while (found.Keys.FirstOrDefault(mapping => BreaksOrder(mapping, found)) is { } wrong)
                found.Remove(wrong);

            while (found.Count > 0)
                yield return Repair(Take(found));
        }

        /// <summary>Whether a build with other symbols would not have both ends of what is written there.</summary>
        private static bool IsVaried(ReleasePlace place) =>
            (place.Position == ReleasePosition.Else || !TreeEdits.StandsInList(place.Statement)) && Directives.Touch(place.Statement);

        private bool IsMapped(ControlFlowBranch branch, Site mapping) => _watch.At(branch, mapping).Any(c => c.Kind == MappingCaseKind.Mapped);

        /// <summary>What serves on all branches that a place belongs to.</summary>
        private MappingRelease? ReleaseAt(ReleasePlace place, Site mapping) =>
            MappingRelease.Of(mapping, _branches[place].SelectMany(branch => _watch.At(branch, mapping)).ToImmutableArray(), place, _context);

        /// <summary>Whether a mapping that was made later would outlive this one.</summary>
        private bool BreaksOrder(Site mapping, Dictionary<Site, ImmutableArray<ControlFlowBranch>> found) => found[mapping].Any(branch => _watch.OpenAt(branch).Any(other =>
            other.Operation!.Syntax.SpanStart > mapping.Operation!.Syntax.SpanStart && !(found.TryGetValue(other, out var branches) && branches.Contains(branch))));

        /// <summary>Takes the mappings out that share places with the first.</summary>
        private Dictionary<Site, ImmutableArray<ControlFlowBranch>> Take(Dictionary<Site, ImmutableArray<ControlFlowBranch>> found)
        {
            var together = new Dictionary<Site, ImmutableArray<ControlFlowBranch>>();
            var places = new HashSet<ReleasePlace>();
            for (var next = found.Keys.First(); next is not null; next = found.Keys.FirstOrDefault(m => found[m].Any(b => places.Contains(_places[b]))))
            {
                together.Add(next, found[next]);
                places.UnionWith(found[next].Select(b => _places[b]));
                found.Remove(next);
            }

            return together;
        }

        private LeakRepair Repair(Dictionary<Site, ImmutableArray<ControlFlowBranch>> mappings)
        {
            var inOrder = mappings.Keys.OrderBy(m => m.Operation!.Syntax.SpanStart).ToList();
            var releases = inOrder.AsEnumerable().Reverse()
                .SelectMany(mapping => mappings[mapping].Select(branch => _places[branch]).Distinct().Select(place => (Place: place, Release: ReleaseAt(place, mapping)!)))
                .GroupBy(r => r.Place)
                .Select(at => (at.Key, at.Select(r => r.Release).ToImmutableArray()));
            return new LeakRepair(inOrder.Select(m => m.Operation!.Syntax).ToImmutableArray(), releases.ToImmutableArray());
        }
    }
}
