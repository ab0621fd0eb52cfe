using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using PteGuard.Analyzers.Facts;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Mappings;

/// <summary>Writes the calls that end a mapping and release its lock.</summary>
internal sealed class ReleaseCalls(FixContext context)
{
    /// <summary>The statements that end a mapping; null if there is no call for it.</summary>
    public ImmutableArray<string>? Unmap(MapperFacts mapper, ISymbol pointer, int position) =>
        Call(mapper, Expressions.Name(pointer), null, position) is { } unmap ? ImmutableArray.Create(unmap) : null;

    /// <summary>The statements that release a mapping's lock and end the mapping; null if there are no calls for it.</summary>
    public ImmutableArray<string>? UnmapAndUnlock(MapperFacts mapper, ISymbol pointer, ISymbol held, int position)
    {
        if (Call(mapper, Expressions.Name(pointer), Expressions.Name(held), position) is { } both)
            return ImmutableArray.Create(both);

        return Type(held) is { } type && Unlock(type) is { } unlock && Call(mapper, Expressions.Name(pointer), null, position) is { } unmap
            ? ImmutableArray.Create($"{Expressions.Name(held)}.{unlock}();", unmap)
            : null;
    }

    /// <summary>The method that releases a lock of a type; null if it has none.</summary>
    public static string? Unlock(ITypeSymbol type) =>
        type.GetMembers().OfType<IMethodSymbol>().FirstOrDefault(m => EntryFacts.ReleasesLock(m) && m.Parameters.IsEmpty)?.Name;

    private static ITypeSymbol? Type(ISymbol variable) => (variable as ILocalSymbol)?.Type ?? (variable as IParameterSymbol)?.Type;

    /// <summary>The call of the first method that ends a mapping and, given one, releases its lock.</summary>
    /// <remarks>Any unmapper ends a mapping; of those beside the mapper, one that also unlocks says best what is meant.</remarks>
    private string? Call(MapperFacts mapper, string pointer, string? held, int position)
    {
        var methods = mapper.Unmappers.Concat(mapper.Method.ContainingType.GetMembers().OfType<IMethodSymbol>());
        foreach (var unmapper in methods.Select(context.Facts.Unmapper).OfType<UnmapperFacts>())
        {
            if (unmapper.Unlock is not null != held is not null || unmapper.Method.Parameters.Length != (held is null ? 1 : 2))
                continue;

            string[] arguments = held is null ? [pointer] : unmapper.Unlock!.Ordinal == 1 ? [pointer, held] : [held, pointer];
            if (new AccessorCalls(context.Model).Bind(unmapper.Method, position, [.. arguments.Select(a => SyntaxFactory.ParseExpression(a))]) is { } target)
                return $"{target.Name}({string.Join(", ", arguments)});";
        }

        return null;
    }
}
