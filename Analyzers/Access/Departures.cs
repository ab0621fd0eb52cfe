using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Access;

/// <summary>Tells whether a reference to an entry, or a span of entries, leaves a body for where its accesses cannot be seen.</summary>
internal sealed class Departures(EntryFacts facts, SyntaxTree tree)
{
    /// <summary>The argument that an escaping entry, or a part of it, is; null if it leaves in another way.</summary>
    public static IArgumentOperation? Argument(EntryAccess access)
    {
        var operation = access.Operation;
        while (operation.Parent is IFieldReferenceOperation or IInlineArrayAccessOperation || operation.Parent?.DereferencedPointer() == operation)
            operation = operation.Parent!;

        return operation.Parent as IArgumentOperation;
    }

    /// <summary>Whether the value stands where a value can leave; cheap.</summary>
    public static bool MayLeave(IOperation value) =>
        value.Parent is IReturnOperation or IArgumentOperation or IFieldInitializerOperation or ISimpleAssignmentOperation { Target: not ILocalReferenceOperation };

    /// <param name="value">What stands behind <c>ref</c>, or a span.</param>
    /// <param name="entry">The type of the entries.</param>
    /// <param name="contract">What must be used to access them.</param>
    public bool Leaves(IOperation value, ITypeSymbol? entry, EntryContract contract) => value.Parent switch
    {
        ISimpleAssignmentOperation assignment => assignment.Value == value && !IsFollowed(assignment),
        IReturnOperation => !IsReturnFollowed(value),
        IFieldInitializerOperation initializer => !initializer.InitializedFields.Any(static field => field.Has(Contract.EntryPointer)),
        IArgumentOperation { Parameter: { } parameter } argument => !IsFramework(argument, parameter) && !Follows(parameter, contract) && !MayTouch(parameter, entry, contract),
        IArgumentOperation => true,
        _ => false,
    };

    /// <summary>Whether the callee says what it does with the entry, or is how entries are accessed.</summary>
    public static bool Follows(IParameterSymbol parameter, EntryContract contract) =>
        EntryFacts.ReadsEntry(parameter) || EntryFacts.WritesEntry(parameter) || EntryFacts.IsUnpublished(parameter) || parameter.OriginalDefinition.Has(Contract.EntryPointer)
        || (parameter.ContainingSymbol is IMethodSymbol method
            && (contract.IsAccessor(method) || (method.MethodKind == MethodKind.LocalFunction && parameter.RefKind == RefKind.None)));

    /// <summary>Whether the callee may touch entries as it likes.</summary>
    public bool MayTouch(IParameterSymbol parameter, ITypeSymbol? entry, EntryContract contract) =>
        facts.IsExempt(parameter.ContainingSymbol, contract, entry, tree) || facts.IsUnpublished(parameter.ContainingSymbol, tree);

    private static bool IsFramework(IArgumentOperation argument, IParameterSymbol parameter) =>
        argument.Parent is IInvocationOperation call && FrameworkCalls.Role(call.TargetMethod, parameter) != OperandRole.None;

    private static bool IsFollowed(ISimpleAssignmentOperation assignment) => assignment.Target switch
    {
        ILocalReferenceOperation or IDiscardOperation => true,
        IParameterReferenceOperation { Parameter: var parameter } => parameter.RefKind == RefKind.None || parameter.Has(Contract.EntryPointer),
        IMemberReferenceOperation { Member: var member } => member.OriginalDefinition.Has(Contract.EntryPointer),
        _ => false,
    };

    private static bool IsReturnFollowed(IOperation value)
    {
        for (var parent = value.Parent; parent is not null; parent = parent.Parent)
        {
            if (parent is ILocalFunctionOperation)
                return true;

            if (parent is IAnonymousFunctionOperation lambda)
                return IsAnnotated(lambda.Symbol);
        }

        return (value.SemanticModel ?? value.Root().SemanticModel)?.GetEnclosingSymbol(value.Syntax.SpanStart) is IMethodSymbol method && IsAnnotated(method);
    }

    private static bool IsAnnotated(IMethodSymbol method) =>
        method.AssociatedSymbol?.Has(Contract.EntryPointer) == true
        || method.GetReturnTypeAttributes().Any(static data => Contract.Is(data, Contract.EntryPointer));
}
