using Microsoft.CodeAnalysis;

namespace PteGuard.CodeFixes.Editing;

/// <summary>Questions about the members of a document.</summary>
internal static class Members
{
    /// <summary>The member whose body a position is in, whatever functions stand between.</summary>
    public static ISymbol? EnclosingMember(this SemanticModel model, int position)
    {
        var symbol = model.GetEnclosingSymbol(position);
        while (symbol is IMethodSymbol { MethodKind: MethodKind.LocalFunction or MethodKind.AnonymousFunction })
            symbol = symbol.ContainingSymbol;

        return symbol;
    }
}
