using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Access;

/// <summary>Tells from where an entry stands what is done to it.</summary>
internal sealed class AccessClassifier(MemberEffects effects, Departures departures)
{
    public EntryAccess Classify(in EntrySlot slot)
    {
        var operation = slot.Operation;
        var extent = slot.Extent;
        for (; StepsInto(operation); operation = operation.Parent!)
        {
            if (operation.Parent is not IFieldReferenceOperation { Field: var field } || !EntryLayout.IsWholeStruct(field))
                extent = EntryExtent.Part;
            else if (extent == EntryExtent.Whole)
                extent = EntryExtent.Word;
        }

        return operation.Parent switch
        {
            IConditionalOperation { IsRef: true } choice when choice.Condition != operation => Access(slot, EntryAccessKind.None, extent),
            IInlineArrayAccessOperation slice when slice.Instance == operation => Access(slot, EntryAccessKind.None, extent),
            IInvocationOperation call when call.Instance == operation => Call(slot, call, extent),
            IPropertyReferenceOperation property when property.Instance == operation => Property(slot, property),
            IEventReferenceOperation { Parent: { } change } member when member.Instance == operation => Access(slot, EntryAccessKind.ReadModifyWrite, EntryExtent.Part, change.Syntax),
            IArgumentOperation { Parameter: { } parameter } argument => Argument(slot, argument, parameter, extent),
            IAddressOfOperation or INameOfOperation or ITypeOfOperation or ISizeOfOperation => Access(slot, EntryAccessKind.None, extent),
            { Kind: OperationKind.None, Syntax: MakeRefExpressionSyntax } => Access(slot, EntryAccessKind.Escape, extent),
            _ => Value(slot, operation, extent),
        };
    }

    /// <summary>Whether the parent denotes a part of what the operation denotes.</summary>
    private static bool StepsInto(IOperation operation) => operation.Parent switch
    {
        IFieldReferenceOperation { Field.RefKind: RefKind.None } field => field.Instance == operation,
        IInlineArrayAccessOperation element => element.Instance == operation && !element.Type.IsSpan(),
        { } parent => operation is IFieldReferenceOperation { Field.IsFixedSizeBuffer: true } && parent.DereferencedPointer() == operation,
        null => false,
    };

    private EntryAccess Value(in EntrySlot slot, IOperation operation, EntryExtent extent)
    {
        // A fixed buffer that is not indexed is only an address.
        if (operation is IFieldReferenceOperation { Field.IsFixedSizeBuffer: true })
            return Access(slot, EntryAccessKind.None, extent);

        if (Change(operation) is { Kind: var kind, Site: var site })
            return Access(slot, kind, extent, site);

        // A reference that a local keeps is followed.
        if (operation.Syntax.IsByReference())
            return Access(slot, departures.Leaves(operation, slot.EntryType, slot.Contract) ? EntryAccessKind.Escape : EntryAccessKind.None, extent);

        return Access(slot, HasRefKeyword(operation.Syntax) ? EntryAccessKind.Escape : EntryAccessKind.Read, extent);
    }

    /// <summary>How a storage location is changed where it stands, and by what; null if it is not.</summary>
    private static (EntryAccessKind Kind, SyntaxNode Site)? Change(IOperation target)
    {
        switch (target.Parent)
        {
            case ISimpleAssignmentOperation assignment when assignment.Target == target:
                return (assignment.IsRef ? EntryAccessKind.None : EntryAccessKind.Write, assignment.Syntax);
            case ICompoundAssignmentOperation or ICoalesceAssignmentOperation when ((IAssignmentOperation)target.Parent).Target == target:
                return (EntryAccessKind.ReadModifyWrite, target.Parent.Syntax);
            case IIncrementOrDecrementOperation increment:
                return (EntryAccessKind.ReadModifyWrite, increment.Syntax);
            case IDeconstructionAssignmentOperation deconstruction when deconstruction.Target == target:
                return (EntryAccessKind.Write, target.Syntax);
            case ITupleOperation tuple when Assigner(tuple) is not null:
                return (EntryAccessKind.Write, target.Syntax);
            default:
                return null;
        }
    }

    /// <summary>The deconstruction that assigns to a tuple's elements.</summary>
    public static IDeconstructionAssignmentOperation? Assigner(ITupleOperation tuple)
    {
        IOperation element = tuple;
        while (element.Parent is ITupleOperation outer)
            element = outer;

        return element.Parent is IDeconstructionAssignmentOperation assignment && assignment.Target == element ? assignment : null;
    }

    private EntryAccess Call(in EntrySlot slot, IInvocationOperation call, EntryExtent extent)
    {
        // A member of the entry may touch all of it; a member of one of its fields, that field.
        extent = extent == EntryExtent.Whole ? EntryExtent.Part : extent;
        switch (Receiver(call.TargetMethod, slot))
        {
            case RefKind.None when !call.TargetMethod.ContainingType.IsExtensionBlock() && effects.Of(call.TargetMethod) is var effect and not MemberEffect.Reads:
                return Access(slot, EntryAccessKind.ReadModifyWrite, extent, call.Syntax) with { IsPresumed = effect == MemberEffect.Unknown };
            case RefKind.Ref:
                return Access(slot, EntryAccessKind.Escape, extent);
            default:
                return Access(slot, EntryAccessKind.Read, extent);
        }
    }

    private EntryAccess Property(in EntrySlot slot, IPropertyReferenceOperation reference)
    {
        var property = reference.Property;
        if (property.ReturnsByRef)
            return Access(slot, EntryAccessKind.Escape, EntryExtent.Part);

        if (Change(reference) is { Site: var site })
            return Access(slot, EntryAccessKind.ReadModifyWrite, EntryExtent.Part, site);

        switch (property.GetMethod is { } getter ? Receiver(getter, slot) : RefKind.In)
        {
            case RefKind.None when !property.ContainingType.IsExtensionBlock() && effects.Of(property.GetMethod!) is var effect and not MemberEffect.Reads:
                return Access(slot, EntryAccessKind.ReadModifyWrite, EntryExtent.Part, reference.Syntax) with { IsPresumed = effect == MemberEffect.Unknown };
            case RefKind.Ref:
                return Access(slot, EntryAccessKind.Escape, EntryExtent.Part);
            default:
                return Access(slot, EntryAccessKind.Read, EntryExtent.Part);
        }
    }

    /// <summary>How a member takes what it is called on; a readonly reference gives it a copy, as if by <c>in</c>.</summary>
    private static RefKind Receiver(IMethodSymbol method, in EntrySlot slot) =>
        method.ContainingType.IsExtensionBlock() ? method.ContainingType.ExtensionReceiver()?.RefKind ?? RefKind.None
        : slot.Operation.IsReadOnlyReference() ? RefKind.In
        : RefKind.None;

    private EntryAccess Argument(in EntrySlot slot, IArgumentOperation argument, IParameterSymbol parameter, EntryExtent extent)
    {
        if (parameter.RefKind == RefKind.None)
            return Access(slot, EntryAccessKind.Read, extent);

        if (argument.Parent is IObjectCreationOperation creation && creation.Type.IsSpan())
            return Access(slot, EntryAccessKind.None, extent);

        if (argument.Parent is IInvocationOperation { TargetMethod: var method } call)
        {
            switch (FrameworkCalls.Role(method, parameter))
            {
                case OperandRole.Reads:
                    return Access(slot, EntryAccessKind.Read, extent, call.Syntax);
                case OperandRole.Writes:
                    return Access(slot, EntryAccessKind.Write, extent, call.Syntax);
                case OperandRole.Modifies:
                    return Access(slot, EntryAccessKind.ReadModifyWrite, extent, call.Syntax);
                case OperandRole.ReadsAtomically:
                    return Access(slot, slot.Contract.ReadLockless is null ? EntryAccessKind.None : EntryAccessKind.LocklessRead, extent, call.Syntax);
                case OperandRole.Silent when FrameworkCalls.ThrowsOn(method, argument.Value.Type!):
                    return Access(slot, EntryAccessKind.ReadModifyWrite, extent, call.Syntax);
                case OperandRole.Silent or OperandRole.Passes:
                    return Access(slot, EntryAccessKind.None, extent);
            }
        }

        // M(*p) with an 'in' parameter reads as a copy does; M(in *p) says that it is none.
        var isReference = parameter.RefKind is RefKind.Ref or RefKind.Out || HasRefKeyword(argument.Value.Syntax);
        var isKnown = Departures.Follows(parameter, slot.Contract) || (isReference && departures.MayTouch(parameter, slot.EntryType, slot.Contract));
        return Access(slot, isKnown ? EntryAccessKind.None : isReference ? EntryAccessKind.Escape : EntryAccessKind.Read, extent);
    }

    private static bool HasRefKeyword(SyntaxNode argument)
    {
        while (argument.Parent is ParenthesizedExpressionSyntax)
            argument = argument.Parent;

        return argument.Parent is ArgumentSyntax { RefKindKeyword.RawKind: not (int)SyntaxKind.None };
    }

    private static EntryAccess Access(in EntrySlot slot, EntryAccessKind kind, EntryExtent extent, SyntaxNode? site = null) =>
        new(kind, slot.Operation, slot.Operation.Syntax, site ?? Site(slot.Operation.Syntax), slot.EntryType, slot.Contract, extent);

    /// <summary>What a user would rewrite to read an entry: of <c>p->f</c> and <c>p->M()</c> the member access, since the arrow has to go.</summary>
    private static SyntaxNode Site(SyntaxNode slot) =>
        slot.Parent is MemberAccessExpressionSyntax { RawKind: (int)SyntaxKind.PointerMemberAccessExpression } access && access.Expression == slot ? access : slot;
}
