using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Facts;

/// <summary>
/// Decides, without binding anything, whether a compilation can know an entry or a mapper. Nearly all
/// compilations cannot, and must not pay for the rules.
/// </summary>
internal static class FactsGate
{
    private static readonly ConditionalWeakTable<Compilation, StrongBox<ContractUse>> s_compilations = new();

    public static ContractUse Of(Compilation compilation, CancellationToken cancellationToken)
    {
        if (s_compilations.TryGetValue(compilation, out var known))
            return known.Value;

        var use = OfSource(compilation, cancellationToken) | OfReferences(compilation, cancellationToken);
        s_compilations.GetValue(compilation, _ => new StrongBox<ContractUse>(use));
        return use;
    }

    private static ContractUse OfSource(Compilation compilation, CancellationToken cancellationToken)
    {
        // The embedded attributes are in most compilations that we meet, and say nothing of their use.
        var declarations = DeclaringTrees(compilation.Assembly);
        var use = ContractUse.None;
        foreach (var tree in compilation.SyntaxTrees)
        {
            if (use == ContractUse.Everything)
                break;

            if (!declarations.Contains(tree))
                use |= ContractText.Search(tree, cancellationToken);
        }

        return use;
    }

    private static ContractUse OfReferences(Compilation compilation, CancellationToken cancellationToken)
    {
        var declaring = compilation.SourceModule.ReferencedAssemblySymbols.Where(Declares).ToImmutableHashSet<IAssemblySymbol>(SymbolEqualityComparer.Default);
        var use = ContractUse.None;
        if (declaring.IsEmpty)
            return use;

        foreach (var reference in compilation.References)
        {
            if (use == ContractUse.Everything)
                break;

            if (compilation.GetAssemblyOrModuleSymbol(reference) is IAssemblySymbol assembly
                && (declaring.Contains(assembly) || assembly.Modules.Any(m => m.ReferencedAssemblySymbols.Any(declaring.Contains))))
                use |= OfReference(reference, cancellationToken);
        }

        return use;
    }

    // What a project references in turn is a reference of this compilation too, if it matters here.
    private static ContractUse OfReference(MetadataReference reference, CancellationToken cancellationToken) => reference switch
    {
        CompilationReference project => OfSource(project.Compilation, cancellationToken),
        PortableExecutableReference assembly => ContractMetadata.Search(assembly),
        _ => ContractUse.Everything,
    };

    private static bool Declares(IAssemblySymbol assembly) => Declaration(assembly) is not null;

    private static INamedTypeSymbol? Declaration(IAssemblySymbol assembly) => assembly.GetTypeByMetadataName(Contract.Namespace + "." + Contract.PageTableEntry);

    private static HashSet<SyntaxTree> DeclaringTrees(IAssemblySymbol assembly) =>
        Declaration(assembly) is { } declaration ? [.. declaration.DeclaringSyntaxReferences.Select(r => r.SyntaxTree)] : [];
}
