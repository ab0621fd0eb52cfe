using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <summary>What a body has been seen to do to what it was given, besides the state that it leaves it in.</summary>
internal sealed class SeenEffects<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, HandleEffect> _uses = [];
    private readonly HashSet<(TKey Key, MappingEventKind Kind)> _first = [];

    public void Add(TKey key, MappingEvent seen)
    {
        if (seen.State.States == 0)
            _first.Add((key, seen.Kind));

        var effect = seen.Kind switch
        {
            MappingEventKind.Use => seen.State.Nullness == Nullness.NotNull ? HandleEffect.UsesTested : HandleEffect.Uses,
            MappingEventKind.Store => HandleEffect.Stores,
            _ => HandleEffect.None,
        };
        _uses[key] = effect | (_uses.TryGetValue(key, out var before) ? before : HandleEffect.None);
    }

    /// <summary>The whole effect, of which <paramref name="effect"/> is what the states at the ways out show.</summary>
    public HandleEffect Complete(TKey key, HandleEffect effect)
    {
        // Taken and released again, or the other way round, is nothing.
        if (effect == HandleEffect.Unlocks && _first.Contains((key, MappingEventKind.Lock)))
            effect = _first.Contains((key, MappingEventKind.Unlock)) ? HandleEffect.Unknown : HandleEffect.None;
        else if (effect == HandleEffect.Locks && _first.Contains((key, MappingEventKind.Unlock)))
            effect = _first.Contains((key, MappingEventKind.Lock)) ? HandleEffect.Unknown : HandleEffect.None;

        return effect == HandleEffect.Unknown || !_uses.TryGetValue(key, out var uses) ? effect : effect | uses;
    }
}
