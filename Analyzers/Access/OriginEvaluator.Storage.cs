using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Access;

/// <content>The origin of storage: of what <c>*p</c>, a ref local or a span's element denote.</content>
internal sealed partial class OriginEvaluator
{
    private Origin Storage(IOperation reference)
    {
        switch (reference)
        {
            case ILocalReferenceOperation { Local: var local }:
                return local.IsRef ? valueOf(new(local)) : Origin.Stack;
            case IParameterReferenceOperation { Parameter: { RefKind: not RefKind.None } parameter }:
                return facts.OfSymbol(parameter) is { } contract && !EntryFacts.IsUnpublished(parameter)
                    ? Origin.Shared.As(contract, EntryFacts.ElementOf(parameter.Type))
                    : Origin.Managed;
            case IParameterReferenceOperation:
                return Origin.Stack;
            case IFieldReferenceOperation field:
                return FieldStorage(field);
            case IInlineArrayAccessOperation element:
                return AsEntry(OfStorage(element.Instance), element.Type);
            case IArrayElementReferenceOperation { ArrayReference: var array }:
                return ArrayElements(Of(array));
            case IImplicitIndexerReferenceOperation { Instance: var span } when span.Type.IsSpan():
                return Of(span);
            case IPropertyReferenceOperation { Instance: { } span } when span.Type.IsSpan():
                return Of(span);
            case IPropertyReferenceOperation { Property: { ReturnsByRef: true } or { ReturnsByRefReadonly: true } } property:
                return Referenced(property.Property, property.Type);
            case IInvocationOperation { TargetMethod: { ReturnsByRef: true } or { ReturnsByRefReadonly: true } } call:
                return Passed(call) ?? (call.TargetMethod.MethodKind == MethodKind.LocalFunction
                    ? valueOf(new(call.TargetMethod.OriginalDefinition))
                    : Referenced(call.TargetMethod, call.Type));
            case IConditionalOperation { IsRef: true, WhenFalse: { } whenFalse } conditional:
                return OfStorage(conditional.WhenTrue).Join(OfStorage(whenFalse));
            case ISimpleAssignmentOperation { IsRef: true, Value: var value }:
                return OfStorage(value);
            default:
                return reference.DereferencedPointer() is { } pointer ? Pointee(Of(pointer), reference.Type) : Origin.Managed;
        }
    }

    private Origin FieldStorage(IFieldReferenceOperation reference)
    {
        if (reference.Field.RefKind != RefKind.None)
            return Referenced(reference.Field, reference.Type);

        return reference is { Instance: { Type.IsValueType: true } instance }
            ? AsEntry(OfStorage(instance), reference.Type)
            : Origin.Managed;
    }

    /// <summary>What a user's own method, property or field gives by reference: an entry, if it has the type or the name of one.</summary>
    private Origin Referenced(ISymbol symbol, ITypeSymbol? type)
    {
        if (facts.OfSymbol(symbol) is { } contract)
            return Origin.Shared.As(contract, type);

        return symbol.IsFramework() ? Origin.Managed : AsEntry(Origin.Shared, type);
    }

    private Origin Pointee(Origin pointer, ITypeSymbol? type)
    {
        if (pointer == Origin.Nothing)
            pointer = Origin.Shared;

        // *(Pte*)raw is a Pte, whatever raw was.
        return facts.OfType(type, tree) is { } contract ? pointer.As(contract, type) : pointer;
    }

    /// <summary>A part of some storage: it belongs to an entry already, or is one by its own type.</summary>
    private Origin AsEntry(Origin storage, ITypeSymbol? type) =>
        storage.Contract is null && storage.IsShared | !storage.Allocations.IsEmpty && facts.OfType(type, tree) is { } contract
            ? storage.As(contract, type)
            : storage;

    private static Origin ArrayElements(Origin array) =>
        array.Contract is not null || !array.IsShared ? array : Origin.Managed;
}
