using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;

namespace PteGuard.CodeFixes.Editing;

/// <summary>Finds the pointer through which code gets at an entry.</summary>
internal sealed class EntryAddresses(SemanticModel model)
{
    /// <summary>The address of the accessed entry; null if there is no pointer to it: a span's element, an unknown reference.</summary>
    public EntryAddress? Of(EntryAccess access)
    {
        if (access.Slot is not ExpressionSyntax slot)
            return null;

        if (access.Operation is IInvocationOperation { Syntax: InvocationExpressionSyntax call } invocation && call != slot && call.Span.Contains(slot.Span))
            return new EntryAddress(call, Expressions.WithoutParentheses(slot), invocation.Type, AddressForm.Argument);

        var place = Expressions.WithParentheses(slot);
        if (IsArrowReceiver(place))
            return new EntryAddress(place, Expressions.WithoutParentheses(place), (model.GetTypeInfo(place).Type as IPointerTypeSymbol)?.PointedAtType, AddressForm.Receiver);

        slot = Expressions.WithoutParentheses(slot);
        switch (slot)
        {
            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PointerIndirectionExpression } dereference:
                var operand = Expressions.WithoutParentheses(dereference.Operand);
                return new EntryAddress(slot, Unwrapped(operand, access.EntryType), model.GetTypeInfo(slot).Type, AddressForm.Operand);

            case ElementAccessExpressionSyntax { ArgumentList.Arguments.Count: 1 } element when model.GetTypeInfo(element.Expression).Type is IPointerTypeSymbol:
                return new EntryAddress(slot, slot, model.GetTypeInfo(slot).Type, AddressForm.Element);

            case IdentifierNameSyntax name when ReferenceLocals.Referent(name, model) is { } referent:
                return Of(access with { Slot = referent }) is { } address ? address with { Place = name } : null;

            // Unsafe.As<Pte, ulong>(ref *p) is *p by another type.
            case InvocationExpressionSyntax { ArgumentList.Arguments: [{ RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword, Expression: var referent }] } cast
                when model.GetSymbolInfo(cast).Symbol is IMethodSymbol { Name: "As", Parameters: [var parameter] } method && FrameworkCalls.Role(method, parameter) == OperandRole.Passes:
                return Of(access with { Operation = model.GetOperation(referent) ?? access.Operation, Slot = referent }) is { } origin
                    ? origin with { Place = cast, Type = method.ReturnType }
                    : null;

            default:
                return null;
        }
    }

    public static bool IsArrowReceiver(ExpressionSyntax place) =>
        place.Parent is MemberAccessExpressionSyntax { RawKind: (int)SyntaxKind.PointerMemberAccessExpression } access && access.Expression == place;

    /// <summary>The pointer to the entry itself under a cast that looks at it as another type.</summary>
    private ExpressionSyntax Unwrapped(ExpressionSyntax pointer, ITypeSymbol? entry)
    {
        var inner = pointer;
        while (inner is CastExpressionSyntax cast)
        {
            inner = Expressions.WithoutParentheses(cast.Expression);
            if (entry is not null && model.GetTypeInfo(inner).Type is IPointerTypeSymbol { PointedAtType: var pointee } && SymbolEqualityComparer.Default.Equals(pointee, entry))
                return inner;
        }

        return pointer;
    }
}
