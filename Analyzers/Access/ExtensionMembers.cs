using System.Reflection;
using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Access;

/// <summary>C# 14's extension blocks, which the Roslyn that we compile against does not know yet.</summary>
internal static class ExtensionMembers
{
    private const TypeKind Extension = (TypeKind)14;

    private static readonly PropertyInfo? s_receiver = typeof(INamedTypeSymbol).GetProperty("ExtensionParameter");

    public static bool IsExtensionBlock(this INamedTypeSymbol type) => type.TypeKind == Extension;

    /// <summary>The parameter that stands for the receiver.</summary>
    public static IParameterSymbol? ExtensionReceiver(this INamedTypeSymbol block) => s_receiver?.GetValue(block) as IParameterSymbol;
}
