using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Access;

/// <summary>What an operation by itself, without its operands, does with a variable.</summary>
internal static class BodyVariables
{
    /// <summary>Whether an operation names a variable that is storage of its own, and not a reference to another's.</summary>
    public static bool IsOwn(IOperation operation) => operation is ILocalReferenceOperation { Local.IsRef: false } or IParameterReferenceOperation { Parameter.RefKind: RefKind.None };

    /// <summary>The local, parameter, field or property that an operation names.</summary>
    public static ISymbol? OrMember(IOperation operation) => operation is IMemberReferenceOperation { Member: IFieldSymbol or IPropertySymbol } member ? member.Member : BodyFacts.Variable(operation);

    /// <summary>The variable, field or property that an operation writes; null if it writes none.</summary>
    public static ISymbol? Written(IOperation operation) => operation switch
    {
        IVariableDeclaratorOperation { Symbol: var local } => local,
        IAssignmentOperation assignment => OrMember(assignment.Target),
        IIncrementOrDecrementOperation step => OrMember(step.Target),
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument => OrMember(argument.Value),
        IAddressOfOperation address => OrMember(address.Reference),
        { Parent: ITupleOperation tuple } when AccessClassifier.Assigner(tuple) is not null => OrMember(operation),
        _ => null,
    };

    /// <summary>What an operation gives a variable: a value; itself, if that is nowhere written down; null if it gives it nothing.</summary>
    public static IOperation? Given(IOperation operation, ISymbol variable)
    {
        if (!SymbolEqualityComparer.Default.Equals(Written(operation), variable))
            return null;

        return operation switch
        {
            IVariableDeclaratorOperation declarator => declarator.GetVariableInitializer()?.Value,
            ISimpleAssignmentOperation assignment => assignment.Value,
            _ => operation,
        };
    }
}
