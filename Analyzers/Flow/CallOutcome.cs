using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Flow;

/// <summary>A field of a struct that a call is given or yields.</summary>
/// <param name="Ordinal">The parameter's; or one of the constants.</param>
/// <param name="Field">The field's definition; null: the pointer that is returned.</param>
internal readonly record struct Slot(int Ordinal, IFieldSymbol? Field)
{
    public const int This = -1;
    public const int Result = -2;
}

/// <summary>What a field holds once a call has returned.</summary>
internal enum SlotContent
{
    Unknown,

    /// <summary>What it held before.</summary>
    Same,

    /// <summary>Null.</summary>
    Empty,
}

/// <summary>A handle that a call puts into fields.</summary>
/// <param name="Slots">Where it and its companion are then.</param>
/// <param name="Acquisition">What it is.</param>
/// <param name="WhenTrue">What the call's returning true says about it.</param>
/// <param name="WhenFalse">What its returning false says.</param>
/// <param name="MayKeep">Whether, where nothing is acquired, the fields may hold what they held before.</param>
internal sealed record CarriedAcquisition(ImmutableArray<(Slot Slot, Aspect Aspect)> Slots, Acquisition Acquisition, Nullness WhenTrue, Nullness WhenFalse, bool MayKeep)
{
    public bool IsTied => (WhenTrue, WhenFalse) != default;

    /// <summary>Whether the call also returns it.</summary>
    public bool IsResult => Slots.Any(s => s is { Slot.Field: null, Aspect: Aspect.Handle });
}

/// <summary>What a call leaves in the structs that it is given or yields.</summary>
/// <param name="Contents">The fields whose content is known and not acquired there.</param>
/// <param name="Acquired">The handles that are new.</param>
/// <param name="Promises">What the call tells about a field's being null that held its pointer before.</param>
internal sealed record CallOutcome(
    ImmutableDictionary<Slot, SlotContent> Contents,
    ImmutableArray<CarriedAcquisition> Acquired,
    ImmutableArray<(Slot Slot, NullPromise Promise)> Promises);
