using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.Agreement.Tests.Compiling;

/// <summary>Methods in a batch.</summary>
internal static class Methods
{
    public static string? At(SyntaxTree tree, int position) =>
        tree.GetRoot().FindToken(position).Parent?.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.Identifier.Text;

    public static string Text(SyntaxTree tree, string name) =>
        tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().Single(method => method.Identifier.Text == name).ToFullString();
}
