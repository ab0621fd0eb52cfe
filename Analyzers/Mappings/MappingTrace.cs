using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <summary>All that happens to mappings, locks and values in one function, in the order of the source.</summary>
internal sealed class MappingTrace : IMappingObserver
{
    private readonly HashSet<MappingEvent> _seen = [];

    public ImmutableArray<MappingEvent> Events { get; private set; } = ImmutableArray<MappingEvent>.Empty;

    public IEnumerable<MappingEvent> Of(params MappingEventKind[] kinds) => Events.Where(e => kinds.Contains(e.Kind));

    /// <summary>The events of a kind that match, the first at each place: several cases may be true there.</summary>
    public IEnumerable<MappingEvent> Once(MappingEventKind kind, Func<MappingEvent, bool>? matches = null) =>
        Of(kind).Where(e => matches is null || matches(e)).GroupBy(e => e.Syntax).Select(together => together.First());

    public Acquisition? Given(IParameterSymbol parameter) => null;

    public void Saw(MappingEvent seen) => _seen.Add(seen);

    public void Took(ControlFlowBranch branch, Scene scene)
    {
    }

    public void Left(Exit exit, Scene scene)
    {
    }

    public void Complete()
    {
        Events = _seen.OrderBy(e => e.Syntax.SpanStart).ThenBy(e => e.Syntax.Span.End).ThenBy(e => e.Site.Syntax?.SpanStart ?? 0).ThenBy(e => e.State.Nullness).ThenBy(e => e.State.States).ToImmutableArray();
        _seen.Clear();
    }
}
