using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace PteGuard.Analyzers.Flow;

/// <summary>Follows the handles of a <see cref="Protocol"/> through one body, on every path by itself as far as handles differ.</summary>
internal sealed class HandleAnalysis : ForwardAnalysis<Worlds>
{
    private readonly EvaluationOrder _order;
    private readonly Sites _sites = new();
    private readonly ISymbol _root;
    private readonly BodyFacts _body;
    private readonly Protocol _protocol;
    private readonly Func<Site, SiteState, bool> _keeps;
    private readonly FlowBudget _budget;
    private readonly Evaluator _evaluator;
    private readonly Conditions _conditions;
    private readonly Effects _effects;
    private readonly Worlds _end;

    public HandleAnalysis(ControlFlow.Root root, BodyFacts body, Protocol protocol, Summaries summaries, FlowBudget budget)
        : base(root.Graph, budget)
    {
        _order = new EvaluationOrder(isAskedAgain: !IsForward);
        _root = root.Symbol;
        _body = body;
        _protocol = protocol;
        _keeps = protocol.Keeps;
        _budget = budget;
        var captures = new CaptureTargets(root.Graph);
        _evaluator = new Evaluator(root.Symbol, body, _sites, protocol, summaries, captures, protocol.SeesCarriers ? CarriedFields.For(root.Symbol, body, _sites, captures) : null);
        _conditions = new Conditions(_evaluator);
        _effects = new Effects(_evaluator, _conditions, captures, _sites, protocol, summaries);
        _end = Worlds.Of(World.Empty(_sites));
    }

    protected override Worlds Entry
    {
        get
        {
            var held = new List<(Place, Value)>();
            var acquired = new List<Site>();
            foreach (var parameter in (_root as IMethodSymbol)?.Parameters ?? ImmutableArray<IParameterSymbol>.Empty)
            {
                if (parameter.RefKind == RefKind.Out)
                    continue;

                var site = _sites.Of(parameter, _protocol.Given(parameter));
                if (_evaluator.IsFollowed(parameter))
                    held.Add((Place.Of(parameter), new Value.From(site, Aspect.Handle)));

                if (site.Acquisition is not null)
                    acquired.Add(site);
            }

            var world = World.Of(_sites, held);
            foreach (var site in acquired)
                world = world.With(site, new SiteState(site.Acquisition!.Nullness, site.Acquisition.States));

            return Worlds.Of(_evaluator.Carried?.Enter(world, _protocol) ?? world);
        }
    }

    /// <summary>Analyzes the body, and lets the protocol see it once more when all is known.</summary>
    public bool Analyze(CancellationToken cancellationToken)
    {
        if (!Run(cancellationToken))
            return false;

        Revisit();
        return true;
    }

    protected override Worlds Join(Worlds left, Worlds right, BasicBlock at) =>
        left.Join(right, place => new Value.From(_sites.OfJoin(at, place), Aspect.Handle), _budget.Worlds);

    protected override Worlds? Apply(IOperation operation, Worlds state)
    {
        var order = _order.Of(operation);
        return order.Count == 0 ? state : state.Select((Analysis: this, Order: order), static (world, step) => step.Analysis.Apply(step.Order, world));
    }

    private World? Apply(List<IOperation> order, World world)
    {
        var scene = SceneOf(world);
        foreach (var step in order)
        {
            _effects.Apply(step, scene);
            if (scene.World is null)
                break;
        }

        return scene.World;
    }

    protected override Worlds? Assume(IOperation condition, bool outcome, Worlds state) =>
        state.Select((Conditions: _conditions, Condition: condition, Outcome: outcome), static (world, question) => question.Conditions.Assume(question.Condition, question.Outcome, world));

    /// <summary>Ends the locals and captures that the branch leaves behind, and what only they held, and begins others. Behind the exit nobody looks.</summary>
    protected override Worlds Cross(ControlFlowBranch branch, Worlds state) => branch.Destination?.Kind == BasicBlockKind.Exit
        ? _end
        : state.Select((Analysis: this, Branch: branch), static (world, way) => way.Analysis.Cross(way.Branch, world))!;

    private World Cross(ControlFlowBranch branch, World world)
    {
        foreach (var region in branch.LeavingRegions)
        {
            if (!region.Locals.IsEmpty)
                world = world.Without(region.Locals.Select(Place.Of));

            if (!region.CaptureIds.IsEmpty)
                world = world.Without(region.CaptureIds.Select(Place.Of));
        }

        world = world.Collect(_keeps);
        foreach (var region in branch.EnteringRegions)
        {
            foreach (var local in region.Locals)
            {
                if (_body.IsDeclaredUnset(local))
                    world = world.With(Place.Of(local), Value.Unset);
            }
        }

        return _evaluator.Carried?.Cross(branch, world) ?? world;
    }

    protected override bool SeesExceptions => _protocol.SeesExceptions;

    protected override Worlds Thrown(Worlds state) => state.Select(this, static (world, analysis) =>
    {
        var scene = analysis.SceneOf(world);
        analysis._protocol.Thrown(scene);
        return scene.World;
    })!;

    protected override bool MayThrow(IOperation operation) => operation.MayThrow(_protocol.IsSure);

    protected override void Branch(ControlFlowBranch branch, Worlds state)
    {
        if (!_protocol.SeesBranches)
            return;

        foreach (var world in state.Cases)
            _protocol.Branch(branch, SceneOf(world));
    }

    protected override void Return(ControlFlowBranch branch, Worlds state)
    {
        var exit = new Exit(branch);
        foreach (var world in state.Cases)
            _protocol.Return(exit, SceneOf(world));
    }

    protected override void Unwind(IOperation? cause, Worlds state)
    {
        foreach (var world in state.Cases)
            _protocol.Unwind(cause, SceneOf(world));
    }

    private Scene SceneOf(World world) => new(_evaluator, world, IsFinal);
}
