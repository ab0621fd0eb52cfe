using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Access;

/// <summary>What holds a pointer within one body: a local, a parameter, an element of a local tuple, or what a local function returns.</summary>
internal readonly struct PointerVariable(ISymbol symbol, string? element = null) : IEquatable<PointerVariable>
{
    public ISymbol Symbol { get; } = symbol;

    /// <summary>The element, if the symbol is a tuple.</summary>
    public string? Element { get; } = element;

    public bool Equals(PointerVariable other) => SymbolEqualityComparer.Default.Equals(Symbol, other.Symbol) && Element == other.Element;

    public override bool Equals(object? obj) => obj is PointerVariable other && Equals(other);

    public override int GetHashCode() => SymbolEqualityComparer.Default.GetHashCode(Symbol) ^ (Element?.GetHashCode() ?? 0);
}
