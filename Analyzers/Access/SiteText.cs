using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Access;

/// <summary>How a message speaks of an access.</summary>
internal static class SiteText
{
    private const int Longest = 60;

    /// <summary>The code on one line, shortened.</summary>
    public static string Of(SyntaxNode site)
    {
        var text = string.Join(" ", site.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= Longest ? text : text.Substring(0, Longest) + "…";
    }

    /// <summary>The number of the line that it begins in, as an editor counts.</summary>
    public static int Line(SyntaxNode site) => site.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    /// <summary>The entry, as its users call it: <c>Pte</c>, <c>ulong*</c>.</summary>
    public static string Name(EntryAccess access) => access.EntryType switch
    {
        null => "this pointer",
        { SpecialType: SpecialType.None } type => type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat),
        var word => word.ToDisplayString() + "*",
    };

    /// <summary>How an accessor that is missing would be named.</summary>
    public static string HowToName(EntryAccess access, string role, string key)
    {
        var attribute = access.EntryType is { SpecialType: SpecialType.None } ? "PageTableEntry" : "EntryPointer";
        return $"name one with [{attribute}({role} = …)] or {key}";
    }
}
