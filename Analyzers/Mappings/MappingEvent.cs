using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <summary>What happens to a mapping, its lock, or a value read through it.</summary>
internal enum MappingEventKind
{
    /// <summary>The memory behind the pointer is used: read, stored to, or unmapped.</summary>
    Use,

    /// <summary>The lock that came with the mapping is taken or released.</summary>
    UseLock,

    /// <summary>An entry is stored to.</summary>
    Store,

    /// <summary>The mapping is ended.</summary>
    Unmap,

    /// <summary>The mapping is ended before one that was made later: the <see cref="MappingEvent.Other"/>.</summary>
    UnmapBelow,

    /// <summary>The mapping is ended, and a lock of the <see cref="MappingEvent.Other"/> site is released with it; null: one that was never set.</summary>
    UnlockOther,

    /// <summary>The lock is taken.</summary>
    Lock,

    /// <summary>The lock is released.</summary>
    Unlock,

    /// <summary>Something is called that may block.</summary>
    Block,

    /// <summary>A value from before the lock was taken is used after it.</summary>
    StaleUse,

    /// <summary>The last pointer to the mapping is overwritten by another mapping from the same place.</summary>
    Overwrite,

    /// <summary>Control leaves the body.</summary>
    Exit,
}

/// <summary>One thing that happens to one handle, in one of the cases that may be true there.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Site">Where the handle comes from: a mapping, or a lock without one.</param>
/// <param name="State">The handle's state just before.</param>
/// <param name="Syntax">Where it happens, as a user would point at it.</param>
/// <param name="Operand">The operand through which it happens: the pointer or lock. Null where there is none.</param>
/// <param name="Other">Another handle that has part in it.</param>
internal sealed record MappingEvent(MappingEventKind Kind, Site Site, SiteState State, SyntaxNode Syntax, IOperation? Operand, Site? Other)
{
    // All of them go into a set, and few that differ agree in these.
    public override int GetHashCode() => (((Site.Number * 16) + (int)Kind) * 397) ^ Syntax.SpanStart ^ (State.States << 8) ^ (int)State.Nullness;
}
