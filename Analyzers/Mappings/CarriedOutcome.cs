using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <summary>Finds out which mappings a method puts into its caller's structs, and what its result says about them.</summary>
internal static class CarriedOutcome
{
    private static readonly Slot s_result = new(Slot.Result, null);

    /// <summary>What may be true of a mapping where the method is left.</summary>
    [Flags]
    private enum Presence
    {
        None = 0,
        There = 1,
        Untested = 2,

        /// <summary>The field holds null.</summary>
        Null = 4,

        /// <summary>The field holds what it held before.</summary>
        Kept = 8,

        /// <summary>The field holds something else.</summary>
        Other = 16,

        Absent = Null | Kept | Other,
    }

    /// <returns>Null if it cannot be told.</returns>
    public static ImmutableArray<CarriedAcquisition>? Of(IMethodSymbol method, IReadOnlyList<CarriedExit> exits)
    {
        var found = exits.SelectMany(exit => exit.States.Keys.Select(site => (exit, site, Slots: SlotsOf(site, exit)))).ToList();

        // A mapping of which the caller gets the lock only, or nothing that can be named.
        if (found.Exists(f => f.Slots.IsEmpty || f.Slots[0].Aspect != Aspect.Handle))
            return null;

        // One result can be tied to one of them.
        var isTied = false;
        var acquisitions = ImmutableArray.CreateBuilder<CarriedAcquisition>();
        foreach (var together in found.GroupBy(f => f.Slots[0].Slot).OrderBy(g => g.Key.Ordinal).ThenBy(g => g.Key.Field?.Name, StringComparer.Ordinal))
        {
            var (first, site, slots) = together.First();
            if (together.Any(f => !f.Slots.SequenceEqual(slots) || f.exit.States[f.site].Of() != first.States[site].Of()))
                return null;

            acquisitions.Add(Acquisition(method, exits, site, slots, first.States[site].Of(), !isTied));
            isTied |= acquisitions[acquisitions.Count - 1].IsTied;
        }

        return acquisitions.ToImmutable();
    }

    /// <summary>Where a handle and its companion are; the first is where it is looked for.</summary>
    private static ImmutableArray<(Slot Slot, Aspect Aspect)> SlotsOf(Site site, CarriedExit exit)
    {
        var slots = exit.Contents.Where(c => c.Value.Site == site)
            .Select(c => (Slot: c.Key, c.Value.Aspect))
            .OrderBy(s => s.Aspect).ThenBy(s => s.Slot.Ordinal).ThenBy(s => s.Slot.Field!.Name, StringComparer.Ordinal)
            .ToImmutableArray();
        return exit.Result is Value.From { Aspect: Aspect.Handle, Site: var returned } && returned == site ? slots.Insert(0, (s_result, Aspect.Handle)) : slots;
    }

    private static CarriedAcquisition Acquisition(IMethodSymbol method, IReadOnlyList<CarriedExit> exits, Site site, ImmutableArray<(Slot Slot, Aspect Aspect)> slots, MappingState states, bool mayTie)
    {
        var isBoolean = method.ReturnType.SpecialType == SpecialType.System_Boolean;
        Presence whenTrue = default, whenFalse = default;
        foreach (var exit in exits)
        {
            var presence = PresenceOf(slots[0].Slot, exit, out var there);
            switch (exit.Result)
            {
                case Value.Constant { Content: bool success }:
                    whenTrue |= success ? presence : Presence.None;
                    whenFalse |= success ? Presence.None : presence;
                    break;
                case Value.Test { WhenTrue: Nullness.NotNull, WhenFalse: Nullness.Null } test when test.Site == there:
                    whenTrue |= Presence.There;
                    whenFalse |= Presence.Null;
                    break;
                case Value.Test { WhenTrue: Nullness.Null, WhenFalse: Nullness.NotNull } test when test.Site == there:
                    whenTrue |= Presence.Null;
                    whenFalse |= Presence.There;
                    break;
                default:
                    whenTrue |= presence;
                    whenFalse |= presence;
                    break;
            }
        }

        var all = whenTrue | whenFalse;
        var isTied = mayTie && isBoolean && all != Presence.There && (Told(whenTrue), Told(whenFalse)) != default;
        var untold = isTied ? Untold(whenTrue, whenFalse) : all;

        // Null has to say what nothing else does.
        if (untold.HasFlag(Presence.Other) || (untold.HasFlag(Presence.Kept) && (isTied || isBoolean)))
            states = MappingState.Escaped | MappingState.LockEscaped;

        // A result may say it in a way that is not understood.
        var saysMore = isBoolean ? !mayTie : !method.ReturnsVoid && !Carriers.Is(method.ReturnType) && slots[0].Slot != s_result;
        var nullness = all == Presence.There ? Nullness.NotNull : saysMore && all != Presence.Untested ? Nullness.Lost : Nullness.Maybe;
        return new CarriedAcquisition(
            slots,
            new Acquisition(null, site.Acquisition!.Companion, nullness, (int)states.WithoutNotes(), site.Acquisition.Tag),
            isTied ? Told(whenTrue) : default,
            isTied ? Told(whenFalse) : default,
            all.HasFlag(Presence.Kept));
    }

    private static Presence PresenceOf(Slot main, CarriedExit exit, out Site? there)
    {
        there = main.Field is null ? (exit.Result as Value.From)?.Site : exit.Contents[main] is { Aspect: Aspect.Handle, Site: { } held } ? held : null;
        if (there is not null && exit.States.TryGetValue(there, out var state))
            return state.Nullness == Nullness.NotNull ? Presence.There : state.Nullness == Nullness.Maybe ? Presence.Untested : Presence.Other;

        there = null;
        return main.Field is null ? exit.Result is Value.Constant { IsZero: true } ? Presence.Null : Presence.Other : exit.Contents[main] switch
        {
            { IsNull: true } => Presence.Null,
            { Content: SlotContent.Same } => Presence.Kept,
            _ => Presence.Other,
        };
    }

    /// <summary>What a result says if this is all that may be true where it is returned.</summary>
    private static Nullness Told(Presence presence) => presence switch
    {
        Presence.None or Presence.Untested => Nullness.Maybe,
        Presence.There => Nullness.NotNull,
        _ when (presence & ~Presence.Absent) == 0 => presence.HasFlag(Presence.Other) ? Nullness.Lost : Nullness.Null,
        _ => Nullness.Maybe,
    };

    /// <summary>What may be true where the result does not say it.</summary>
    private static Presence Untold(Presence whenTrue, Presence whenFalse) =>
        (Told(whenTrue) == Nullness.Maybe ? whenTrue : Presence.None) | (Told(whenFalse) == Nullness.Maybe ? whenFalse : Presence.None);
}
