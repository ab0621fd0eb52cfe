using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Facts;

/// <summary>Files that a tool has written, by the names that tools give them.</summary>
internal static class GeneratedFiles
{
    private static readonly string[] s_endings = [".g.cs", ".g.i.cs", ".designer.cs", ".generated.cs", "AssemblyInfo.cs", "AssemblyAttributes.cs", "PteGuard.Attributes.cs"];

    public static bool Contains(SyntaxTree tree)
    {
        foreach (var ending in s_endings)
        {
            if (tree.FilePath.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
