using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Access;

/// <summary>
/// Tells which operations by themselves change nothing but variables of their own: no memory that an entry may be in, and no
/// variable by another name. What is not known here is taken to change anything.
/// </summary>
internal sealed class QuietOperations(MemberEffects effects)
{
    /// <param name="operation">The operation, without its operands.</param>
    /// <param name="entry">The type of the entry, whose own members compute and do no more.</param>
    public bool Is(IOperation operation, ITypeSymbol? entry) => operation switch
    {
        IInvocationOperation call => Is(call.Instance?.Type, entry) && effects.Of(call.TargetMethod) == MemberEffect.Reads,
        IPropertyReferenceOperation property => Is(property.Instance?.Type, entry) && property.Property.GetMethod is { } getter && effects.Of(getter) == MemberEffect.Reads,
        IObjectCreationOperation creation => Is(creation.Type, entry),
        ISimpleAssignmentOperation assignment => !assignment.IsRef && BodyVariables.IsOwn(assignment.Target),
        ICompoundAssignmentOperation compound => compound.OperatorMethod is null && BodyVariables.IsOwn(compound.Target) && !IsText(compound.Type),
        IIncrementOrDecrementOperation step => step.OperatorMethod is null && BodyVariables.IsOwn(step.Target),
        IBinaryOperation binary => IsQuiet(binary.OperatorMethod, entry) && !IsText(binary.Type),
        IUnaryOperation unary => IsQuiet(unary.OperatorMethod, entry),
        IConversionOperation conversion => IsQuiet(conversion.OperatorMethod, entry),
        IVariableDeclaratorOperation declarator => !declarator.Symbol.IsRef,
        ILoopOperation => operation is IWhileLoopOperation or IForLoopOperation,
        IReturnOperation => operation.Kind == OperationKind.Return,
        { Kind: OperationKind.None } => operation.DereferencedPointer() is not null,
        _ => operation.Kind is OperationKind.Block or OperationKind.VariableDeclarationGroup or OperationKind.VariableDeclaration
            or OperationKind.VariableInitializer or OperationKind.ExpressionStatement or OperationKind.Literal or OperationKind.LocalReference
            or OperationKind.ParameterReference or OperationKind.FieldReference or OperationKind.ArrayElementReference or OperationKind.InstanceReference
            or OperationKind.Argument or OperationKind.Conditional or OperationKind.Branch or OperationKind.Empty or OperationKind.Switch
            or OperationKind.SwitchCase or OperationKind.CaseClause or OperationKind.IsPattern or OperationKind.ConstantPattern
            or OperationKind.RelationalPattern or OperationKind.NegatedPattern or OperationKind.BinaryPattern or OperationKind.DiscardPattern
            or OperationKind.DefaultValue or OperationKind.SizeOf or OperationKind.AddressOf or OperationKind.Throw,
    };

    private static bool IsQuiet(IMethodSymbol? @operator, ITypeSymbol? entry) => @operator is null || Is(@operator.ContainingType, entry);

    private static bool Is(ITypeSymbol? type, ITypeSymbol? entry) => type is not null && SymbolEqualityComparer.Default.Equals(type, entry);

    /// <summary>Whether operands are made into text, by methods of theirs.</summary>
    private static bool IsText(ITypeSymbol? type) => type?.SpecialType == SpecialType.System_String;
}
