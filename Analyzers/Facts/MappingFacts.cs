using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Facts;

/// <summary>What a method that maps a page table has said about itself.</summary>
internal sealed class MapperFacts(IMethodSymbol method, ImmutableArray<IMethodSymbol> unmappers, IParameterSymbol? result, IParameterSymbol? @lock, bool locked)
{
    public IMethodSymbol Method { get; } = method;

    /// <summary>The overloads that end the mapping; empty: there is no duty to unmap.</summary>
    public ImmutableArray<IMethodSymbol> Unmappers { get; } = unmappers;

    /// <summary>The <c>out</c> parameter of a <c>bool Try…</c> that receives the mapping; null: it is the return value.</summary>
    public IParameterSymbol? Result { get; } = result;

    /// <summary>The <c>out</c> parameter that receives the table's lock.</summary>
    public IParameterSymbol? Lock { get; } = @lock;

    /// <summary>Whether the lock is held when a mapping is returned.</summary>
    public bool Locked { get; } = locked;

    public static MapperFacts? From(IMethodSymbol method)
    {
        if (method.Find(Contract.MapsEntry) is not { } data)
            return null;

        var unmap = data.String("Unmap");
        var unmappers = unmap is null
            ? ImmutableArray<IMethodSymbol>.Empty
            : method.ContainingType.GetMembers(unmap).OfType<IMethodSymbol>().ToImmutableArray();
        var lockName = data.String("Lock");
        return new MapperFacts(
            method,
            unmappers,
            ResultOf(method),
            lockName is null ? null : method.Parameters.FirstOrDefault(p => p.Name == lockName),
            data.Flag("Locked"));
    }

    /// <summary>The facts of a method that .editorconfig calls a mapper.</summary>
    public static MapperFacts FromName(IMethodSymbol method) => new(method, ImmutableArray<IMethodSymbol>.Empty, ResultOf(method), null, false);

    private static IParameterSymbol? ResultOf(IMethodSymbol method) => method.ReturnType.SpecialType == SpecialType.System_Boolean
        ? method.Parameters.FirstOrDefault(p => p is { RefKind: RefKind.Out, Type: IPointerTypeSymbol })
        : null;
}

/// <summary>A method that ends the mapping it is given.</summary>
internal sealed class UnmapperFacts(IMethodSymbol method, IParameterSymbol? unlock)
{
    public IMethodSymbol Method { get; } = method;

    /// <summary>The parameter whose lock the method also releases.</summary>
    public IParameterSymbol? Unlock { get; } = unlock;

    public static UnmapperFacts? From(IMethodSymbol method) =>
        method.Find(Contract.UnmapsEntry) is { } data
            ? new UnmapperFacts(method, data.String("Unlock") is { } name ? method.Parameters.FirstOrDefault(p => p.Name == name) : null)
            : null;
}

/// <summary>A method that yields a page-table lock from a directory entry that may have changed.</summary>
internal sealed class LockPointerFacts(IMethodSymbol method, ImmutableArray<IMethodSymbol> replacements)
{
    public IMethodSymbol Method { get; } = method;

    /// <summary>The mappers that give the lock together with the mapping.</summary>
    public ImmutableArray<IMethodSymbol> Replacements { get; } = replacements;

    public static LockPointerFacts? From(IMethodSymbol method) =>
        method.Find(Contract.LockPointer) is { } data
            ? new LockPointerFacts(method, data.String("Replacement") is { } name ? method.ContainingType.GetMembers(name).OfType<IMethodSymbol>().ToImmutableArray() : ImmutableArray<IMethodSymbol>.Empty)
            : null;
}
