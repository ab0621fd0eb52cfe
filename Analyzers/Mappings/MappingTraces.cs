using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <summary>The traces of all bodies, each made once for all rules; none for a body in which nothing is mapped or locked.</summary>
internal sealed class MappingTraces
{
    private static readonly ConditionalWeakTable<EntryFacts, MappingTraces> s_caches = new();

    private readonly BodyCache<ImmutableArray<MappingTrace>> _bodies = new();
    private readonly ConcurrentDictionary<IMethodSymbol, bool> _lockers = new(SymbolEqualityComparer.Default);
    private readonly FlowBudget _budget = new();
    private readonly EntryFacts _facts;
    private readonly Summaries _summaries;
    private readonly Helpers _helpers;
    private readonly Func<IInvocationOperation, bool> _isCandidate;
    private readonly Predicate<IOperation> _looksUp;
    private readonly Func<IMethodSymbol, bool> _isLocker;

    private MappingTraces(Compilation compilation, EntryFacts facts)
    {
        _facts = facts;
        _summaries = new Summaries(compilation, Declared, _budget);
        _helpers = new Helpers(compilation, facts, _summaries, _budget);
        _isCandidate = IsCandidate;
        _looksUp = operation => operation is IInvocationOperation { TargetMethod: var method } && facts.LockPointer(method) is not null;
        _isLocker = method => EntryFacts.AcquiresLock(method) || Begins(method);
    }

    public static MappingTraces For(Compilation compilation, EntryFacts facts) => s_caches.GetValue(facts, _ => new MappingTraces(compilation, facts));

    /// <summary>Calls <paramref name="report"/> with the trace of every function that is reported.</summary>
    public static void Register(CompilationStartAnalysisContext context, EntryFacts facts, Action<OperationBlockAnalysisContext, MappingTrace> report)
    {
        var traces = For(context.Compilation, facts);
        ReportedBodies.Register(context, facts, (bodies, root, block) =>
        {
            foreach (var trace in traces._bodies.Knows(root, out var known) ? known : traces.Of(root, block, bodies))
                report(bodies, trace);
        });
    }

    /// <summary>Watches one function once more, for more than a trace keeps.</summary>
    /// <returns>Its graph; null if it cannot be followed.</returns>
    public ControlFlowGraph? Watch(IOperation operation, ISymbol function, IMappingObserver observer, CancellationToken cancellationToken) =>
        ControlFlow.RootOf(operation, function) is { } root && Watch(root, operation.Root(), BodyFacts.Of(operation), observer, false, cancellationToken) ? root.Graph : null;

    /// <summary>Whether a method puts a mapping into a struct of its caller.</summary>
    public bool Begins(IMethodSymbol method) =>
        CarriedFields.MayCarry(method) && _summaries.IsVisible(method) && _helpers.Of(method).Carriage is { Outcome.Acquired.IsEmpty: false };

    /// <summary>The traces of a body's functions.</summary>
    /// <param name="root">The topmost operation.</param>
    /// <param name="owner">The member whose body it is.</param>
    /// <param name="graph">Gives its graph, if that is needed.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public ImmutableArray<MappingTrace> Of(IOperation root, ISymbol owner, Func<ControlFlowGraph> graph, CancellationToken cancellationToken)
    {
        var functions = FlowBodies.FunctionsWith(_isCandidate, EntryAccesses.OperationsOf(root, _facts), owner);
        return _bodies.Add(root, functions is null ? ImmutableArray<MappingTrace>.Empty : Trace(root, graph().Roots(owner, functions), cancellationToken));
    }

    private ImmutableArray<MappingTrace> Of(IOperation root, IOperation block, OperationBlockAnalysisContext context) =>
        Of(root, context.OwningSymbol, () => context.GetControlFlowGraph(block), context.CancellationToken);

    private ImmutableArray<MappingTrace> Trace(IOperation body, IEnumerable<ControlFlow.Root> functions, CancellationToken cancellationToken)
    {
        var operations = EntryAccesses.OperationsOf(body, _facts);
        var looksUp = Array.Exists(operations, _looksUp);
        var traces = ImmutableArray.CreateBuilder<MappingTrace>();
        var facts = new BodyFacts(operations);
        foreach (var root in functions)
        {
            if (_facts.IsArchitectureCode(root.Symbol, body.Syntax.SyntaxTree))
                continue;

            var trace = new MappingTrace();
            if (!Watch(root, body, facts, trace, looksUp && !_facts.IsUnpublished(root.Symbol, body.Syntax.SyntaxTree), cancellationToken))
                continue;

            trace.Complete();
            traces.Add(trace);
        }

        return traces.ToImmutable();
    }

    private bool Watch(ControlFlow.Root root, IOperation operation, BodyFacts body, IMappingObserver observer, bool looksUp, CancellationToken cancellationToken)
    {
        var protocol = new MappingProtocol(_facts, _summaries, _helpers, body, observer);
        protocol.Stores(EntryAccesses.Of(operation, _facts, cancellationToken));
        if (looksUp)
            protocol.LooksUp(root.Graph.IsForward());

        return new HandleAnalysis(root, body, protocol, _summaries, _budget).Analyze(cancellationToken);
    }

    private bool IsCandidate(IInvocationOperation call) =>
        _summaries.Acquisition(call) is not null || _lockers.GetOrAdd(call.TargetMethod.OriginalDefinition, _isLocker);

    private Acquisition? Declared(IMethodSymbol method, SyntaxTree tree) =>
        _facts.Mapper(method, tree) is { } mapper ? new Acquisition(mapper.Result, mapper.Lock, Nullness.Maybe, 0, mapper) : null;
}
