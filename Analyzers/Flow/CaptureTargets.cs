using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace PteGuard.Analyzers.Flow;

/// <summary>
/// The variables that captures stand for. A graph captures the target of an assignment whose value
/// branches, and does not say that it is a target; so every captured variable counts as one.
/// </summary>
internal sealed class CaptureTargets
{
    private readonly Dictionary<CaptureId, List<IOperation>> _captured = [];

    public CaptureTargets(ControlFlowGraph graph)
    {
        foreach (var block in graph.Blocks)
        {
            foreach (var operation in block.Operations)
            {
                if (operation is not IFlowCaptureOperation capture)
                    continue;

                if (!_captured.TryGetValue(capture.Id, out var values))
                    _captured.Add(capture.Id, values = []);

                values.Add(capture.Value);
            }
        }
    }

    /// <summary>All that a capture may stand for.</summary>
    public IReadOnlyList<IOperation> ValuesOf(IFlowCaptureReferenceOperation reference) => _captured.TryGetValue(reference.Id, out var values) ? values : [];

    /// <summary>The places that an assignment to <paramref name="target"/> may write; more than one if it writes only one of them.</summary>
    public List<Place> Of(IOperation target)
    {
        if (BodyFacts.Variable(target) is { } variable)
            return [Place.Of(variable)];

        return target is IFlowCaptureReferenceOperation reference && _captured.TryGetValue(reference.Id, out var values)
            ? [.. values.Select(BodyFacts.Variable).OfType<ISymbol>().Select(Place.Of)]
            : [];
    }
}
