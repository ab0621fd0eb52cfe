using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Access;

/// <summary>Finds the expressions of one body that denote an entry.</summary>
internal sealed class EntrySlots(IOperation root, EntryFacts facts)
{
    private PointerOrigins? _origins;
    private Publications? _publications;

    /// <summary>Computed for the first expression that could be an entry; most bodies have none.</summary>
    public PointerOrigins Origins => _origins ??= new PointerOrigins(root, facts);

    public EntrySlot? Of(IOperation operation)
    {
        if (!MayDenoteEntry(operation))
            return null;

        var origin = Origins.OfStorage(operation);
        if (origin.Contract is not { } contract || IsPart(operation))
            return null;

        return new(operation, origin, origin.Entry, contract);
    }

    /// <summary>The elements of an inline array in a table, if they are entries and the table itself is none.</summary>
    public Origin? OfInlineEntries(IOperation collection) =>
        collection.Type is INamedTypeSymbol { TypeKind: TypeKind.Struct, SpecialType: SpecialType.None } type
        && type.ElementOfInlineArray() is { } element && facts.OfType(element, root.Syntax.SyntaxTree) is not null
        && Origins.OfStorage(collection).Contract is null
            ? Origins.OfElements(collection)
            : null;

    /// <summary>Whether only this body can see the entry when the operation touches it.</summary>
    public bool IsPrivate(Origin origin, IOperation operation)
    {
        if (origin.IsShared)
            return false;

        if (origin.Allocations.IsEmpty)
            return origin.IsPrivate;

        _publications ??= new Publications(root, Origins, facts);
        foreach (var allocation in origin.Allocations)
        {
            if (_publications.MayPrecede(operation, allocation))
                return false;
        }

        return true;
    }

    /// <summary>The cheap half of the question, asked for every operation of a body.</summary>
    private bool MayDenoteEntry(IOperation operation) => operation switch
    {
        ILocalReferenceOperation { Local: var local } => local.IsRef && operation.Type is not IPointerTypeSymbol,
        IParameterReferenceOperation { Parameter: var parameter } => parameter.RefKind != RefKind.None && parameter.Has(Contract.EntryPointer) && operation.Type is not IPointerTypeSymbol,
        IFieldReferenceOperation { Field: var field } => field.RefKind != RefKind.None
            || field is { IsStatic: false, ContainingType.IsValueType: true } && facts.OfType(operation.Type, root.Syntax.SyntaxTree) is not null,
        IInlineArrayAccessOperation => facts.OfType(operation.Type, root.Syntax.SyntaxTree) is not null,
        IImplicitIndexerReferenceOperation => !operation.Type.IsSpan(),
        IPropertyReferenceOperation { Property: var property } => (property.ReturnsByRef || property.ReturnsByRefReadonly) && operation.Type is not IPointerTypeSymbol,
        IInvocationOperation { TargetMethod: var method } => (method.ReturnsByRef || method.ReturnsByRefReadonly) && operation.Type is not IPointerTypeSymbol,
        IArrayElementReferenceOperation => operation.Type is not IPointerTypeSymbol and not IArrayTypeSymbol,
        IConditionalOperation { IsRef: true } => operation.Type is not IPointerTypeSymbol,
        { Kind: OperationKind.None } => operation.Type is not IPointerTypeSymbol && operation.DereferencedPointer() is not null,
        _ => false,
    };

    /// <summary>Whether the expression is a part of an entry that is denoted further down.</summary>
    private bool IsPart(IOperation operation) => operation switch
    {
        IFieldReferenceOperation { Field.RefKind: RefKind.None, Instance: { Type.IsValueType: true } instance } => Origins.OfStorage(instance).Contract is not null,
        IInlineArrayAccessOperation { Instance: var instance } => Origins.OfStorage(instance).Contract is not null,
        _ => operation.DereferencedPointer() is IFieldReferenceOperation { Field.IsFixedSizeBuffer: true, Instance: { } table }
            && Origins.OfStorage(table).Contract is not null,
    };
}
