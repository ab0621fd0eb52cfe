using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <summary>What a method of the same compilation does to the mappings and locks that it is given, and in what state it hands one out.</summary>
/// <param name="Effects">By the ordinal of the parameter.</param>
/// <param name="HandedOut">The states of the mapping that it returns; null: it returns none, or several that differ.</param>
internal sealed record HelperSummary(ImmutableDictionary<int, CallEffect> Effects, MappingState? HandedOut)
{
    public static readonly HelperSummary Unknown = new(ImmutableDictionary<int, CallEffect>.Empty, null);

    public CallEffect On(IParameterSymbol parameter) => Effects.TryGetValue(parameter.Ordinal, out var effect) ? effect : CallEffect.Unknown;
}

/// <summary>Ownership across methods that say nothing about it: a private helper that unmaps what it is given.</summary>
internal sealed class Helpers
{
    private const int Depth = 6;

    /// <summary>The bodies that one question may look into. Only mutual recursion asks for more.</summary>
    private const int Bodies = 64;

    private readonly ConcurrentDictionary<IMethodSymbol, HelperSummary> _known;
    private readonly EntryFacts _facts;
    private readonly Summaries _summaries;
    private readonly FlowBudget _budget;
    private readonly Compilation _compilation;
    private readonly ImmutableArray<IMethodSymbol> _callers;
    private readonly StrongBox<int> _visited;
    private bool _isProvisional;

    public Helpers(Compilation compilation, EntryFacts facts, Summaries summaries, FlowBudget budget)
        : this(compilation, facts, summaries, budget, new(SymbolEqualityComparer.Default), ImmutableArray<IMethodSymbol>.Empty, new StrongBox<int>())
    {
    }

    private Helpers(Compilation compilation, EntryFacts facts, Summaries summaries, FlowBudget budget, ConcurrentDictionary<IMethodSymbol, HelperSummary> known, ImmutableArray<IMethodSymbol> callers, StrongBox<int> visited)
    {
        _compilation = compilation;
        _facts = facts;
        _summaries = summaries;
        _budget = budget;
        _known = known;
        _callers = callers;
        _visited = visited;
    }

    public HelperSummary Of(IMethodSymbol method)
    {
        method = (method.ReducedFrom ?? method).OriginalDefinition;
        if (_known.TryGetValue(method, out var known))
            return known;

        if (_callers.Length == Depth || _visited.Value > Bodies || _callers.Contains(method, SymbolEqualityComparer.Default))
        {
            _isProvisional = true;
            return HelperSummary.Unknown;
        }

        var inner = new Helpers(_compilation, _facts, _summaries, _budget, _known, _callers.Add(method), _callers.IsEmpty ? new StrongBox<int>() : _visited);
        inner._visited.Value++;
        var summary = inner.Infer(method);

        // What was inferred inside a recursion depends on where that was entered; the entry itself does not.
        if (!inner._isProvisional || _callers.IsEmpty)
            return _known.GetOrAdd(method, summary);

        _isProvisional = true;
        return summary;
    }

    private HelperSummary Infer(IMethodSymbol method)
    {
        if (!_summaries.IsVisible(method) || MethodBodies.Find(method, _compilation) is not { } found)
            return HelperSummary.Unknown;

        var (root, operation) = found;
        var body = new BodyFacts(operation);
        var outcome = new HelperOutcome((IMethodSymbol)root.Symbol);
        var protocol = new MappingProtocol(_facts, _summaries, this, body, outcome);
        return new HandleAnalysis(root, body, protocol, _summaries, _budget).Analyze(CancellationToken.None)
            ? outcome.Summary
            : HelperSummary.Unknown;
    }
}
