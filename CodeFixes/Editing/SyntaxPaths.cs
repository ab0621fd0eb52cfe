using Microsoft.CodeAnalysis;

namespace PteGuard.CodeFixes.Editing;

/// <summary>Finds a node again in a copy of its tree whose leaves have been edited.</summary>
internal static class SyntaxPaths
{
    /// <summary>The node that stands in <paramref name="current"/> where <paramref name="descendant"/> stood in <paramref name="original"/>.</summary>
    public static SyntaxNode Follow(SyntaxNode original, SyntaxNode descendant, SyntaxNode current)
    {
        var path = new Stack<int>();
        for (var node = descendant; node != original; node = node.Parent!)
            path.Push(IndexOf(node));

        while (path.Count > 0)
            current = current.ChildNodes().ElementAt(path.Pop());

        return current;
    }

    private static int IndexOf(SyntaxNode node)
    {
        var index = 0;
        foreach (var sibling in node.Parent!.ChildNodes())
        {
            if (sibling == node)
                break;

            index++;
        }

        return index;
    }
}
