using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>Names for a local that holds an entry, as a kernel reader would name it.</summary>
internal static class SnapshotNames
{
    private const string Fallback = "entry";

    // What the architecture manuals call the entries of these tables.
    private static readonly Dictionary<string, string> s_entriesOfTables = new(StringComparer.OrdinalIgnoreCase)
    {
        ["pt"] = "pte",
        ["pd"] = "pde",
        ["pdp"] = "pdpte",
        ["pdpt"] = "pdpte",
        ["pml4"] = "pml4e",
        ["pml5"] = "pml5e",
    };

    private static readonly string[] s_levels = ["pte", "pmd", "pud", "p4d", "pgd"];

    /// <summary>The name for what the pointer points to; another local may have it already.</summary>
    public static string For(EntryAddress address, ITypeSymbol entryType)
    {
        var pointer = NameOf(address.Pointer);
        if (pointer is not null && FromPointer(pointer.TrimStart('_')) is { } name)
            return name;

        return entryType is { SpecialType: SpecialType.None, Name: var type } && Camel(type) is var entry && entry != pointer && IsName(entry) ? entry : Fallback;
    }

    private static bool IsName(string name) => SyntaxFacts.IsValidIdentifier(name) && SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None;

    private static string? FromPointer(string pointer)
    {
        if (s_entriesOfTables.TryGetValue(pointer, out var entry))
            return entry;

        foreach (var suffix in (string[])["Pointer", "Ptr"])
        {
            if (pointer.Length > suffix.Length && pointer.EndsWith(suffix, StringComparison.Ordinal))
                return Camel(pointer.Substring(0, pointer.Length - suffix.Length)) is var name && IsName(name) ? name : null;
        }

        return pointer.EndsWith("p", StringComparison.Ordinal) && s_levels.Any(level => pointer.EndsWith(level + "p", StringComparison.OrdinalIgnoreCase))
            ? Camel(pointer.Substring(0, pointer.Length - 1))
            : null;
    }

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name.Substring(1);

    private static string? NameOf(ExpressionSyntax pointer) => Expressions.WithoutParentheses(pointer) switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        ElementAccessExpressionSyntax element => NameOf(element.Expression),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum => NameOf(sum.Left),
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.AddressOfExpression } addressOf => NameOf(addressOf.Operand),
        CastExpressionSyntax cast => NameOf(cast.Expression),
        _ => null,
    };
}
