using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <summary>What a method of the same compilation does to the mappings and locks that it is given, and in what state it hands one out.</summary>
/// <param name="Effects">By the ordinal of the parameter.</param>
/// <param name="HandedOut">The states of the mapping that it returns; null: it returns none, or several that differ.</param>
/// <param name="Carriage">What it does to those in structs; null: nobody can tell.</param>
internal sealed record HelperSummary(ImmutableDictionary<int, HandleEffect> Effects, MappingState? HandedOut, HelperCarriage? Carriage)
{
    public static readonly HelperSummary Unknown = new(ImmutableDictionary<int, HandleEffect>.Empty, null, null);

    public HandleEffect On(IParameterSymbol parameter) => Effects.TryGetValue(parameter.Ordinal, out var effect) ? effect : HandleEffect.Unknown;
}

/// <summary>Ownership across methods that say nothing about it: a private helper that unmaps what it is given.</summary>
internal sealed class Helpers(Compilation compilation, EntryFacts facts, Summaries summaries, FlowBudget budget, Inferences<HelperSummary> inferences)
{
    public Helpers(Compilation compilation, EntryFacts facts, Summaries summaries, FlowBudget budget)
        : this(compilation, facts, summaries, budget, new(HelperSummary.Unknown))
    {
    }

    public HelperSummary Of(IMethodSymbol method) => inferences.Of(
        (method.ReducedFrom ?? method).OriginalDefinition,
        (definition, inner) => new Helpers(compilation, facts, summaries, budget, inner).Infer(definition));

    private HelperSummary Infer(IMethodSymbol method)
    {
        if (!summaries.IsVisible(method) || MethodBodies.Find(method, compilation) is not { } found)
            return HelperSummary.Unknown;

        var (root, operation) = found;
        var body = BodyFacts.Of(operation);
        var outcome = new HelperOutcome((IMethodSymbol)root.Symbol);
        var protocol = new MappingProtocol(facts, summaries, this, body, outcome);
        return new HandleAnalysis(root, body, protocol, summaries, budget).Analyze(CancellationToken.None)
            ? outcome.Summary
            : HelperSummary.Unknown;
    }
}
