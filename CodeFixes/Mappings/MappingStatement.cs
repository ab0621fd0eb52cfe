using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.Analyzers.Facts;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Mappings;

/// <summary>A statement that maps a table and does nothing else: <c>var pte = Map(…);</c>, <c>pte = Map(…);</c>, <c>TryMap(…, out var pte);</c></summary>
/// <param name="Statement">The statement, one of a list.</param>
/// <param name="Call">The mapper's call.</param>
/// <param name="Variable">The local or parameter that holds the mapping afterwards.</param>
/// <param name="Mapper">What the mapper says about itself; null if it is one by its body only.</param>
/// <param name="IsTry">Whether the call tells by its result, rather than by null, that there is no mapping.</param>
internal sealed record MappingStatement(StatementSyntax Statement, InvocationExpressionSyntax Call, ISymbol Variable, MapperFacts? Mapper, bool IsTry)
{
    public static MappingStatement? Of(SyntaxNode? node, FixContext context)
    {
        if (node?.FirstAncestorOrSelf<InvocationExpressionSyntax>() is not { } call
            || call.FirstAncestorOrSelf<StatementSyntax>() is not { } statement || !TreeEdits.StandsInList(statement)
            || context.Model.GetSymbolInfo(call).Symbol is not IMethodSymbol method)
            return null;

        var mapper = context.Facts.Mapper(method, call.SyntaxTree);
        var whole = WithCasts(call);
        switch (statement)
        {
            case LocalDeclarationStatementSyntax { Declaration.Variables: [{ Initializer.Value: var value } declarator] } when value == whole:
                return context.Model.GetDeclaredSymbol(declarator) is ILocalSymbol { Type: IPointerTypeSymbol } local ? new(statement, call, local, mapper, false) : null;

            case ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } store } when store.Right == whole:
                return context.Model.GetSymbolInfo(store.Left).Symbol is ILocalSymbol { Type: IPointerTypeSymbol } or IParameterSymbol { Type: IPointerTypeSymbol, RefKind: RefKind.None }
                    ? new(statement, call, context.Model.GetSymbolInfo(store.Left).Symbol!, mapper, false)
                    : null;

            case ExpressionStatementSyntax { Expression: var only } when only == call && mapper?.Result is { } result:
                return OutVariable(call, result, context.Model) is { } variable ? new(statement, call, variable, mapper, true) : null;

            default:
                return null;
        }
    }

    /// <summary>The variable that an <c>out</c> argument fills; null if it is no local or parameter.</summary>
    public static ISymbol? OutVariable(InvocationExpressionSyntax call, IParameterSymbol parameter, SemanticModel model)
    {
        var arguments = call.ArgumentList.Arguments;
        var argument = arguments.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == parameter.Name)
            ?? (parameter.Ordinal < arguments.Count && arguments[parameter.Ordinal].NameColon is null ? arguments[parameter.Ordinal] : null);
        return argument?.Expression switch
        {
            DeclarationExpressionSyntax { Designation: SingleVariableDesignationSyntax designation } => model.GetDeclaredSymbol(designation),
            IdentifierNameSyntax name when model.GetSymbolInfo(name).Symbol is ILocalSymbol or IParameterSymbol { RefKind: RefKind.None } => model.GetSymbolInfo(name).Symbol,
            _ => null,
        };
    }

    private static ExpressionSyntax WithCasts(ExpressionSyntax call)
    {
        var whole = Expressions.WithParentheses(call);
        while (whole.Parent is CastExpressionSyntax cast)
            whole = Expressions.WithParentheses(cast);

        return whole;
    }
}
