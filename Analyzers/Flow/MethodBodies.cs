using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Access;

namespace PteGuard.Analyzers.Flow;

/// <summary>The bodies of called methods, for what can be learned from them.</summary>
internal static class MethodBodies
{
    /// <summary>Whether a call of the method runs one body, and that is in the compilation.</summary>
    public static bool IsVisible(IMethodSymbol definition, Compilation compilation) =>
        definition is { IsVirtual: false, IsOverride: false, IsAbstract: false, IsExtern: false, IsAsync: false, DeclaringSyntaxReferences: [_] }
        && definition.MethodKind is MethodKind.Ordinary or MethodKind.LocalFunction
        && SymbolEqualityComparer.Default.Equals(definition.ContainingAssembly, compilation.Assembly);

    /// <summary>The graph of a visible method, and the whole operation that it was made of; null if there is none.</summary>
    public static (ControlFlow.Root Root, IOperation Operation)? Find(IMethodSymbol method, Compilation compilation)
    {
        var syntax = method.DeclaringSyntaxReferences[0].GetSyntax();
        if (Model(syntax, compilation).GetOperation(syntax) is not { } body)
            return null;

        var outermost = body.Root();
        if (ControlFlow.GraphOf(outermost) is not { } graph)
            return null;

        var root = body == outermost
            ? new ControlFlow.Root(graph, method)
            : graph.Roots(method.ContainingSymbol).FirstOrDefault(r => r.Symbol is IMethodSymbol { DeclaringSyntaxReferences: [var reference] } && reference.Span == syntax.Span);
        return root.Graph is null ? null : (root, outermost);
    }

#pragma warning disable RS1030 // The body of another method, which no action of this one will ever see; done once a method.
    public static SemanticModel Model(SyntaxNode syntax, Compilation compilation) => compilation.GetSemanticModel(syntax.SyntaxTree);
#pragma warning restore RS1030
}
