using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Facts;

/// <summary>The names by which .editorconfig speaks of symbols: <c>Ns.Outer+Inner</c>, <c>Ns.Entry`1</c>, <c>Ns.Type.Method</c>.</summary>
internal static class MetadataNames
{
    public static string Of(ISymbol symbol) => symbol switch
    {
        INamedTypeSymbol { ContainingType: { } outer } type => Of(outer) + "+" + type.MetadataName,
        INamedTypeSymbol { ContainingNamespace: { IsGlobalNamespace: false } ns } type => ns.ToDisplayString() + "." + type.MetadataName,
        INamespaceSymbol ns => ns.ToDisplayString(),
        { ContainingType: { } type } => Of(type.OriginalDefinition) + "." + symbol.Name,
        _ => symbol.MetadataName,
    };
}
