using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Stores;

/// <summary>What a function needs from around it.</summary>
internal enum Captured
{
    Nothing,
    Something,
}

/// <summary>
/// Decides whether expressions may move into a function that a modifier calls, perhaps several times: they
/// must have no effects, give the same each time, and be allowed in there.
/// </summary>
internal sealed class Captures(SemanticModel model)
{
    /// <param name="operands">The expressions.</param>
    /// <param name="places">The places in them that the function's parameter takes.</param>
    /// <param name="entry">The entry's type, whose own members are known to compute only.</param>
    /// <returns>Null if some operand must stay outside.</returns>
    public Captured? Of(ExpressionSyntax[] operands, List<EntryAddress> places, ITypeSymbol entry)
    {
        var replaced = new HashSet<SyntaxNode>(places.Select(place => place.Place));
        var captured = Captured.Nothing;
        foreach (var operand in operands)
        {
            foreach (var node in operand.DescendantNodesAndSelf(node => !replaced.Contains(node)))
            {
                if (replaced.Contains(node))
                    continue;

                if (OfNode(node, operand, replaced, entry) is not { } needs)
                    return null;

                if (needs == Captured.Something)
                    captured = needs;
            }
        }

        return captured;
    }

    private Captured? OfNode(SyntaxNode node, ExpressionSyntax operand, HashSet<SyntaxNode> replaced, ITypeSymbol entry)
    {
        switch (node)
        {
            case AssignmentExpressionSyntax:
                // The change itself, made on the copy; or a member of an initializer.
                return node == operand || node.Parent is InitializerExpressionSyntax ? Captured.Nothing : null;

            case PostfixUnaryExpressionSyntax or PrefixUnaryExpressionSyntax when IsStep(node):
                return node == operand ? Captured.Nothing : null;

            case AwaitExpressionSyntax or AnonymousFunctionExpressionSyntax or QueryExpressionSyntax or StackAllocArrayCreationExpressionSyntax
                or ThrowExpressionSyntax or DeclarationExpressionSyntax or SingleVariableDesignationSyntax or RefExpressionSyntax or ElementAccessExpressionSyntax or ThisExpressionSyntax:
                return null;

            case PrefixUnaryExpressionSyntax unary when unary.Kind() is SyntaxKind.PointerIndirectionExpression or SyntaxKind.AddressOfExpression:
                return null;

            case MemberAccessExpressionSyntax { RawKind: (int)SyntaxKind.PointerMemberAccessExpression } arrow:
                // A pointer may not be followed in the function: another entry must be read before.
                return replaced.Contains(arrow.Expression) ? Captured.Nothing : null;

            case InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax or BinaryExpressionSyntax or PrefixUnaryExpressionSyntax or CastExpressionSyntax:
                return model.GetSymbolInfo(node).Symbol is null or IMethodSymbol { MethodKind: MethodKind.BuiltinOperator } || IsOwn(model.GetSymbolInfo(node).Symbol!, entry) ? Captured.Nothing : null;

            case SimpleNameSyntax name:
                return OfName(name, entry);

            default:
                return Captured.Nothing;
        }
    }

    private Captured? OfName(SimpleNameSyntax name, ITypeSymbol entry) => model.GetSymbolInfo(name).Symbol switch
    {
        INamespaceOrTypeSymbol or IFieldSymbol { IsConst: true } or IFieldSymbol { IsStatic: true, IsReadOnly: true } or IDiscardSymbol => Captured.Nothing,
        ILocalSymbol { IsConst: true } => Captured.Nothing,
        ILocalSymbol { IsRef: false, IsFixed: false, Type.IsRefLikeType: false } local => IsAddressTaken(local, name) ? null : Captured.Something,
        IParameterSymbol { RefKind: RefKind.None, Type.IsRefLikeType: false } parameter =>
            IsAddressTaken(parameter, name) || parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor } ? null : Captured.Something,
        { } member when IsOwn(member, entry) => Captured.Nothing,
        _ => null,
    };

    private static bool IsOwn(ISymbol? symbol, ITypeSymbol entry) =>
        symbol?.ContainingType is { } type && SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, entry.OriginalDefinition);

    private static bool IsStep(SyntaxNode node) => node.Kind() is SyntaxKind.PreIncrementExpression or SyntaxKind.PreDecrementExpression
        or SyntaxKind.PostIncrementExpression or SyntaxKind.PostDecrementExpression;

    // The compiler allows a variable to be captured or to have its address taken, not both.
    private static bool IsAddressTaken(ISymbol variable, SyntaxNode use) =>
        use.FirstAncestorOrSelf<MemberDeclarationSyntax>() is { } member
        && member.DescendantNodes().OfType<PrefixUnaryExpressionSyntax>().Any(unary => unary.IsKind(SyntaxKind.AddressOfExpression)
            && unary.Operand.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().FirstOrDefault()?.Identifier.ValueText == variable.Name);
}
