using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace PteGuard.Analyzers.Flow;

/// <summary>
/// The variables that captures stand for. A graph captures the target of an assignment whose value
/// branches, and does not say that it is a target; so every captured variable counts as one.
/// </summary>
internal sealed class CaptureTargets
{
    private static readonly List<Place> s_none = [];

    private readonly Dictionary<CaptureId, List<Place>> _captured = [];

    public CaptureTargets(ControlFlowGraph graph)
    {
        foreach (var block in graph.Blocks)
        {
            foreach (var operation in block.Operations)
            {
                if (operation is IFlowCaptureOperation capture && BodyFacts.Variable(capture.Value) is { } variable)
                    Add(capture.Id, Place.Of(variable));
            }
        }
    }

    /// <summary>The places that an assignment to <paramref name="target"/> may write; more than one if it writes only one of them.</summary>
    public List<Place> Of(IOperation target) =>
        BodyFacts.Variable(target) is { } variable ? [Place.Of(variable)]
        : target is IFlowCaptureReferenceOperation reference && _captured.TryGetValue(reference.Id, out var places) ? places
        : s_none;

    private void Add(CaptureId capture, Place place)
    {
        if (!_captured.TryGetValue(capture, out var places))
            _captured.Add(capture, places = []);

        places.Add(place);
    }
}
