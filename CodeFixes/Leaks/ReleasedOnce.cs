using Microsoft.CodeAnalysis.FlowAnalysis;
using PteGuard.Analyzers.Flow;

namespace PteGuard.CodeFixes.Leaks;

/// <summary>Checks that no way from where a mapping is made comes to two releases.</summary>
internal sealed class ReleasedOnce
{
    private readonly ControlFlowGraph _graph;
    private readonly Func<BasicBlock, bool> _makes;

    public ReleasedOnce(ControlFlowGraph graph, IEnumerable<ControlFlowBranch> releases, Func<BasicBlock, bool> makes)
    {
        (_graph, _makes) = (graph, makes);
        Needed = [.. releases];
        do
        {
            var (before, behind) = Reach();
            Doubtful = Needed.Find(branch => before.Contains(branch) && behind.Contains(branch));
            if (Doubtful is not null)
                return;

            // All ways there have been released on: those that a search has begun before it went further up.
            if (Needed.RemoveAll(branch => !before.Contains(branch)) == 0)
                return;
        }
        while (true);
    }

    /// <summary>The releases without those that other ones have made superfluous.</summary>
    public List<ControlFlowBranch> Needed { get; }

    /// <summary>A release that some ways come to with the mapping and some behind another release; null if there is none.</summary>
    public ControlFlowBranch? Doubtful { get; }

    /// <summary>The branches that can be taken with the mapping, and behind a release.</summary>
    private (HashSet<ControlFlowBranch> Before, HashSet<ControlFlowBranch> Behind) Reach()
    {
        var before = new HashSet<ControlFlowBranch>();
        var behind = new HashSet<ControlFlowBranch>();
        var seen = new HashSet<(BasicBlock, bool)>();
        var waiting = new Stack<(BasicBlock Block, bool IsReleased)>(_graph.Blocks.Where(_makes).Select(block => (block, false)));
        while (waiting.Count > 0)
        {
            var (block, isReleased) = waiting.Pop();
            if (!seen.Add((block, isReleased)))
                continue;

            foreach (var handler in Handlers(block))
                waiting.Push((handler, isReleased));

            foreach (var branch in new[] { block.ConditionalSuccessor, block.FallThroughSuccessor })
            {
                if (branch is null)
                    continue;

                (isReleased ? behind : before).Add(branch);
                foreach (var next in Next(branch).Where(next => !_makes(next)))
                    waiting.Push((next, isReleased || Needed.Contains(branch)));
            }
        }

        return (before, behind);
    }

    /// <summary>Where a branch leads; behind a finally block, control goes on where it was going.</summary>
    private IEnumerable<BasicBlock> Next(ControlFlowBranch branch) =>
        branch.FinallyRegions.Select(region => _graph.Blocks[region.FirstBlockOrdinal]).Concat(branch.Destination is { } destination ? [destination] : []);

    /// <summary>Where an exception in a block may lead.</summary>
    private IEnumerable<BasicBlock> Handlers(BasicBlock block)
    {
        for (var region = block.EnclosingRegion; region is not null; region = region.Enclosing())
        {
            if (region.Kind != ControlFlowRegionKind.Try)
                continue;

            foreach (var handler in region.EnclosingRegion!.NestedRegions.Where(r => r != region))
                yield return _graph.Blocks[handler.FirstBlockOrdinal];
        }
    }
}
