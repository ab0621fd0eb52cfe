using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace PteGuard.Analyzers.Tests;

/// <summary>Symbols for tests that care about which they are, and not about what they mean.</summary>
internal static class Declared
{
    /// <summary>The member of class C in <c>class C { … }</c>.</summary>
    public static ISymbol Member(string declaration, string name) =>
        CSharpCompilation.Create("Declared", [CSharpSyntaxTree.ParseText($"unsafe class C {{ {declaration} }}", References.ParseOptions)], References.Framework)
            .GetTypeByMetadataName("C")!.GetMembers(name).Single();
}
