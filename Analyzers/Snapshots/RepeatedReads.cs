using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Snapshots;

/// <summary>Finds the reads of a compilation that repeat others.</summary>
internal sealed class RepeatedReads(Compilation compilation, EntryFacts facts)
{
    private readonly CallEffects _calls = new(facts, new QuietCalls(compilation));
    private readonly MemberEffects _members = new();
    private readonly ReaderCalls _readers = new(facts);
    private readonly FlowBudget _budget = new();

    /// <summary>The reads of one whole body, lambdas and local functions included, in source order.</summary>
    /// <param name="root">The topmost operation of the body.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public ImmutableArray<SnapshotRead> ReadsOf(IOperation root, CancellationToken cancellationToken) =>
        ReadsOf(root, EntryAccesses.OperationsOf(root, facts).OfType<IInvocationOperation>(), cancellationToken);

    /// <summary>The direct reads of one whole body, and those of some calls in it, in source order.</summary>
    /// <param name="root">The topmost operation of the body.</param>
    /// <param name="calls">The calls; those that <see cref="ReaderCalls"/> does not know do not count.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public ImmutableArray<SnapshotRead> ReadsOf(IOperation root, IEnumerable<IInvocationOperation> calls, CancellationToken cancellationToken)
    {
        var reads = ImmutableArray.CreateBuilder<SnapshotRead>();
        foreach (var access in EntryAccesses.Of(root, facts, cancellationToken))
        {
            if (access.Kind == EntryAccessKind.Read)
                reads.Add(new SnapshotRead(access.Operation, access.Site, access.EntryType, SnapshotRead.OrdinaryReader, access));
        }

        foreach (var call in calls)
        {
            if (_readers.ReaderOf(call) is { } reader)
                reads.Add(new SnapshotRead(call, call.Syntax, call.Type, reader, null));
        }

        reads.Sort(static (left, right) => left.Site.Span.CompareTo(right.Site.Span));
        return reads.ToImmutable();
    }

    /// <summary>The reads among those given that repeat others; empty if it is not worth a look.</summary>
    /// <param name="reads">The reads of the body.</param>
    /// <param name="graph">Makes the body's graph.</param>
    /// <param name="owner">The member whose body it is.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public IEnumerable<RepeatedRead> Find(ImmutableArray<SnapshotRead> reads, Func<ControlFlowGraph?> graph, ISymbol owner, CancellationToken cancellationToken)
    {
        if (reads.Length < 2)
            return [];

        var pairs = new ReadPairs(reads[0].Operation.Root());
        var functions = reads
            .GroupBy(read => FlowBodies.Function(read.Operation) ?? owner, (function, together) => (Function: function, Reads: together.ToList()), SymbolEqualityComparer.Default)
            .Where(together => pairs.MayRepeat(together.Reads) && AreSeveral(together.Reads))
            .ToDictionary(together => together.Function!, together => together.Reads, SymbolEqualityComparer.Default);
        if (functions.Count == 0 || graph() is not { } whole)
            return [];

        var body = new BodyFacts(EntryAccesses.OperationsOf(whole.OriginalOperation, facts));
        var found = new List<RepeatedRead>();
        foreach (var root in whole.Roots(owner, functions.Keys))
            found.AddRange(Find(root, functions[root.Symbol], body, cancellationToken));

        return found;
    }

    private IEnumerable<RepeatedRead> Find(ControlFlow.Root root, List<SnapshotRead> reads, BodyFacts body, CancellationToken cancellationToken)
    {
        var bySyntax = new Dictionary<SyntaxNode, SnapshotRead>();
        foreach (var read in reads)
            bySyntax[read.Operation.Syntax] = read;

        var numbers = new Numbers();
        var effects = new SnapshotEffects(bySyntax, body, new CaptureTargets(root.Graph), numbers, _calls, _members);
        return new SnapshotAnalysis(root, effects, numbers, _budget).Analyze(cancellationToken) ?? [];
    }

    /// <summary>Whether more than one read is left when those that are allowed are taken out.</summary>
    private bool AreSeveral(List<SnapshotRead> reads)
    {
        reads.RemoveAll(IsAllowed);
        return reads.Count > 1;
    }

    /// <summary>Whether it is a reader's call where nobody can change the entry, or the code knows what it does.</summary>
    private bool IsAllowed(SnapshotRead read)
    {
        if (read is not { Access: null, Operation: var call })
            return false;

        var tree = call.Syntax.SyntaxTree;
        return call.SemanticModel?.GetEnclosingSymbol(call.Syntax.SpanStart) is not { } symbol
            || facts.IsArchitectureCode(symbol, tree) || facts.IsUnpublished(symbol, tree);
    }
}
