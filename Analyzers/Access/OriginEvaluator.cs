using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Access;

/// <summary>The origin of one expression, given those of the body's variables.</summary>
internal sealed partial class OriginEvaluator(EntryFacts facts, SyntaxTree tree, Func<PointerVariable, Origin> valueOf)
{
    // Deeper than code that people write; what lies deeper is just not followed.
    private const int DeepestNesting = 200;

    private int _depth;

    public Origin Assigned(PointerAssignment assignment)
    {
        if (assignment.Parameter is { } parameter)
            return Named(Origin.Shared, parameter, parameter.Type);

        if (assignment.Element is { } element)
            return assignment.Source is ILocalReferenceOperation tuple ? valueOf(new(tuple.Local, element)) : Origin.Shared;

        if (assignment.Source.Parent is IForEachLoopOperation)
            return assignment.IsReference ? Elements(assignment.Source) : Loaded(Elements(assignment.Source));

        return assignment.IsReference ? OfStorage(assignment.Source) : Of(assignment.Source);
    }

    public Origin Of(IOperation value)
    {
        if (_depth > DeepestNesting)
            return Origin.Shared;

        _depth++;
        try
        {
            return Typed(Untyped(value), value.Type, null);
        }
        finally
        {
            _depth--;
        }
    }

    public Origin OfStorage(IOperation reference)
    {
        if (_depth > DeepestNesting)
            return Origin.Managed;

        _depth++;
        try
        {
            return Storage(reference);
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>What a view leads to where it is taken to lead to a <paramref name="type"/>: behind a pointer, an entry type makes it an entry.</summary>
    public Origin OfPointee(IOperation view, ITypeSymbol? type)
    {
        var origin = Of(view);
        return origin.Contract is null && view.Type is IPointerTypeSymbol or { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr } ? Pointee(origin, type) : origin;
    }

    /// <summary>The elements of a span, an annotated array or an inline array, as storage.</summary>
    public Origin Elements(IOperation collection)
    {
        collection = collection.Unconverted();
        if (collection.Type.IsSpan() || collection.Type is IArrayTypeSymbol)
            return ArrayElements(Of(collection));

        var storage = OfStorage(collection);
        return storage.Contract is null && collection.Type is INamedTypeSymbol { TypeKind: TypeKind.Struct } inline
            ? AsEntry(storage, inline.ElementOfInlineArray())
            : storage;
    }

    private Origin Untyped(IOperation value)
    {
        switch (value)
        {
            case IConversionOperation { Operand: var operand } conversion:
                return conversion.OperatorMethod is null || value.Type.IsSpan() ? Of(operand) : Origin.Shared;
            case ILiteralOperation or IDefaultValueOperation:
                return IsNull(value) ? Origin.Nothing : Origin.Shared;
            case ILocalReferenceOperation { Local: var local }:
                return Named(local.IsRef ? Loaded(valueOf(new(local))) : valueOf(new(local)), local, value.Type);
            case IParameterReferenceOperation { Parameter: var parameter }:
                return Parameter(parameter).Join(parameter.RefKind == RefKind.None ? valueOf(new(parameter)) : Origin.Nothing);
            case IFieldReferenceOperation field:
                return Field(field);
            case IPropertyReferenceOperation { Property: var property } reference:
                return property.ReturnsByRef || property.ReturnsByRefReadonly ? Loaded(OfStorage(reference)) : Named(Origin.Shared, property, value.Type);
            case IImplicitIndexerReferenceOperation { Instance: var span }:
                return value.Type.IsSpan() ? Of(span) : Loaded(OfStorage(value));
            case IInlineArrayAccessOperation slice when value.Type.IsSpan():
                return Elements(slice.Instance);
            case IArrayElementReferenceOperation { ArrayReference: var array }:
                return value.Type is IArrayTypeSymbol ? Of(array) : Loaded(ArrayElements(Of(array)));
            case IInvocationOperation invocation:
                return Invocation(invocation);
            case IObjectCreationOperation { Arguments: [{ Value: var source } argument, ..] } when value.Type.IsSpan():
                return argument.Parameter?.RefKind is null or RefKind.None ? OfPointee(source, ((INamedTypeSymbol)value.Type!).TypeArguments[0]) : OfStorage(source);
            case IObjectCreationOperation { Arguments: [{ Value: var address }], Type.SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr }:
                return Of(address);
            case IArrayCreationOperation:
                return Origin.Allocation(value);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract or BinaryOperatorKind.And or BinaryOperatorKind.Or } binary:
                return Arithmetic(binary);
            case IIncrementOrDecrementOperation { Target: var target }:
                return Of(target);
            case ISimpleAssignmentOperation { IsRef: false, Value: var assigned }:
                return Of(assigned);
            case ICompoundAssignmentOperation { Target: var target }:
                return Of(target);
            case IConditionalOperation { WhenTrue: var whenTrue, WhenFalse: { } whenFalse }:
                return Of(whenTrue).Join(Of(whenFalse));
            case ISwitchExpressionOperation { Arms: var arms }:
                var joined = Origin.Nothing;
                foreach (var arm in arms)
                    joined = joined.Join(Of(arm.Value));
                return joined;
            case IAddressOfOperation { Reference: var reference }:
                // A managed object that is pinned may be a table like any other.
                return OfStorage(reference) is var storage && storage == Origin.Managed ? Origin.Shared : storage;
            case { Kind: OperationKind.None }:
                return Unmodelled(value);
            default:
                return Origin.Shared;
        }
    }

    private Origin Unmodelled(IOperation value)
    {
        if (value.IsStackAllocation())
            return Origin.Stack;

        if (value.DereferencedPointer() is { } pointer)
            return Loaded(Of(pointer));

        // The initializer of fixed.
        return value.Type is IPointerTypeSymbol && value.OnlyChild() is { } pinned ? Of(pinned) : Origin.Shared;
    }

    private Origin Arithmetic(IBinaryOperation binary)
    {
        // The left operands of a long sum nest deeply.
        var joined = Origin.Nothing;
        IOperation operand = binary;
        while (operand is IBinaryOperation { LeftOperand: var left, RightOperand: var right } sum)
        {
            if (left.Type is IPointerTypeSymbol && right.Type is IPointerTypeSymbol)
                return Origin.Shared;

            if (right.Type is IPointerTypeSymbol)
                return joined.Join(Of(right));

            // Of an address and an offset, the address says where it is.
            if (left.Type is not IPointerTypeSymbol && Of(right) is { Contract: not null } addend)
                joined = joined.Join(addend);

            operand = left;
            if (sum.OperatorKind is not (BinaryOperatorKind.Add or BinaryOperatorKind.Subtract or BinaryOperatorKind.And or BinaryOperatorKind.Or))
                break;
        }

        return joined.Join(Of(operand));
    }

    private Origin Field(IFieldReferenceOperation reference)
    {
        var field = reference.Field;
        if (field.ContainingType.IsTupleType && PointerAssignments.Variable(reference) is { } element)
            return valueOf(element);

        if (!field.IsFixedSizeBuffer || reference.Instance is not { } instance)
            return Named(Origin.Shared, field, reference.Type);

        var storage = OfStorage(instance);
        return Named(storage == Origin.Managed ? Origin.Shared : storage, field, reference.Type);
    }

    private Origin Invocation(IInvocationOperation invocation)
    {
        var method = invocation.TargetMethod;
        if (Allocators.Contains(method))
            return Origin.Allocation(invocation);

        // Whose tables nobody else sees gives such a table back.
        if (facts.IsUnpublished(method.OriginalDefinition, tree))
            return Named(Origin.Allocation(invocation), method, invocation.Type);

        if (Passed(invocation) is { } passed)
            return passed;

        var origin = method.MethodKind == MethodKind.LocalFunction ? valueOf(new(method.OriginalDefinition)) : Origin.Shared;
        return Named(origin == Origin.Nothing ? Origin.Shared : origin, method, invocation.Type);
    }

    /// <summary>What a method such as <c>Unsafe.Add</c> gives back of what it was given; null if it is none.</summary>
    private Origin? Passed(IInvocationOperation invocation)
    {
        if (FrameworkCalls.Operands(invocation.TargetMethod) is not { } operands || FrameworkCalls.Role(operands, 0) != OperandRole.Passes)
            return null;

        if (invocation.Instance is { } receiver)
            return Of(receiver);

        foreach (var argument in invocation.Arguments)
        {
            if (argument.Parameter is { Ordinal: 0, RefKind: var kind })
                return kind == RefKind.None ? OfPointee(argument.Value, invocation.Type) : OfStorage(argument.Value);
        }

        return Origin.Shared;
    }

    /// <summary>What a pointer that is itself loaded from somewhere points to: entries only where the outer pointer was annotated so.</summary>
    private static Origin Loaded(Origin storage) =>
        storage is { Contract: { } contract, Entry: IPointerTypeSymbol { PointedAtType: var entry } } ? Origin.Shared.As(contract, entry) : Origin.Shared;

    private Origin Parameter(IParameterSymbol parameter) =>
        Named(EntryFacts.IsUnpublished(parameter) ? Origin.Stack : Origin.Shared, parameter, parameter.Type);

    private Origin Named(Origin origin, ISymbol symbol, ITypeSymbol? type)
    {
        if (symbol is not ILocalSymbol && facts.OfSymbol(symbol) is { } contract)
            return origin.As(contract, EntryFacts.ElementOf(type!));

        return Typed(origin, type, symbol.Name);
    }

    private Origin Typed(Origin origin, ITypeSymbol? type, string? name)
    {
        if (type is not IPointerTypeSymbol { PointedAtType: var pointee })
            return origin;

        if (facts.OfType(pointee, tree) is { } typed)
            return origin.As(typed, pointee);

        return origin.Contract is null && facts.OfRawPointer(type, name, tree) is { } raw ? origin.As(raw, EntryFacts.ElementOf(type)) : origin;
    }

    private static bool IsNull(IOperation value) => value is IDefaultValueOperation || value.ConstantValue is { HasValue: true, Value: null or 0 };
}
