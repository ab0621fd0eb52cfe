using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Flow;

namespace PteGuard.CodeFixes.Leaks;

/// <summary>
/// Finds the branches on which a mapping has to be released so that every way ends it once: as late as
/// possible, where nothing but ways that miss the release come along.
/// </summary>
internal sealed class LeakPaths(ControlFlowGraph graph, LeakWatch watch, Func<ControlFlowBranch, Site, bool> mayRelease)
{
    /// <summary>How often a branch may turn out to be too late: another release lies on some of its ways, not all.</summary>
    private const int Retries = 8;

    /// <returns>Null if there are no such branches.</returns>
    public ImmutableArray<ControlFlowBranch>? Of(Site mapping)
    {
        var tooLate = new HashSet<ControlFlowBranch>();
        for (var tries = 0; tries < Retries; tries++)
        {
            var search = new Search(graph, watch, (branch, site) => !tooLate.Contains(branch) && mayRelease(branch, site), mapping);
            var isDone = graph.Blocks[graph.Blocks.Length - 1].Predecessors.All(search.Release)
                && (!watch.IsOverwritten(mapping) || search.ReleaseBeforeItIsMadeAgain());
            if (!isDone)
                return null;

            var once = new ReleasedOnce(graph, search.Found, search.Makes);
            if (once.Doubtful is not { } doubtful)
                return once.Needed.ToImmutableArray();

            tooLate.Add(doubtful);
        }

        return null;
    }

    private sealed class Search(ControlFlowGraph graph, LeakWatch watch, Func<ControlFlowBranch, Site, bool> mayRelease, Site mapping)
    {
        private readonly HashSet<BasicBlock> _passed = [];
        private readonly HashSet<ISymbol> _variables = new(SymbolEqualityComparer.Default);

        /// <summary>The branches, in the order that they were found in.</summary>
        public List<ControlFlowBranch> Found { get; } = [];

        public bool Release(ControlFlowBranch branch)
        {
            var cases = watch.At(branch, mapping);
            if (!cases.Any(c => c.Kind is MappingCaseKind.Mapped or MappingCaseKind.Unclear))
                return true;

            _variables.UnionWith(cases.SelectMany(c => c.Pointers.Union(c.Locks)));
            if (mayRelease(branch, mapping) && !branch.FinallyRegions.Any(Mentions))
            {
                if (!Found.Contains(branch))
                    Found.Add(branch);

                return true;
            }

            return Pass(branch.Source, cases);
        }

        /// <summary>Releases the mapping on the ways that come back to where it is made.</summary>
        public bool ReleaseBeforeItIsMadeAgain()
        {
            var made = graph.Blocks.First(Makes);
            return !made.Operations.TakeWhile(o => !Contains(o)).Any(Mentions) && made.Predecessors.All(Release);
        }

        public bool Makes(BasicBlock block) => Operations(block).Any(Contains);

        /// <summary>Looks for branches in front of a block, if nothing from there on has to do with the mapping.</summary>
        private bool Pass(BasicBlock block, ImmutableArray<MappingCase> cases)
        {
            // Through another variable, what follows might still use it.
            if (cases.Any(c => c.Kind == MappingCaseKind.Unclear || (c.Kind == MappingCaseKind.Mapped && !c.IsAlone)))
                return false;

            if (!_passed.Add(block))
                return true;

            return !Makes(block) && block.Kind != BasicBlockKind.Entry && !IsHandler(block) && !IsMentionedFrom(block) && block.Predecessors.All(Release);
        }

        /// <summary>Whether something that runs after a block's start, and before the mapping is made again, has to do with it.</summary>
        private bool IsMentionedFrom(BasicBlock start)
        {
            var seen = new HashSet<BasicBlock> { start };
            var waiting = new Stack<BasicBlock>(seen);
            while (waiting.Count > 0)
            {
                var block = waiting.Pop();
                if (Makes(block))
                {
                    if (block.Operations.TakeWhile(o => !Contains(o)).Any(Mentions))
                        return true;

                    continue;
                }

                if (Operations(block).Any(Mentions))
                    return true;

                foreach (var branch in new[] { block.ConditionalSuccessor, block.FallThroughSuccessor })
                {
                    if (branch is null)
                        continue;

                    if (branch.FinallyRegions.Any(Mentions))
                        return true;

                    if (branch.Destination is { } next && seen.Add(next))
                        waiting.Push(next);
                }
            }

            return false;
        }

        private bool Contains(IOperation operation) => operation.Syntax.Span.Contains(mapping.Operation!.Syntax.Span) && operation.DescendantsAndSelf().Any(o => o.Syntax == mapping.Operation.Syntax);

        private bool Mentions(ControlFlowRegion region)
        {
            for (var i = region.FirstBlockOrdinal; i <= region.LastBlockOrdinal; i++)
            {
                if (Operations(graph.Blocks[i]).Any(Mentions))
                    return true;
            }

            return false;
        }

        /// <remarks>A reference or span may be one into the table, wherever it comes from.</remarks>
        private bool Mentions(IOperation operation) => operation.DescendantsAndSelf().Any(o =>
            o is ILocalReferenceOperation { Local: { IsRef: true } or { Type.IsRefLikeType: true } } || (BodyFacts.Variable(o) is { } variable && _variables.Contains(variable)));

        private static IEnumerable<IOperation> Operations(BasicBlock block) => block.BranchValue is { } value ? block.Operations.Append(value) : block.Operations;

        private static bool IsHandler(BasicBlock block)
        {
            for (var region = block.EnclosingRegion; region is not null; region = region.Enclosing())
            {
                if (region.FirstBlockOrdinal == block.Ordinal && region.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.Filter or ControlFlowRegionKind.FilterAndHandler or ControlFlowRegionKind.Finally)
                    return true;
            }

            return false;
        }
    }
}
