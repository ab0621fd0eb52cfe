using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Access;

/// <summary>Whether two expressions of one statement denote the same entry, however they spell it.</summary>
internal static class SlotIdentity
{
    private const int DeepestNesting = 64;

    public static bool AreSame(IOperation left, IOperation right) => Same(left, right, 0);

    /// <summary>Whether a pointer points to the entry that a slot denotes.</summary>
    public static bool PointsTo(IOperation pointer, IOperation slot)
    {
        pointer = pointer.Unconverted();
        return pointer is IAddressOfOperation { Reference: var reference }
            ? AreSame(reference, slot)
            : slot.DereferencedPointer() is { } && SameAddress(Address(pointer), Dereferenced(slot), 0);
    }

    private static bool Same(IOperation left, IOperation right, int depth)
    {
        left = left.Unconverted();
        right = right.Unconverted();
        if (depth > DeepestNesting)
            return false;

        if (left.DereferencedPointer() is not null)
            return right.DereferencedPointer() is not null && SameAddress(Dereferenced(left), Dereferenced(right), depth + 1);

        if (left.ConstantValue is { HasValue: true } constant)
            return right.ConstantValue is { HasValue: true } other && Equals(constant.Value, other.Value);

        return left.Kind == right.Kind && IsSameSymbol(left, right) && HaveSameChildren(left, right, depth);
    }

    private static bool IsSameSymbol(IOperation left, IOperation right) => (left, right) switch
    {
        (ILocalReferenceOperation a, ILocalReferenceOperation b) => AreEqual(a.Local, b.Local),
        (IParameterReferenceOperation a, IParameterReferenceOperation b) => AreEqual(a.Parameter, b.Parameter),
        (IMemberReferenceOperation a, IMemberReferenceOperation b) => AreEqual(a.Member, b.Member),
        (IInvocationOperation a, IInvocationOperation b) => AreEqual(a.TargetMethod, b.TargetMethod),
        (IBinaryOperation a, IBinaryOperation b) => a.OperatorKind == b.OperatorKind,
        (IUnaryOperation a, IUnaryOperation b) => a.OperatorKind == b.OperatorKind,
        (IArgumentOperation a, IArgumentOperation b) => AreEqual(a.Parameter, b.Parameter),
        _ => left.Kind is OperationKind.InstanceReference or OperationKind.ArrayElementReference or OperationKind.InlineArrayAccess
            or OperationKind.AddressOf or OperationKind.ImplicitIndexerReference or OperationKind.Conditional,
    };

    private static bool HaveSameChildren(IOperation left, IOperation right, int depth)
    {
        var others = right.ChildOperations.GetEnumerator();
        foreach (var child in left.ChildOperations)
        {
            if (!others.MoveNext() || !Same(child, others.Current, depth + 1))
                return false;
        }

        return !others.MoveNext();
    }

    /// <summary><c>*p</c>, <c>p[0]</c>, <c>p-></c> are one address, and so are <c>p[i]</c>, <c>*(p + i)</c>.</summary>
    private static bool SameAddress((IOperation Base, IOperation? Index) left, (IOperation Base, IOperation? Index) right, int depth) =>
        Same(left.Base, right.Base, depth)
        && (left.Index is null || right.Index is null ? IsZero(left.Index) && IsZero(right.Index) : Same(left.Index, right.Index, depth));

    private static (IOperation Base, IOperation? Index) Dereferenced(IOperation slot)
    {
        var pointer = slot.DereferencedPointer()!;
        return slot.DereferenceIndex() is { } index ? (pointer, index) : Address(pointer);
    }

    private static (IOperation Base, IOperation? Index) Address(IOperation pointer)
    {
        pointer = pointer.Unconverted();
        return pointer is IBinaryOperation { OperatorKind: BinaryOperatorKind.Add, LeftOperand: { Type: IPointerTypeSymbol } start, RightOperand: var offset }
            ? (start, offset)
            : (pointer, null);
    }

    private static bool IsZero(IOperation? index) => index is null || index.ConstantValue is { HasValue: true, Value: 0 or 0L or 0u or 0ul };

    private static bool AreEqual(ISymbol? left, ISymbol? right) => SymbolEqualityComparer.Default.Equals(left, right);
}
