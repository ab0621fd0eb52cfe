using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.CodeFixes.Editing;

/// <summary>
/// Tells expressions apart that read an entry may be moved across: those without effects, whose value the
/// outside world cannot change.
/// </summary>
internal sealed class Inertness(SemanticModel model)
{
    public bool Is(ExpressionSyntax expression)
    {
        var others = ImmutableArray.CreateBuilder<ExpressionSyntax>();
        Collect(expression, others);
        return others.Count == 0;
    }

    /// <summary>Adds the parts of an expression that are not inert, in order of evaluation, the outermost of each.</summary>
    public void Collect(ExpressionSyntax expression, ImmutableArray<ExpressionSyntax>.Builder others)
    {
        switch (expression)
        {
            case LiteralExpressionSyntax or ThisExpressionSyntax or BaseExpressionSyntax or DefaultExpressionSyntax or SizeOfExpressionSyntax or TypeOfExpressionSyntax
                or PredefinedTypeSyntax or AnonymousFunctionExpressionSyntax or DeclarationExpressionSyntax:
                return;

            case ParenthesizedExpressionSyntax parenthesized:
                Collect(parenthesized.Expression, others);
                return;

            case CastExpressionSyntax cast when !IsUserDefined(cast) && !model.GetConversion(cast.Expression).IsUserDefined:
                Collect(cast.Expression, others);
                return;

            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.AddressOfExpression } address:
                CollectPlace(address.Operand, others);
                return;

            case PrefixUnaryExpressionSyntax unary when !IsUserDefined(unary) && unary.Kind() is SyntaxKind.UnaryMinusExpression
                or SyntaxKind.UnaryPlusExpression or SyntaxKind.BitwiseNotExpression or SyntaxKind.LogicalNotExpression:
                Collect(unary.Operand, others);
                return;

            // A division can throw, and then what follows must not have happened.
            case BinaryExpressionSyntax binary when !binary.IsKind(SyntaxKind.DivideExpression) && !binary.IsKind(SyntaxKind.ModuloExpression) && !IsUserDefined(binary):
                Collect(binary.Left, others);
                if (!binary.IsKind(SyntaxKind.IsExpression) && !binary.IsKind(SyntaxKind.AsExpression))
                    Collect(binary.Right, others);
                return;

            case NameSyntax or MemberAccessExpressionSyntax when IsInertName(expression):
                return;

            // The place that a store goes to; storing comes later.
            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PointerIndirectionExpression } or ElementAccessExpressionSyntax or MemberAccessExpressionSyntax or IdentifierNameSyntax
                when expression.Parent is AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } assignment && assignment.Left == expression:
                CollectPlace(expression, others);
                return;

            default:
                others.Add(expression);
                return;
        }
    }

    private void CollectPlace(ExpressionSyntax place, ImmutableArray<ExpressionSyntax>.Builder others)
    {
        switch (Expressions.WithoutParentheses(place))
        {
            case PrefixUnaryExpressionSyntax dereference:
                Collect(dereference.Operand, others);
                break;
            case ElementAccessExpressionSyntax element:
                Collect(element.Expression, others);
                foreach (var argument in element.ArgumentList.Arguments)
                    Collect(argument.Expression, others);
                break;
            case MemberAccessExpressionSyntax access when model.GetSymbolInfo(access).Symbol is IFieldSymbol or IPropertySymbol { IsStatic: false }:
                Collect(access.Expression, others);
                break;
            case IdentifierNameSyntax name when model.GetSymbolInfo(name).Symbol is ILocalSymbol or IParameterSymbol or IFieldSymbol or IPropertySymbol:
                break;
            default:
                others.Add(place);
                break;
        }
    }

    private bool IsInertName(ExpressionSyntax name) => model.GetSymbolInfo(name).Symbol switch
    {
        ILocalSymbol { IsRef: false } or IParameterSymbol { RefKind: RefKind.None } or IRangeVariableSymbol => true,
        INamespaceOrTypeSymbol or IFieldSymbol { IsConst: true } or IDiscardSymbol => true,
        IFieldSymbol { IsVolatile: false, IsStatic: false } => name is IdentifierNameSyntax
            || (name is MemberAccessExpressionSyntax { RawKind: (int)SyntaxKind.SimpleMemberAccessExpression, Expression: var container } && (container is ThisExpressionSyntax || IsInertName(container))),
        _ => false,
    };

    private bool IsUserDefined(ExpressionSyntax operation) =>
        model.GetSymbolInfo(operation).Symbol is IMethodSymbol { MethodKind: not MethodKind.BuiltinOperator };
}
