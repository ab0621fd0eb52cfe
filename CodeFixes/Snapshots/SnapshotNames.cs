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
        ["pt"] = Fallback,
        ["table"] = Fallback,
        ["entries"] = Fallback,
        ["entry"] = "value",
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
        var type = entryType is { SpecialType: SpecialType.None, Name: { Length: > 0 } name } ? Camel(name) : null;
        var pointer = NameOf(address.Pointer)?.TrimStart('_');
        if (pointer is { Length: > 0 } && FromPointer(pointer, type) is { } told && IsName(told))
            return told;

        return type is not null && type != pointer && IsName(type) ? type : Fallback;
    }

    private static bool IsName(string name) => SyntaxFacts.IsValidIdentifier(name) && SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None;

    private static string? FromPointer(string pointer, string? type)
    {
        if (s_entriesOfTables.TryGetValue(pointer, out var entry))
            return entry;

        foreach (var suffix in (string[])["Pointer", "Ptr"])
        {
            if (pointer.Length > suffix.Length && pointer.EndsWith(suffix, StringComparison.Ordinal))
                return Camel(pointer.Substring(0, pointer.Length - suffix.Length));
        }

        // The kernel's idiom: the pte that a ptep points to, the pteval that a pte points to.
        if (pointer.EndsWith("p", StringComparison.Ordinal) && pointer.Substring(0, pointer.Length - 1) is var value && IsEntry(value, type))
            return Camel(value);

        return IsEntry(pointer, null) ? Camel(pointer) + "val" : null;
    }

    /// <summary>Whether a name says that it is an entry: <c>pte</c>, <c>oldPte</c>, <c>hugePmd</c>.</summary>
    private static bool IsEntry(string name, string? type) =>
        s_levels.Any(level => name.EndsWith(level, StringComparison.OrdinalIgnoreCase))
        || (type is not null && (name.EndsWith(type, StringComparison.OrdinalIgnoreCase) || name.EndsWith(Fallback, StringComparison.OrdinalIgnoreCase)));

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
