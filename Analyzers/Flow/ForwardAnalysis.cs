using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace PteGuard.Analyzers.Flow;

/// <summary>
/// A forward data-flow analysis over one control-flow graph. It knows how control moves, through
/// conditions, finally blocks and exceptions; what flows is the subclass's business.
/// </summary>
/// <remarks>
/// <see cref="Join"/> must return its left operand itself when the right one adds nothing, and must never
/// move back towards the entry state: that is what ends the iteration. A state of null means that
/// control does not get there.
/// </remarks>
internal abstract class ForwardAnalysis<TState>(ControlFlowGraph graph, FlowBudget budget)
    where TState : class
{
    // The blocks as they are reached in the ordinary way; and those of finally regions, for each way into them.
    private readonly Node?[] _blocks = new Node?[graph.Blocks.Length];
    private readonly Dictionary<(int Block, Continuation After), Node> _continued = [];
    private readonly SortedSet<Node> _pending = new(Node.Order);
    private int _count;
    private bool _isDone;

    protected ControlFlowGraph Graph => graph;

    /// <summary>Whether what is passed on is true at the fixed point. Where control only goes forward, the first visit of a block is the last one.</summary>
    protected bool IsFinal => IsForward || _isDone;

    /// <summary>Whether each block is visited once.</summary>
    protected bool IsForward { get; } = graph.IsForward();

    protected abstract TState Entry { get; }

    protected abstract TState Join(TState left, TState right, BasicBlock at);

    /// <summary>The state after an operation that stands at the root of a block.</summary>
    protected abstract TState? Apply(IOperation operation, TState state);

    protected abstract TState? Assume(IOperation condition, bool outcome, TState state);

    /// <summary>The state behind a branch, once the finally blocks on its way have run.</summary>
    protected virtual TState Cross(ControlFlowBranch branch, TState state) => state;

    /// <summary>Whether exceptions that nothing in the body catches count as ways out.</summary>
    protected virtual bool SeesExceptions => false;

    /// <summary>What a handler sees of a state.</summary>
    protected virtual TState Thrown(TState state) => state;

    protected virtual bool MayThrow(IOperation operation) => operation.MayThrow();

    /// <summary>Called for every branch that is taken, in front of the finally blocks on it.</summary>
    protected virtual void Branch(ControlFlowBranch branch, TState state)
    {
    }

    /// <summary>Called on every way to the exit, behind the finally blocks on it.</summary>
    protected virtual void Return(ControlFlowBranch branch, TState state)
    {
    }

    /// <summary>Called where an exception leaves the body.</summary>
    /// <param name="cause">What throws; null if a finally block has run since.</param>
    /// <param name="state">What is true when it does.</param>
    protected virtual void Unwind(IOperation? cause, TState state)
    {
    }

    /// <summary>Iterates to the fixed point; false, and the fact counted, if the budget does not allow it.</summary>
    public bool Run(CancellationToken cancellationToken)
    {
        if (graph.Blocks.Length > budget.Blocks)
            return budget.GiveUp();

        Reach(graph.Blocks[0], null, Entry);
        return IsForward ? GoForward(cancellationToken) : Iterate(cancellationToken);
    }

    private bool GoForward(CancellationToken cancellationToken)
    {
        // A block's number is above those of all that lead to it.
        var visits = 0;
        foreach (var node in _blocks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (node is null)
                continue;

            if (visits++ == budget.Visits)
                return budget.GiveUp();

            Visit(node);
        }

        _isDone = true;
        return true;
    }

    private bool Iterate(CancellationToken cancellationToken)
    {
        for (var visits = 0; _pending.Min is { } node; visits++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (visits == budget.Visits)
                return budget.GiveUp();

            _pending.Remove(node);
            Visit(node);
        }

        _isDone = true;
        return true;
    }

    /// <summary>Goes once more through everything that is reachable, in order, with the states of the fixed point, unless that is how it went.</summary>
    protected void Revisit()
    {
        if (IsForward)
            return;

        foreach (var node in _blocks.OfType<Node>().Concat(_continued.Values).OrderBy(n => n, Node.Order).ToList())
            Visit(node);
    }

    private void Visit(Node node)
    {
        var block = node.Block;
        var state = node.State;
        foreach (var operation in block.Operations)
        {
            if (Step(operation, state, node) is not { } next)
                return;

            state = next;
        }

        if (block.BranchValue is { } value)
        {
            if (Step(value, state, node) is not { } next)
                return;

            state = next;
        }

        if (block.ConditionalSuccessor is { } conditional)
        {
            var outcome = block.ConditionKind == ControlFlowConditionKind.WhenTrue;
            if (Assume(block.BranchValue!, outcome, state) is { } taken)
                Follow(conditional, taken, node);

            if (Assume(block.BranchValue!, !outcome, state) is not { } passed)
                return;

            state = passed;
        }

        if (block.FallThroughSuccessor is { } fallThrough)
            Follow(fallThrough, state, node);
    }

    /// <remarks>What a handler sees is the state before the operation that failed.</remarks>
    private TState? Step(IOperation operation, TState state, Node node)
    {
        if ((SeesExceptions || node.Block.EnclosingRegion.IsGuarded()) && MayThrow(operation))
            Raise(node.Block.EnclosingRegion, node.After, operation, Thrown(state));

        return Apply(operation, state);
    }

    private void Follow(ControlFlowBranch branch, TState state, Node node)
    {
        if (IsFinal)
            Branch(branch, state);

        switch (branch.Semantics)
        {
            case ControlFlowBranchSemantics.Throw or ControlFlowBranchSemantics.Rethrow:
                Raise(branch.Source.EnclosingRegion, node.After, node.Block.BranchValue, Thrown(state));
                break;
            case ControlFlowBranchSemantics.StructuredExceptionHandling when node.After is { } after && branch.Source.EnclosingRegion.IsWithin(after.Finally):
                Resume(after, state);
                break;
            case ControlFlowBranchSemantics.Return or ControlFlowBranchSemantics.Regular:
                Continue(branch, 0, node.After, state);
                break;
        }
    }

    /// <summary>Takes a branch, through the finally blocks from the <paramref name="index"/>th on that it has to run.</summary>
    private void Continue(ControlFlowBranch branch, int index, Continuation? after, TState state)
    {
        if (index < branch.FinallyRegions.Length)
        {
            var region = branch.FinallyRegions[index];
            Reach(graph.FirstBlock(region), new Continuation(region, branch, index + 1, after), state);
            return;
        }

        if (branch.Destination is not { } destination)
            return;

        if (IsFinal && destination.Kind == BasicBlockKind.Exit)
            Return(branch, state);

        Reach(destination, after, Cross(branch, state));
    }

    private void Resume(Continuation after, TState state)
    {
        if (after.Branch is { } branch)
            Continue(branch, after.Index, after.Outer, state);
        else if (after.Finally.Enclosing() is { } enclosing)
            Raise(enclosing, after.Outer, null, state);
    }

    /// <summary>Lets an exception out of a region, to every handler up to the first finally, which passes it on.</summary>
    private void Raise(ControlFlowRegion? region, Continuation? after, IOperation? cause, TState state)
    {
        for (; region is not null; region = region.Enclosing())
        {
            if (after is not null && region == after.Finally)
                after = after.Outer;

            if (region.Kind != ControlFlowRegionKind.Try)
                continue;

            foreach (var handler in region.EnclosingRegion!.NestedRegions)
            {
                if (handler.Kind is ControlFlowRegionKind.Catch or ControlFlowRegionKind.FilterAndHandler)
                {
                    Reach(graph.FirstBlock(handler), after, state);
                }
                else if (handler.Kind == ControlFlowRegionKind.Finally)
                {
                    Reach(graph.FirstBlock(handler), new Continuation(handler, null, 0, after), state);
                    return;
                }

                // Who catches all lets nothing further out; a filter may.
                if (handler is { Kind: ControlFlowRegionKind.Catch, ExceptionType: null or { SpecialType: SpecialType.System_Object } or { Name: nameof(Exception) } })
                    return;
            }
        }

        if (IsFinal && SeesExceptions)
            Unwind(cause, state);
    }

    private void Reach(BasicBlock block, Continuation? after, TState state)
    {
        if (_isDone)
            return;

        if (Find(block, after) is not { } node)
        {
            node = Add(block, after, state);
        }
        else
        {
            var joined = Join(node.State, state, block);
            if (ReferenceEquals(joined, node.State))
                return;

            node.State = joined;
        }

        if (!IsForward)
            _pending.Add(node);
    }

    private Node? Find(BasicBlock block, Continuation? after) =>
        after is null ? _blocks[block.Ordinal] : _continued.TryGetValue((block.Ordinal, after), out var node) ? node : null;

    private Node Add(BasicBlock block, Continuation? after, TState state)
    {
        var node = new Node(block, after, _count++, state);
        if (after is null)
            _blocks[block.Ordinal] = node;
        else
            _continued.Add((block.Ordinal, after), node);

        return node;
    }

    /// <summary>
    /// Where control goes when a finally block ends. A block in it is analyzed once for every way in, so that
    /// the ways do not mix: what is true on an early return is not true after the try.
    /// </summary>
    /// <param name="Finally">The finally region that runs.</param>
    /// <param name="Branch">The branch that waits for it; null: an exception does.</param>
    /// <param name="Index">The next finally region of the branch.</param>
    /// <param name="Outer">What waits for the finally block around it.</param>
    private sealed record Continuation(ControlFlowRegion Finally, ControlFlowBranch? Branch, int Index, Continuation? Outer);

    private sealed class Node(BasicBlock block, Continuation? after, int number, TState state)
    {
        /// <summary>Roslyn numbers blocks in an order in which only loops go backwards.</summary>
        public static readonly Comparer<Node> Order = Comparer<Node>.Create((left, right) =>
            left.Block.Ordinal != right.Block.Ordinal ? left.Block.Ordinal.CompareTo(right.Block.Ordinal) : left._number.CompareTo(right._number));

        private readonly int _number = number;

        public BasicBlock Block { get; } = block;

        public Continuation? After { get; } = after;

        public TState State { get; set; } = state;
    }
}
