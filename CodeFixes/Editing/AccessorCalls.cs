using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.CodeFixes.Editing;

/// <summary>Names accessors as the place of the call allows: by simple name, by type, or in full.</summary>
internal sealed class AccessorCalls(SemanticModel model)
{
    /// <summary>
    /// What to call so that, at <paramref name="position"/>, exactly <paramref name="accessor"/> is bound with
    /// these arguments; null if nothing does that.
    /// </summary>
    public Target? Bind(IMethodSymbol accessor, int position, params ExpressionSyntax[] arguments) =>
        Bind(accessor, position, [.. arguments.Select(SyntaxFactory.Argument)]);

    /// <inheritdoc cref="Bind(IMethodSymbol, int, ExpressionSyntax[])"/>
    public Target? Bind(IMethodSymbol accessor, int position, ArgumentSyntax[] arguments)
    {
        foreach (var name in Names(accessor, position))
        {
            var probe = Expressions.Call(name, [.. arguments.Select(a => a.WithoutTrivia())]);
            if (model.GetSpeculativeSymbolInfo(position, probe, SpeculativeBindingOption.BindAsExpression).Symbol is IMethodSymbol bound
                && SymbolEqualityComparer.Default.Equals(bound.OriginalDefinition, accessor.OriginalDefinition))
                return new Target(name, bound);
        }

        return null;
    }

    private IEnumerable<ExpressionSyntax> Names(IMethodSymbol accessor, int position)
    {
        var simple = SyntaxFactory.IdentifierName(Expressions.Identifier(accessor));
        yield return simple;

        var type = accessor.ContainingType.ToMinimalDisplayString(model, position);
        yield return Qualified(type, simple);

        var full = accessor.ContainingType.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat);
        if (full != type)
            yield return Qualified(full, simple);
    }

    private static MemberAccessExpressionSyntax Qualified(string type, IdentifierNameSyntax name) =>
        SyntaxFactory.MemberAccessExpression(SyntaxKind.SimpleMemberAccessExpression, SyntaxFactory.ParseExpression(type), name);

    /// <param name="Name">What is written in front of the arguments.</param>
    /// <param name="Method">The method as it is bound there, type arguments included.</param>
    public sealed record Target(ExpressionSyntax Name, IMethodSymbol Method);
}
