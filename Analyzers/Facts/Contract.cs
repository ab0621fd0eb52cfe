using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Facts;

/// <summary>The names of the contract's attributes, and how a symbol is asked for one.</summary>
/// <remarks>Attributes are matched by full name, so that a copy in any assembly counts.</remarks>
internal static class Contract
{
    public const string Namespace = "PteGuard";
    public const string PageTableEntry = "PageTableEntryAttribute";
    public const string EntryPointer = "EntryPointerAttribute";
    public const string ArchitectureCode = "ArchitectureCodeAttribute";
    public const string UnpublishedTable = "UnpublishedTableAttribute";
    public const string DirectEntryAccess = "DirectEntryAccessAttribute";
    public const string MapsEntry = "MapsEntryAttribute";
    public const string UnmapsEntry = "UnmapsEntryAttribute";
    public const string LockPointer = "LockPointerAttribute";
    public const string ReadsEntry = "ReadsEntryAttribute";
    public const string WritesEntry = "WritesEntryAttribute";
    public const string ComparesEntries = "ComparesEntriesAttribute";
    public const string AcquiresLock = "AcquiresLockAttribute";
    public const string ReleasesLock = "ReleasesLockAttribute";
    public const string MayBlock = "MayBlockAttribute";

    public static bool Has(this ISymbol symbol, string attribute) => symbol.Find(attribute) is not null;

    public static AttributeData? Find(this ISymbol symbol, string attribute)
    {
        foreach (var data in symbol.GetAttributes())
        {
            if (Is(data, attribute))
                return data;
        }

        return null;
    }

    public static bool Is(AttributeData data, string attribute) =>
        data.AttributeClass is { ContainingType: null, ContainingNamespace: { Name: Namespace, ContainingNamespace.IsGlobalNamespace: true } } type
        && type.Name == attribute;

    public static string? String(this AttributeData data, string argument) => Named(data, argument)?.Value as string;

    public static bool Flag(this AttributeData data, string argument) => Named(data, argument)?.Value is true;

    private static TypedConstant? Named(AttributeData data, string argument)
    {
        foreach (var pair in data.NamedArguments)
        {
            if (pair.Key == argument && pair.Value.Kind != TypedConstantKind.Error)
                return pair.Value;
        }

        return null;
    }
}
