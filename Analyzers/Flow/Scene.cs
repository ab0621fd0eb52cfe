using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Flow;

/// <summary>One case at one point of the program, as a <see cref="Protocol"/> sees and changes it.</summary>
internal sealed class Scene(Evaluator evaluator, World world, bool isFinal)
{
    /// <summary>The case; null: control does not go on.</summary>
    public World? World { get; private set; } = world;

    /// <summary>Whether the analysis has reached its fixed point. Only what is seen then is true.</summary>
    public bool IsFinal { get; } = isFinal;

    /// <summary>The handles that are alive now.</summary>
    public List<KeyValuePair<Site, SiteState>> Handles => World?.Sites ?? [];

    public Value? ValueOf(IOperation operation) => World is null ? null : evaluator.ValueOf(operation, World);

    /// <summary>What a variable holds; null: it is not known.</summary>
    public Value? ValueOf(ISymbol variable) => World is null ? null : evaluator.Held(variable, World);

    /// <summary>The site of a tracked handle, if that is what the operation yields.</summary>
    public Site? HandleOf(IOperation operation, Aspect aspect = Aspect.Handle) =>
        ValueOf(operation) is Value.From from && from.Aspect == aspect && this[from.Site] is not null ? from.Site : null;

    /// <summary>The method, or other member, whose body this is.</summary>
    public ISymbol Root => evaluator.Root;

    /// <summary>The site of what a call yields.</summary>
    public Site SiteOf(IInvocationOperation call) => evaluator.SiteOf(call);

    /// <summary>Whether a variable is followed, and what it holds with it.</summary>
    public bool IsFollowed(ISymbol variable) => evaluator.IsFollowed(variable);

    /// <summary>All that a capture may stand for.</summary>
    public IReadOnlyList<IOperation> ValuesOf(IFlowCaptureReferenceOperation capture) => evaluator.Captures.ValuesOf(capture);

    /// <summary>The fields of structs that are followed; null: the body has none.</summary>
    public CarriedFields? Carried => evaluator.Carried;

    public SiteState? this[Site site] => World?[site];

    /// <summary>Notes a value with a handle, for as long as the handle is alive.</summary>
    public void Remember(Site handle, Value? value) => World = World?.With(Place.Of(handle), value);

    public Value? Recall(Site handle) => World?[Place.Of(handle)];

    public void Set(Site site, SiteState state) => World = World?.With(site, state);

    /// <summary>Goes on with another case; null: not at all.</summary>
    public void Continue(World? next) => World = next;
}
