using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Snapshots;

/// <summary>Numbers the values of pointer expressions, by value and not by spelling: <c>*(p + 1)</c> and <c>p[1]</c> are one entry.</summary>
internal sealed class PointerNumbers(BodyFacts body, Numbers numbers)
{
    /// <summary>Deeper expressions than people write are not understood, so that no stack overflows.</summary>
    private const int Depth = 50;

    /// <summary>The state of all memory that code elsewhere can reach.</summary>
    public static readonly object Everything = new();

    /// <summary>The state of what pointers and array elements denote.</summary>
    public static readonly object Elements = new();

    /// <summary>The value of an expression; null if it is not known.</summary>
    public Number? Of(IOperation operation, SnapshotState state) => Of(operation, state, 0);

    /// <summary>The address of the entry that a dereference denotes, or a reader is given; null if it is not known.</summary>
    public Number? AddressOf(IOperation operation, SnapshotState state) =>
        operation is IInvocationOperation { Arguments: [{ Value: var given }, ..] } ? Of(given, state, 0) : AddressOf(operation, state, 0);

    private Number Held(object place, SnapshotState state) =>
        state.Values.TryGetValue(place, out var value) ? value : numbers.Leaf(place);

    private Number? Variable(ISymbol variable, RefKind refKind, SnapshotState state)
    {
        if (body.IsOpaque(variable))
            return null;

        return refKind == RefKind.None
            ? Held(variable, state)
            : numbers.Load(variable, null, Held(Elements, state), Held(Everything, state));
    }

    private Number? Of(IOperation operation, SnapshotState state, int depth)
    {
        if (depth++ > Depth)
            return null;

        if (operation.ConstantValue is { HasValue: true, Value: var constant })
            return numbers.Constant(constant);

        switch (operation)
        {
            case ILocalReferenceOperation local:
                return Variable(local.Local, local.Local.RefKind, state);
            case IParameterReferenceOperation parameter:
                return Variable(parameter.Parameter, parameter.Parameter.RefKind, state);
            case IFlowCaptureReferenceOperation capture:
                return state.Values.TryGetValue(capture.Id, out var captured) ? captured : null;
            case IInstanceReferenceOperation { Type: { } type }:
                return numbers.Leaf(type);
            case IConversionOperation { OperatorMethod: null } conversion:
                return Converted(conversion, state, depth);
            case IFieldReferenceOperation { Field.IsVolatile: false } field:
                return Member(field, field.Field.IsReadOnly, state, depth);
            case IPropertyReferenceOperation property when AutoProperties.Is(property.Property):
                return Member(property, property.Property.IsReadOnly, state, depth);
            case IArrayElementReferenceOperation { Indices: [var index] } element:
                return Of(element.ArrayReference, state, depth) is { } array && Of(index, state, depth) is { } position
                    ? numbers.Load(null, numbers.Compound("element", null, array, position), Held(Elements, state), Held(Everything, state))
                    : null;
            case IAddressOfOperation { Reference: var reference }:
                return BodyFacts.Variable(reference) is { } variable ? numbers.Leaf((nameof(IAddressOfOperation), variable)) : AddressOf(reference, state, depth);
            case ISimpleAssignmentOperation { IsRef: false } assignment:
                return Of(assignment.Value, state, depth);
            case IIncrementOrDecrementOperation { IsPostfix: true }:
                return numbers.Compound("before", null, numbers.Leaf(operation), null);
            case IInvocationOperation or IObjectCreationOperation or ICompoundAssignmentOperation or IIncrementOrDecrementOperation:
                return numbers.Leaf(operation);
            case IBinaryOperation { OperatorMethod: null } binary:
                return Binary(binary, state, depth);
            default:
                return operation.DereferencedPointer() is not null && AddressOf(operation, state, depth) is { } address
                    ? numbers.Load(null, address, Held(Elements, state), Held(Everything, state))
                    : null;
        }
    }

    private Number? AddressOf(IOperation operation, SnapshotState state, int depth)
    {
        if (depth++ > Depth)
            return null;

        if (operation.DereferencedPointer() is { } pointer)
        {
            return operation.DereferenceIndex() is { } index
                ? Sum(pointer, index, "+", state, depth)
                : Of(pointer, state, depth);
        }

        return operation is IFieldReferenceOperation { Instance: { } instance } field && AddressOf(instance, state, depth) is { } start
            ? numbers.Compound("field", field.Field, start, null)
            : null;
    }

    private Number? Sum(IOperation pointer, IOperation index, string kind, SnapshotState state, int depth)
    {
        if (Of(pointer, state, depth) is not { } start || Of(index, state, depth) is not { } offset)
            return null;

        return index.ConstantValue is { HasValue: true, Value: 0 or 0L or 0u or 0ul } ? start : numbers.Compound(kind, pointer.Type, start, offset);
    }

    private Number? Binary(IBinaryOperation binary, SnapshotState state, int depth)
    {
        if (binary is { Type: IPointerTypeSymbol, OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract })
        {
            var (pointer, offset) = binary.LeftOperand.Type is IPointerTypeSymbol ? (binary.LeftOperand, binary.RightOperand) : (binary.RightOperand, binary.LeftOperand);
            return Sum(pointer, offset, binary.OperatorKind == BinaryOperatorKind.Add ? "+" : "-", state, depth);
        }

        return Of(binary.LeftOperand, state, depth) is { } left && Of(binary.RightOperand, state, depth) is { } right
            ? numbers.Compound("operator", (binary.OperatorKind, binary.Type), left, right)
            : null;
    }

    // A pointer is the same address whatever it is taken to point to; a number may lose bits.
    private Number? Converted(IConversionOperation conversion, SnapshotState state, int depth)
    {
        if (Of(conversion.Operand, state, depth) is not { } operand)
            return null;

        return conversion.IsImplicit || conversion.Type is IPointerTypeSymbol || conversion.Operand.Type is IPointerTypeSymbol
            ? operand
            : numbers.Compound("conversion", conversion.Type, operand, null);
    }

    private Number? Member(IMemberReferenceOperation reference, bool isReadOnly, SnapshotState state, int depth)
    {
        var member = reference.Member;
        if (reference.Instance is not { } instance)
            return member.IsStatic ? numbers.Load(member, null, Held(member, state), isReadOnly ? null : Held(Everything, state)) : null;

        // Of a struct in a variable, nobody else can reach the fields.
        var address = AddressOf(instance, state, depth);
        if ((address ?? Of(instance, state, depth)) is not { } container)
            return null;

        var isOwn = address is null && instance is not IInstanceReferenceOperation && instance.Type is { IsValueType: true } && BodyFacts.Variable(instance) is { } variable && RefKindOf(variable) == RefKind.None;
        return numbers.Load(member, container, Held(member, state), isOwn || isReadOnly ? null : Held(Everything, state));
    }

    public static RefKind RefKindOf(ISymbol variable) => (variable as ILocalSymbol)?.RefKind ?? (variable as IParameterSymbol)?.RefKind ?? RefKind.None;
}
