using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <summary>Watches what a body does to its parameters.</summary>
internal sealed class HelperOutcome(IMethodSymbol method) : IMappingObserver
{
    private static readonly Acquisition s_pointer = new(null, null, Nullness.Maybe, (int)MappingState.Mapped, typeof(IParameterSymbol));

    private readonly Dictionary<int, HandleEffect> _effects = [];
    private readonly Dictionary<int, HandleEffect> _uses = [];
    private readonly HashSet<(int Ordinal, MappingEventKind Kind)> _first = [];
    private MappingState? _handedOut;
    private bool _handsOutSeveral;

    public HelperSummary Summary => new(
        method.Parameters.Where(p => IsFollowed(p) || _effects.ContainsKey(p.Ordinal)).ToImmutableDictionary(p => p.Ordinal, Effect),
        _handsOutSeveral ? null : _handedOut);

    public Acquisition? Given(IParameterSymbol parameter) => IsFollowed(parameter) ? s_pointer : null;

    public void Saw(MappingEvent seen)
    {
        if (Ordinal(seen.Site) is not { } ordinal)
            return;

        if (seen.State.States == 0)
            _first.Add((ordinal, seen.Kind));

        var effect = seen.Kind switch
        {
            MappingEventKind.Use => seen.State.Nullness == Nullness.NotNull ? HandleEffect.UsesTested : HandleEffect.Uses,
            MappingEventKind.Store => HandleEffect.Stores,
            _ => HandleEffect.None,
        };
        _uses[ordinal] = effect | (_uses.TryGetValue(ordinal, out var before) ? before : HandleEffect.None);
    }

    public bool SeesBranches => false;

    public void Took(ControlFlowBranch branch, Scene scene)
    {
    }

    public void Left(Exit exit, Scene scene)
    {
        foreach (var parameter in method.Parameters)
        {
            var site = scene.Handles.Select(h => h.Key).FirstOrDefault(s => Ordinal(s) == parameter.Ordinal);
            var effect = site is not null && scene[site] is { } state ? EffectOf(state) : IsFollowed(parameter) ? HandleEffect.Unknown : HandleEffect.None;

            // Nothing was mapped there, so nothing is to be learned.
            if (effect is not { } known)
                continue;

            _effects[parameter.Ordinal] = !_effects.TryGetValue(parameter.Ordinal, out var before) || before == known ? known : HandleEffect.Unknown;
        }

        HandOut(exit, scene);
    }

    private void HandOut(Exit exit, Scene scene)
    {
        var value = method.Parameters.FirstOrDefault(MethodSummary.IsHandle) is { } handle && method.ReturnType is not IPointerTypeSymbol ? scene.ValueOf(handle)
            : exit.Value is { } returned ? scene.ValueOf(returned)
            : null;
        if (value is not Value.From { Aspect: Aspect.Handle, Site: { Acquisition: not null } site } || scene[site] is not { Nullness: not Nullness.Null } state || Ordinal(site) is not null)
            return;

        _handsOutSeveral |= _handedOut is { } before && before != state.Of();
        _handedOut = state.Of();
    }

    private HandleEffect Effect(IParameterSymbol parameter)
    {
        var effect = _effects.TryGetValue(parameter.Ordinal, out var known) ? known : HandleEffect.None;
        if (effect == HandleEffect.Unlocks && _first.Contains((parameter.Ordinal, MappingEventKind.Lock)))
            effect = _first.Contains((parameter.Ordinal, MappingEventKind.Unlock)) ? HandleEffect.Unknown : HandleEffect.None;
        else if (effect == HandleEffect.Locks && _first.Contains((parameter.Ordinal, MappingEventKind.Unlock)))
            effect = _first.Contains((parameter.Ordinal, MappingEventKind.Lock)) ? HandleEffect.Unknown : HandleEffect.None;

        return effect == HandleEffect.Unknown || !_uses.TryGetValue(parameter.Ordinal, out var uses) ? effect : effect | uses;
    }

    private static HandleEffect? EffectOf(SiteState state) => state switch
    {
        { Nullness: Nullness.Null } => null,
        { States: (int)MappingState.Mapped } => HandleEffect.None,
        { States: (int)MappingState.Unmapped } => HandleEffect.Unmaps,
        { States: (int)MappingState.Locked } => HandleEffect.Locks,
        { States: (int)MappingState.Unlocked } => HandleEffect.Unlocks,
        _ => HandleEffect.Unknown,
    };

    private int? Ordinal(Site site) => site.Origin is IParameterSymbol parameter && SymbolEqualityComparer.Default.Equals(parameter.ContainingSymbol, method) ? parameter.Ordinal : null;

    private static bool IsFollowed(IParameterSymbol parameter) => MethodSummary.MayTest(parameter);
}
