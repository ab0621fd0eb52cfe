using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Facts;

/// <summary>Whether a file uses the contract's attributes.</summary>
/// <remarks>
/// An attribute cannot be applied without its name standing somewhere in the source, an alias included,
/// so a search through the text misses nothing.
/// </remarks>
internal static class ContractText
{
    private const int Window = 16 * 1024;
    private const int LongestName = 32;

    private static readonly string[] s_entryNames = ["PageTableEntry", "EntryPointer"];
    private static readonly string[] s_mappingNames = ["MapsEntry", "LockPointer"];
    private static readonly ConditionalWeakTable<SyntaxTree, StrongBox<ContractUse>> s_trees = new();

    public static ContractUse Search(SyntaxTree tree, CancellationToken cancellationToken)
    {
        if (s_trees.TryGetValue(tree, out var known))
            return known.Value;

        var use = SearchText(tree, cancellationToken);
        s_trees.GetValue(tree, _ => new StrongBox<ContractUse>(use));
        return use;
    }

    private static ContractUse SearchText(SyntaxTree tree, CancellationToken cancellationToken)
    {
        var text = tree.GetText(cancellationToken);
        var buffer = ArrayPool<char>.Shared.Rent(Window);
        try
        {
            var use = ContractUse.None;
            for (var start = 0; start < text.Length && use != ContractUse.Everything; start += Window - LongestName)
            {
                var count = Math.Min(Window, text.Length - start);
                text.CopyTo(start, buffer, 0, count);
                var window = buffer.AsSpan(0, count);
                if (ContainsAny(window, s_entryNames))
                    use |= ContractUse.Entries;
                if (ContainsAny(window, s_mappingNames))
                    use |= ContractUse.Mappings;
            }

            return use;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    private static bool ContainsAny(ReadOnlySpan<char> window, string[] names)
    {
        foreach (var name in names)
        {
            if (window.IndexOf(name.AsSpan()) >= 0)
                return true;
        }

        return false;
    }
}
