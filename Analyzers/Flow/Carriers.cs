using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Flow;

/// <summary>Structs that carry a pointer, and what belongs to it, from one method to the next: the state of a walk.</summary>
internal static class Carriers
{
    private static readonly ConditionalWeakTable<INamedTypeSymbol, StrongBox<ImmutableArray<IFieldSymbol>>> s_fields = new();

    public static bool Is(ITypeSymbol? type) => !FieldsOf(type).IsEmpty;

    /// <summary>The fields that are followed, by their definitions; none if the type carries nothing.</summary>
    public static ImmutableArray<IFieldSymbol> FieldsOf(ITypeSymbol? type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Struct, SpecialType: SpecialType.None } named
            ? s_fields.GetValue(named.OriginalDefinition, static t => new(Find(t))).Value
            : ImmutableArray<IFieldSymbol>.Empty;

    private static ImmutableArray<IFieldSymbol> Find(INamedTypeSymbol type)
    {
        // What only a constructor fills is not passed on to be filled; and of two fields in one place neither is.
        if (type.IsReadOnly || type.GetAttributes().Any(IsExplicitLayout))
            return ImmutableArray<IFieldSymbol>.Empty;

        var fields = type.GetMembers().OfType<IFieldSymbol>()
            .Where(f => f is { IsStatic: false, IsConst: false, IsFixedSizeBuffer: false, RefKind: RefKind.None, AssociatedSymbol: null })
            .ToImmutableArray();
        return fields.Any(f => f.Type is IPointerTypeSymbol) ? fields : ImmutableArray<IFieldSymbol>.Empty;
    }

    private static bool IsExplicitLayout(AttributeData attribute) =>
        attribute is { AttributeClass.Name: nameof(StructLayoutAttribute), ConstructorArguments: [{ Value: var kind }] } && kind is (int)LayoutKind.Explicit or (short)LayoutKind.Explicit;
}

/// <summary>One field of one struct variable.</summary>
/// <param name="Holder">The variable's symbol, the type whose <c>this</c> it is, a capture, or the call that yields the struct.</param>
/// <param name="Field">The field's definition.</param>
internal sealed record Carried(object Holder, IFieldSymbol Field);
