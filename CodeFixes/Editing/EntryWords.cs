using Microsoft.CodeAnalysis;

namespace PteGuard.CodeFixes.Editing;

/// <summary>Entries that are one word in a struct's clothes.</summary>
internal static class EntryWords
{
    /// <summary>The only field of an entry struct; null if it has none or several.</summary>
    public static IFieldSymbol? Of(ITypeSymbol entry)
    {
        IFieldSymbol? only = null;
        foreach (var member in entry.GetMembers())
        {
            if (member is not IFieldSymbol { IsStatic: false } field)
                continue;

            if (only is not null)
                return null;

            only = field;
        }

        return only is { IsFixedSizeBuffer: false, CanBeReferencedByName: true } ? only : null;
    }
}
