using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <summary>All that happens to mappings, locks and values in one function, in the order of the source.</summary>
internal sealed class MappingTrace : IMappingObserver
{
    private readonly HashSet<MappingEvent> _seen = [];
    private int _kinds;

    public ImmutableArray<MappingEvent> Events { get; private set; } = ImmutableArray<MappingEvent>.Empty;

    public IEnumerable<MappingEvent> Of(params MappingEventKind[] kinds) =>
        Array.Exists(kinds, kind => (_kinds & Bit(kind)) != 0) ? Events.Where(e => kinds.Contains(e.Kind)) : [];

    /// <summary>The events of a kind that match, the first at each place: several cases may be true there.</summary>
    public IEnumerable<MappingEvent> Once(MappingEventKind kind, Func<MappingEvent, bool>? matches = null)
    {
        // Every rule asks, and where all is right there is nothing.
        List<MappingEvent>? found = null;
        foreach (var seen in Events)
        {
            if (seen.Kind == kind && matches?.Invoke(seen) != false)
                (found ??= []).Add(seen);
        }

        return found is null ? [] : found.GroupBy(e => e.Syntax).Select(together => together.First());
    }

    public Acquisition? Given(IParameterSymbol parameter) => null;

    public Acquisition? Given(IFieldSymbol field) => null;

    public void Saw(MappingEvent seen)
    {
        _kinds |= Bit(seen.Kind);
        _seen.Add(seen);
    }

    public bool SeesBranches => false;

    public void Took(ControlFlowBranch branch, Scene scene)
    {
    }

    public void Left(Exit exit, Scene scene)
    {
    }

    public void Complete()
    {
        Events = _seen.OrderBy(static e => (e.Syntax.SpanStart, e.Syntax.Span.End, e.Site.Syntax?.SpanStart ?? 0, e.State.Nullness, e.State.States)).ToImmutableArray();
        _seen.Clear();
    }

    private static int Bit(MappingEventKind kind) => 1 << (int)kind;
}
