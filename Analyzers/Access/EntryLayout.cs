using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Access;

/// <summary>The sizes of entries, as far as their declarations tell.</summary>
internal static class EntryLayout
{
    // An entry is a word or a few; a struct that nests deeper is none.
    private const int DeepestNesting = 8;

    /// <summary>Whether a field is all there is of the struct that declares it.</summary>
    public static bool IsWholeStruct(IFieldSymbol field) =>
        !field.IsFixedSizeBuffer && SizeOf(field.ContainingType) is { } size && size == SizeOf(field.Type) && OffsetOf(field) == 0;

    /// <summary>The size in bytes; null if it cannot be told.</summary>
    public static int? SizeOf(ITypeSymbol type) => SizeOf(type, 0);

    private static int? SizeOf(ITypeSymbol type, int depth)
    {
        switch (type.SpecialType)
        {
            case SpecialType.System_Byte or SpecialType.System_SByte or SpecialType.System_Boolean:
                return 1;
            case SpecialType.System_Int16 or SpecialType.System_UInt16 or SpecialType.System_Char:
                return 2;
            case SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Single:
                return 4;
            case SpecialType.System_Int64 or SpecialType.System_UInt64 or SpecialType.System_Double:
                return 8;
        }

        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Struct or TypeKind.Enum } named || depth > DeepestNesting)
            return null;

        if (named.EnumUnderlyingType is { } underlying)
            return SizeOf(underlying, depth + 1);

        var end = 0;
        var largest = 1;
        foreach (var member in named.GetMembers())
        {
            if (member is not IFieldSymbol { IsStatic: false } field)
                continue;

            if (field.IsFixedSizeBuffer || SizeOf(field.Type, depth + 1) is not { } size)
                return null;

            largest = Math.Max(largest, Math.Min(size, 8));
            end = OffsetOf(field) is { } offset
                ? Math.Max(end, offset + size)
                : Aligned(end, Math.Min(size, 8)) + size;
        }

        return end == 0 ? null : Aligned(end, largest);
    }

    private static int? OffsetOf(IFieldSymbol field)
    {
        var isFirst = true;
        foreach (var data in field.GetAttributes())
        {
            if (data.AttributeClass?.Name == "FieldOffsetAttribute" && data.ConstructorArguments is [{ Value: int offset }])
                return offset;
        }

        foreach (var member in field.ContainingType.GetMembers())
        {
            if (member is IFieldSymbol { IsStatic: false } other)
            {
                if (SymbolEqualityComparer.Default.Equals(other, field))
                    return isFirst ? 0 : null;
                isFirst = false;
            }
        }

        return null;
    }

    private static int Aligned(int offset, int alignment) => (offset + alignment - 1) / alignment * alignment;
}
