using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.Analyzers.Access;

namespace PteGuard.CodeFixes.Editing;

/// <summary>Computes <see cref="PointerValue"/>s: by value and not by spelling, so that <c>*(p + 1)</c> and <c>p[1]</c> are one entry.</summary>
internal sealed class PointerValues(SemanticModel model)
{
    private readonly Dictionary<ISymbol, int> _numbers = new(SymbolEqualityComparer.Default);

    /// <summary>The value of the pointer to a slot: to <c>*p</c>, <c>p[i]</c>, or the <c>p</c> of <c>p->f</c>.</summary>
    public PointerValue OfSlot(ExpressionSyntax slot)
    {
        var builder = new Builder(this);
        builder.AddAddress(slot);
        return builder.ToValue();
    }

    /// <summary>The value of a pointer expression.</summary>
    public PointerValue OfPointer(ExpressionSyntax pointer)
    {
        var builder = new Builder(this);
        builder.Add(pointer);
        return builder.ToValue();
    }

    private int Number(ISymbol symbol)
    {
        if (!_numbers.TryGetValue(symbol, out var number))
            _numbers.Add(symbol, number = _numbers.Count);

        return number;
    }

    private sealed class Builder(PointerValues values)
    {
        private readonly StringBuilder _key = new();
        private readonly ImmutableHashSet<ISymbol>.Builder _variables = ImmutableHashSet.CreateBuilder<ISymbol>(SymbolEqualityComparer.Default);
        private PointerStability _stability;
        private bool _usesMemory;

        public PointerValue ToValue() => new(_key.ToString(), _stability, _variables.ToImmutable(), _usesMemory);

        public void AddAddress(ExpressionSyntax slot)
        {
            slot = Expressions.WithoutParentheses(slot);
            switch (slot)
            {
                case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PointerIndirectionExpression } dereference:
                    Add(dereference.Operand);
                    break;
                case ElementAccessExpressionSyntax { ArgumentList.Arguments: [var index] } element:
                    AddSum(element.Expression, index.Expression);
                    break;
                default:
                    Add(slot);
                    break;
            }
        }

        private void AddSum(ExpressionSyntax pointer, ExpressionSyntax index)
        {
            if (values.Model.GetConstantValue(index) is { HasValue: true, Value: int and 0 })
            {
                Add(pointer);
                return;
            }

            Add("(+ ", pointer, index);
        }

        public void Add(ExpressionSyntax expression)
        {
            expression = Expressions.WithoutParentheses(expression);
            if (values.Model.GetConstantValue(expression) is { HasValue: true } constant)
            {
                _key.Append('#').Append(constant.Value ?? "null");
                return;
            }

            switch (expression)
            {
                case ThisExpressionSyntax or BaseExpressionSyntax:
                    _key.Append("this");
                    break;
                case IdentifierNameSyntax name:
                    AddVariable(name, null);
                    break;
                case MemberAccessExpressionSyntax access:
                    AddVariable(access.Name, access.Expression);
                    break;
                case ElementAccessExpressionSyntax { ArgumentList.Arguments: [var index] } element when IsMemory(element.Expression):
                    _usesMemory = true;
                    Add("[ ", element.Expression, index.Expression);
                    break;
                case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PointerIndirectionExpression } dereference:
                    _usesMemory = true;
                    _key.Append("[ ");
                    Add(dereference.Operand);
                    _key.Append(" #0)");
                    break;
                case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.AddressOfExpression } address:
                    AddAddress(address.Operand);
                    break;
                case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum when IsBuiltIn(sum) && values.Model.GetTypeInfo(sum.Left).Type is IPointerTypeSymbol:
                    AddSum(sum.Left, sum.Right);
                    break;
                case BinaryExpressionSyntax binary when IsBuiltIn(binary):
                    Add("(" + binary.OperatorToken.Text + " ", binary.Left, binary.Right);
                    break;
                case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.UnaryMinusExpression or (int)SyntaxKind.UnaryPlusExpression or (int)SyntaxKind.BitwiseNotExpression } unary when IsBuiltIn(unary):
                    _key.Append('(').Append(unary.OperatorToken.Text).Append(' ');
                    Add(unary.Operand);
                    _key.Append(')');
                    break;
                case CastExpressionSyntax cast when values.Model.GetTypeInfo(cast).Type is { } type && !values.Model.GetConversion(cast.Expression).IsUserDefined && IsBuiltIn(cast):
                    _key.Append("(as ").Append(type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)).Append(' ');
                    Add(cast.Expression);
                    _key.Append(')');
                    break;
                default:
                    AddUnknown(expression);
                    break;
            }
        }

        private void Add(string head, ExpressionSyntax left, ExpressionSyntax right)
        {
            _key.Append(head);
            Add(left);
            _key.Append(' ');
            Add(right);
            _key.Append(')');
        }

        private void AddVariable(SimpleNameSyntax name, ExpressionSyntax? container)
        {
            var symbol = values.Model.GetSymbolInfo(name).Symbol;
            switch (symbol)
            {
                case ILocalSymbol or IParameterSymbol:
                    break;
                case IFieldSymbol { IsVolatile: false }:
                case IPropertySymbol property when AutoProperties.Is(property):
                    _usesMemory = true;
                    break;
                default:
                    AddUnknown(container is null ? name : (ExpressionSyntax)name.Parent!);
                    return;
            }

            _variables.Add(symbol);
            if (container is not null && !symbol.IsStatic)
            {
                Add(container);
                _key.Append('.');
            }
            else if (symbol is IFieldSymbol or IPropertySymbol && !symbol.IsStatic)
            {
                _key.Append("this.");
            }

            _key.Append('v').Append(values.Number(symbol));
        }

        private void AddUnknown(ExpressionSyntax expression)
        {
            var moves = expression.DescendantNodesAndSelf().Any(n => n.Kind() is SyntaxKind.PreIncrementExpression or SyntaxKind.PreDecrementExpression
                or SyntaxKind.PostIncrementExpression or SyntaxKind.PostDecrementExpression || n is AssignmentExpressionSyntax);
            _stability = moves || _stability == PointerStability.Moving ? PointerStability.Moving : PointerStability.Opaque;
            _key.Append('`').Append(string.Join(" ", expression.DescendantTokens().Select(t => t.Text))).Append('`');
        }

        private bool IsMemory(ExpressionSyntax indexed) =>
            values.Model.GetTypeInfo(indexed).Type is IPointerTypeSymbol or IArrayTypeSymbol;

        private bool IsBuiltIn(ExpressionSyntax operation) =>
            values.Model.GetSymbolInfo(operation).Symbol is null or IMethodSymbol { MethodKind: MethodKind.BuiltinOperator };
    }

    private SemanticModel Model => model;
}
