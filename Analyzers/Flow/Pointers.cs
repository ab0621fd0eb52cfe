using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;

namespace PteGuard.Analyzers.Flow;

/// <summary>What a dereference is there for.</summary>
internal static class Pointers
{
    /// <summary>Whether a dereference is only written down to take an address: <c>&amp;p[1]</c>, <c>&amp;p->f</c>.</summary>
    public static bool IsOnlyAddressed(IOperation dereference)
    {
        var operation = dereference;
        while (operation.Parent is { } parent)
        {
            if (parent is IAddressOfOperation)
                return true;

            var computesAddress = parent is IFieldReferenceOperation or IInlineArrayAccessOperation
                || (operation is IFieldReferenceOperation { Field.IsFixedSizeBuffer: true } && parent.DereferencedPointer() == operation);
            if (!computesAddress)
                return false;

            operation = parent;
        }

        return false;
    }

    /// <summary>Whether an address lies elsewhere than the pointer that it is computed from: not <c>&amp;*p</c>, but <c>&amp;p[1]</c>.</summary>
    public static bool IsOffset(IAddressOfOperation addressOf) =>
        addressOf.Reference.DereferencedPointer() is null || addressOf.Reference.DereferenceIndex() is not null;

    /// <summary>The syntax that a reader would call the access: <c>p->f</c>, not the <c>p</c> in it.</summary>
    public static SyntaxNode AccessSyntax(IOperation dereference) =>
        dereference.Syntax.Parent is MemberAccessExpressionSyntax access
            && access.IsKind(SyntaxKind.PointerMemberAccessExpression)
            && access.Expression == dereference.Syntax
            ? access
            : dereference.Syntax;

    /// <summary>The pointer whose address arithmetic an address-of operation does; null if there is none.</summary>
    public static IOperation? Base(IAddressOfOperation addressOf)
    {
        for (IOperation? operation = addressOf.Reference; operation is not null;)
        {
            if (operation.DereferencedPointer() is { } pointer)
            {
                if (pointer is not IFieldReferenceOperation { Field.IsFixedSizeBuffer: true } buffer)
                    return pointer;

                operation = buffer.Instance;
                continue;
            }

            operation = operation switch
            {
                IFieldReferenceOperation field => field.Instance,
                IInlineArrayAccessOperation element => element.Instance,
                _ => null,
            };
        }

        return null;
    }

    /// <summary>What a pointer is computed from: the <c>p</c> of <c>(Pte*)(p + 1)</c> and <c>p++</c>.</summary>
    public static IOperation Unwrapped(IOperation operation)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation conversion:
                    operation = conversion.Operand;
                    break;
                case IBinaryOperation { Type: IPointerTypeSymbol } arithmetic:
                    operation = arithmetic.LeftOperand.Type is IPointerTypeSymbol ? arithmetic.LeftOperand : arithmetic.RightOperand;
                    break;
                case IIncrementOrDecrementOperation increment:
                    operation = increment.Target;
                    break;
                case IAddressOfOperation addressOf when Base(addressOf) is { } pointer:
                    operation = pointer;
                    break;
                case ISimpleAssignmentOperation assignment:
                    operation = assignment.Target;
                    break;
                default:
                    return operation;
            }
        }
    }
}
