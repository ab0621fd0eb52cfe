using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.Analyzers.Access;

/// <summary>Properties that are as good as fields.</summary>
internal static class AutoProperties
{
    public static bool Is(IPropertySymbol property)
    {
        if (property.IsIndexer || property.IsVirtual || property.IsOverride || property.IsAbstract || property.DeclaringSyntaxReferences.Length != 1)
            return false;

        return property.DeclaringSyntaxReferences[0].GetSyntax() switch
        {
            PropertyDeclarationSyntax { ExpressionBody: null, AccessorList: { } accessors } =>
                accessors.Accessors.All(a => a is { Body: null, ExpressionBody: null }),
            ParameterSyntax => true,
            _ => false,
        };
    }
}
