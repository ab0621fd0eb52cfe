using System.Globalization;
using Microsoft.CodeAnalysis;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Mappings;

/// <summary>Writes the value of a type that says: there was nothing.</summary>
internal static class EmptyValue
{
    /// <returns>Null if the type has no such value: a reference that may not be null.</returns>
    public static string? Of(ITypeSymbol type, int position, SemanticModel model) => type switch
    {
        { SpecialType: SpecialType.System_Boolean } => "false",
        INamedTypeSymbol { TypeKind: TypeKind.Enum } @enum => Member(@enum, Zero(@enum), position, model) ?? "default",
        { SpecialType: >= SpecialType.System_SByte and <= SpecialType.System_Double } => "0",
        { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr } => "0",
        IPointerTypeSymbol or IFunctionPointerTypeSymbol => "null",
        { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } => "null",

        // An empty entry is not all zeros on every architecture.
        INamedTypeSymbol { IsValueType: true } value => Member(value, None(value), position, model) ?? "default",
        { IsValueType: true } => "default",
        ITypeParameterSymbol { NullableAnnotation: not NullableAnnotation.NotAnnotated } => "default",
        { IsReferenceType: true, NullableAnnotation: not NullableAnnotation.NotAnnotated } => "null",
        _ => null,
    };

    private static string? Member(INamedTypeSymbol type, ISymbol? member, int position, SemanticModel model) =>
        member is not null && model.IsAccessible(position, member) ? $"{NameOf(type, position, model)}.{Expressions.Name(member)}" : null;

    // An alias says it best: Pte, for the Pte of the architecture that the project is built for.
    private static string NameOf(INamedTypeSymbol type, int position, SemanticModel model) =>
        model.LookupNamespacesAndTypes(position).OfType<IAliasSymbol>().FirstOrDefault(alias => SymbolEqualityComparer.Default.Equals(alias.Target, type))?.Name
            ?? type.ToMinimalDisplayString(model, position);

    private static IFieldSymbol? Zero(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(member => member is { HasConstantValue: true, ConstantValue: var value } && Convert.ToDecimal(value, CultureInfo.InvariantCulture) == 0);

    private static ISymbol? None(INamedTypeSymbol type) => type.GetMembers("None").FirstOrDefault(member => member switch
    {
        IFieldSymbol { IsStatic: true } field => SymbolEqualityComparer.Default.Equals(field.Type, type),
        IPropertySymbol { IsStatic: true, IsIndexer: false, GetMethod: not null } property => SymbolEqualityComparer.Default.Equals(property.Type, type),
        _ => false,
    });
}
