using System.Collections.Immutable;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <summary>What a method of the same compilation does to the mappings and locks in the structs that it is given, and what it leaves in them.</summary>
internal sealed record HelperCarriage(ImmutableDictionary<Slot, HandleEffect> Effects, CallOutcome Outcome)
{
    public bool DoesAnything => !Outcome.Acquired.IsEmpty || Effects.Any(e => e.Value is not (HandleEffect.None or HandleEffect.Unknown));

    public HandleEffect On(Slot slot) => Effects.TryGetValue(slot, out var effect) ? effect : HandleEffect.Unknown;
}
