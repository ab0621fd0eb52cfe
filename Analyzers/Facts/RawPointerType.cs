using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Facts;

/// <summary>A pointer type as .editorconfig writes it: <c>ulong*</c>, <c>uint**</c>, <c>Abc.Table*</c>.</summary>
internal readonly record struct RawPointerType(string Element, int Depth)
{
    public static RawPointerType? Parse(string text)
    {
        var element = text.TrimEnd('*', ' ');
        var depth = text.Count(c => c == '*');
        return depth > 0 && element.Length > 0 && element.All(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '+' or '`')
            ? new RawPointerType(element, depth)
            : null;
    }

    public bool Matches(ITypeSymbol type)
    {
        for (var i = 0; i < Depth; i++)
        {
            if (type is not IPointerTypeSymbol pointer)
                return false;

            type = pointer.PointedAtType;
        }

        return type is INamedTypeSymbol named
            && (named.SpecialType != SpecialType.None && named.ToDisplayString() == Element || MetadataNames.Of(named) == Element);
    }
}
