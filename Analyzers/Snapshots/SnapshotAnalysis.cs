using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Snapshots;

/// <summary>
/// Follows what has been read of entries through one body: a read that finds its entry read already, on every
/// way to it, repeats that read.
/// </summary>
internal sealed class SnapshotAnalysis(ControlFlow.Root root, SnapshotEffects effects, Numbers numbers, FlowBudget budget)
    : ForwardAnalysis<SnapshotState>(root.Graph, budget)
{
    // More entries at once than one piece of code decides about: what else is read is not known.
    private const int MaxSnapshots = 200;

    private readonly EvaluationOrder _order = new(isAskedAgain: true);
    private readonly Dictionary<SnapshotRead, Snapshot> _repeated = [];
    private readonly HashSet<SnapshotRead> _fresh = [];

    protected override SnapshotState Entry => SnapshotState.Start;

    /// <summary>The reads that repeat others, in source order; null if the body is too large to tell.</summary>
    public IReadOnlyList<RepeatedRead>? Analyze(CancellationToken cancellationToken)
    {
        if (!Run(cancellationToken))
            return null;

        Revisit();
        return [.. _repeated
            .Where(found => !_fresh.Contains(found.Key))
            .OrderBy(found => found.Key.Site.SpanStart)
            .Select(found => new RepeatedRead(found.Key, [.. found.Value.Sources.OrderBy(source => source.Site.SpanStart)], found.Value.Holders))];
    }

    protected override SnapshotState Join(SnapshotState left, SnapshotState right, BasicBlock at) => new StateJoin(left, right, at.Ordinal, numbers).Join();

    protected override SnapshotState? Apply(IOperation operation, SnapshotState state)
    {
        foreach (var step in _order.Of(operation))
        {
            if (effects.ReadAt(step) is { } read && effects.KeyOf(step, read, state) is { } key)
                state = Read(read, key, state);

            state = effects.Apply(step, state);
        }

        return state;
    }

    protected override SnapshotState? Assume(IOperation condition, bool outcome, SnapshotState state) =>
        condition.ConstantValue is { HasValue: true, Value: bool constant } && constant != outcome ? null : state;

    /// <summary>Ends the variables that the branch leaves behind; and what one turn of a loop has read, the next one has to read again.</summary>
    protected override SnapshotState Cross(ControlFlowBranch branch, SnapshotState state)
    {
        if (branch.Destination is { } destination && destination.Ordinal <= branch.Source.Ordinal)
            state = state.ForgetAll();

        foreach (var region in branch.LeavingRegions)
        {
            var values = state.Values.RemoveRange(region.Locals).RemoveRange(region.CaptureIds.Cast<object>());
            state = values == state.Values ? state : state with { Values = values };
            foreach (var local in region.Locals)
                state = state.Release(local).Forget((key, _) => key.Pointer.Leaves.Contains(local));
        }

        return state;
    }

    private SnapshotState Read(SnapshotRead read, EntryKey key, SnapshotState state)
    {
        if (!state.Snapshots.TryGetValue(key, out var known) || IsNewOnPurpose(read, known))
        {
            _ = IsFinal && _fresh.Add(read);
            return state.Snapshots.Count < MaxSnapshots || state.Snapshots.ContainsKey(key) ? state with { Snapshots = state.Snapshots.SetItem(key, Snapshot.Of(read)) } : state;
        }

        if (IsFinal)
            _repeated[read] = _repeated.TryGetValue(read, out var before) ? before.Join(known) : known;

        return state;
    }

    /// <summary>A comparison with what was read before is there to read again, and so is the condition of a loop.</summary>
    private static bool IsNewOnPurpose(SnapshotRead read, Snapshot known) =>
        Comparisons.Compares(read.Operation)
        || (read.Site.FirstAncestorOrSelf<DoStatementSyntax>(loop => loop.Condition.Span.Contains(read.Site.Span)) is { Condition.Span: var condition }
            && known.Sources.Any(source => !condition.Contains(source.Site.Span)));
}
