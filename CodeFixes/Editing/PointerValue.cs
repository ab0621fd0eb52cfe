using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace PteGuard.CodeFixes.Editing;

/// <summary>How sure it is that a pointer expression, evaluated twice, gives the same pointer.</summary>
internal enum PointerStability
{
    /// <summary>As sure as the variables in it are left alone.</summary>
    Stable,

    /// <summary>It may or may not: a call, a property that computes.</summary>
    Opaque,

    /// <summary>It does not: it steps or assigns as it is evaluated.</summary>
    Moving,
}

/// <summary>The value of a pointer expression, comparable with others of the same method.</summary>
/// <param name="Key">Equal for expressions that compute the same pointer from the same variables, however they are spelled.</param>
/// <param name="Stability">Whether evaluating it twice gives the same.</param>
/// <param name="Variables">The locals, parameters and fields that it is computed from.</param>
/// <param name="UsesMemory">Whether some of them are fields or elements, which code elsewhere can reach.</param>
internal sealed record PointerValue(string Key, PointerStability Stability, ImmutableHashSet<ISymbol> Variables, bool UsesMemory);
