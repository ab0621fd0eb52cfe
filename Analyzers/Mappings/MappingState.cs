using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <summary>What may be true of a mapping, of its lock, or of a value read through it. Several bits of one kind: it is not known which.</summary>
[Flags]
internal enum MappingState
{
    None = 0,

    /// <summary>The mapping must still be ended.</summary>
    Mapped = 1,

    /// <summary>The mapping was ended.</summary>
    Unmapped = 2,

    /// <summary>Somebody else may end the mapping, or has to.</summary>
    Escaped = 4,

    /// <summary>The lock is free, as far as this thread goes.</summary>
    Unlocked = 8,

    /// <summary>This thread holds the lock.</summary>
    Locked = 16,

    /// <summary>The lock may be taken or released where nobody can look, or be the same as another one.</summary>
    LockEscaped = 32,

    /// <summary>The value was read before the mapping's lock was taken.</summary>
    ReadUnlocked = 64,

    /// <summary>The lock was taken since the value was read, and nothing has shown that the value still holds.</summary>
    Unverified = 128,

    /// <summary>A note: on some way, what was mapped here before is mapped still, and nothing holds it any more.</summary>
    Left = 1 << 16,

    /// <summary>A note: on some way, something else was mapped between what is left and what is mapped here now.</summary>
    Buried = 1 << 17,
}

internal static class MappingStates
{
    private const MappingState Mapping = MappingState.Mapped | MappingState.Unmapped | MappingState.Escaped;
    private const MappingState Lock = MappingState.Unlocked | MappingState.Locked | MappingState.LockEscaped;

    public static MappingState Of(this SiteState state) => (MappingState)state.States;

    /// <summary>What another method's mapping begins with: its past is its own.</summary>
    public static MappingState WithoutNotes(this MappingState states) => states & ~(MappingState.Left | MappingState.Buried);

    /// <summary>Whether the mapping is certainly alive, unless it is null.</summary>
    public static bool IsMapped(this SiteState state) => IsThere(state) && (state.Of() & Mapping) == MappingState.Mapped;

    public static bool IsUnmapped(this SiteState state) => IsThere(state) && (state.Of() & Mapping) == MappingState.Unmapped;

    public static bool IsLocked(this SiteState state) => IsThere(state) && (state.Of() & Lock) == MappingState.Locked;

    public static bool IsUnlocked(this SiteState state) => IsThere(state) && (state.Of() & Lock) == MappingState.Unlocked;

    public static bool IsReadUnlocked(this SiteState state) => state.Of() == MappingState.ReadUnlocked;

    public static bool IsUnverified(this SiteState state) => state.Of() == MappingState.Unverified;

    /// <summary>Whether an earlier mapping of the same call was overwritten while it was alive, whatever has become of the latest.</summary>
    public static bool HasLeft(this SiteState state) => (state.Of() & MappingState.Left) != MappingState.None;

    /// <summary>Whether what was left was made after all that the latest mapping was made after.</summary>
    public static bool HasLeftOnTop(this SiteState state) => (state.Of() & (MappingState.Left | MappingState.Buried)) == MappingState.Left;

    /// <summary>Whether anything about the handle is still to be followed when no variable holds it.</summary>
    public static bool IsOpen(this SiteState state) => IsMapped(state) || IsLocked(state) || HasLeft(state);

    public static SiteState WithMapping(this SiteState state, MappingState mapping) => With(state, Mapping, MappingState.Escaped, mapping);

    public static SiteState WithLock(this SiteState state, MappingState @lock) => With(state, Lock, MappingState.LockEscaped, @lock);

    /// <summary>What has escaped never comes back.</summary>
    private static SiteState With(SiteState state, MappingState kind, MappingState escaped, MappingState now) =>
        (state.Of() & kind) == MappingState.None || (state.Of() & escaped) != MappingState.None ? state : state with { States = (int)((state.Of() & ~kind) | now) };

    private static bool IsThere(SiteState state) => state.Nullness is Nullness.Maybe or Nullness.NotNull;
}
