using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Facts;

/// <summary>
/// Methods and properties by name: <c>Namespace.Type.Member</c> for all overloads, <c>Namespace.Type.*</c>
/// for all methods of a type.
/// </summary>
internal sealed class MethodNames(IEnumerable<string> names)
{
    private const string All = ".*";

    public static readonly MethodNames None = new([]);

    private readonly ImmutableHashSet<string> _names = names.ToImmutableHashSet();

    public bool IsEmpty => _names.IsEmpty;

    public bool Contains(IMethodSymbol method)
    {
        if (IsEmpty || method.ContainingType is not { } type || method.MethodKind == MethodKind.LocalFunction)
            return false;

        if (method.AssociatedSymbol is { } associated)
            return _names.Contains(MetadataNames.Of(associated));

        return _names.Contains(MetadataNames.Of(method)) || (method.MethodKind == MethodKind.Ordinary && ContainsAllOf(type));
    }

    public bool ContainsAllOf(INamedTypeSymbol type) => _names.Contains(MetadataNames.Of(type.OriginalDefinition) + All);

    /// <summary>The type or member that an item of a list names, without the star.</summary>
    public static string Stem(string name) => name.EndsWith(All, StringComparison.Ordinal) ? name.Substring(0, name.Length - All.Length) : name;
}
