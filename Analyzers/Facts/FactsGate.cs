using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Facts;

/// <summary>
/// Decides, without binding anything, whether a compilation can know an entry or a mapper. Nearly all
/// compilations cannot, and must not pay for the rules.
/// </summary>
/// <remarks>
/// An attribute cannot be applied without its name standing somewhere in the source, an alias included,
/// so a search through the text misses nothing.
/// </remarks>
internal static class FactsGate
{
    private const int Window = 16 * 1024;

    private static readonly string[] s_entryNames = ["PageTableEntry", "EntryPointer"];
    private static readonly string[] s_mappingNames = ["MapsEntry", "LockPointer"];
    private static readonly ConditionalWeakTable<SyntaxTree, StrongBox<Knows>> s_trees = new();

    [Flags]
    public enum Knows
    {
        Nothing = 0,
        Entries = 1,
        Mappings = 2,
        Everything = Entries | Mappings,
    }

    public static Knows Of(Compilation compilation, CancellationToken cancellationToken)
    {
        foreach (var reference in compilation.SourceModule.ReferencedAssemblySymbols)
        {
            if (DeclaresContract(reference))
                return Knows.Everything;
        }

        var contract = compilation.Assembly.GetTypeByMetadataName(Contract.Namespace + "." + Contract.PageTableEntry);
        var declarations = contract?.DeclaringSyntaxReferences.Select(reference => reference.SyntaxTree) ?? [];
        var knows = Knows.Nothing;
        foreach (var tree in compilation.SyntaxTrees.Except(declarations))
        {
            knows |= Of(tree, cancellationToken);
            if (knows == Knows.Everything)
                break;
        }

        return knows;
    }

    private static bool DeclaresContract(IAssemblySymbol assembly) =>
        assembly.GetTypeByMetadataName(Contract.Namespace + "." + Contract.PageTableEntry) is not null;

    private static Knows Of(SyntaxTree tree, CancellationToken cancellationToken)
    {
        if (s_trees.TryGetValue(tree, out var known))
            return known.Value;

        var knows = Search(tree, cancellationToken);
        s_trees.GetValue(tree, _ => new StrongBox<Knows>(knows));
        return knows;
    }

    private static Knows Search(SyntaxTree tree, CancellationToken cancellationToken)
    {
        const int Overlap = 32;
        var text = tree.GetText(cancellationToken);
        var buffer = ArrayPool<char>.Shared.Rent(Window);
        try
        {
            var knows = Knows.Nothing;
            for (var start = 0; start < text.Length && knows != Knows.Everything; start += Window - Overlap)
            {
                var count = Math.Min(Window, text.Length - start);
                text.CopyTo(start, buffer, 0, count);
                var window = buffer.AsSpan(0, count);
                if (ContainsAny(window, s_entryNames))
                    knows |= Knows.Entries;
                if (ContainsAny(window, s_mappingNames))
                    knows |= Knows.Mappings;
            }

            return knows;
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
