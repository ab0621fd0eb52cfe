using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Access;

/// <summary>
/// Finds in the value of a store the variable that holds just what the entry holds: it was given that by a statement of its own,
/// and from there to the store nothing can have changed the variable, the entry or the entry's address, by whatever name.
/// </summary>
internal sealed class EntryCopies(SlotReads reads, BodyFacts body, QuietOperations quiet)
{
    /// <summary>The variable's name in the value; null if there is none, or a second variable that may depend on it.</summary>
    public SyntaxNode? In(ISimpleAssignmentOperation store, EntryAccess access)
    {
        var parts = store.Value.DescendantsAndSelf().ToList();
        var variables = parts.FindAll(part => BodyFacts.Variable(part) is { } variable && !IsGiven(variable));
        return variables is [ILocalReferenceOperation { Local.IsRef: false } copy] && !body.IsOpaque(copy.Local)
            && SymbolEqualityComparer.Default.Equals(copy.Type, store.Target.Type)
            && parts.TrueForAll(part => part is not (IAssignmentOperation or IIncrementOrDecrementOperation) && quiet.Is(part, access.EntryType))
            && Given(copy.Local, store, access) is { } value && IsRead(value, access)
            ? copy.Syntax
            : null;
    }

    /// <summary>Whether a variable is the caller's, and never changes.</summary>
    private bool IsGiven(ISymbol variable) =>
        variable is IParameterSymbol { RefKind: RefKind.None, ContainingSymbol: IMethodSymbol { MethodKind: not MethodKind.Constructor } } && !body.Writes(variable) && !body.IsOpaque(variable);

    /// <summary>What the variable was last given, by a statement that nothing noisy separates from the store.</summary>
    private IOperation? Given(ILocalSymbol variable, IOperation store, EntryAccess access)
    {
        for (var inner = store; inner.Parent is { } outer; inner = outer)
        {
            switch (outer)
            {
                case IExpressionStatementOperation:
                    break;
                case IConditionalOperation { Type: null } choice when choice.Condition != inner:
                    if (!IsQuiet(choice.Condition, variable, access))
                        return null;

                    break;
                case IBlockOperation block:
                    for (var i = block.Operations.IndexOf(inner) - 1; i >= 0; i--)
                    {
                        if (Given(block.Operations[i], variable) is { } value)
                            return value;

                        if (!IsQuiet(block.Operations[i], variable, access))
                            return null;
                    }

                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    private static IOperation? Given(IOperation statement, ILocalSymbol variable) => statement switch
    {
        IVariableDeclarationGroupOperation { Declarations: [{ Declarators: [var declarator] }] } when Is(declarator.Symbol, variable) => declarator.GetVariableInitializer()?.Value,
        IExpressionStatementOperation { Operation: ISimpleAssignmentOperation { IsRef: false } assignment } when Is(BodyFacts.Variable(assignment.Target), variable) => assignment.Value,
        _ => null,
    };

    private bool IsQuiet(IOperation statement, ILocalSymbol variable, EntryAccess access) =>
        statement.DescendantsAndSelf().All(operation => quiet.Is(operation, access.EntryType) && !reads.Disturbs(operation, access) && !Is(BodyVariables.Written(operation), variable));

    private bool IsRead(IOperation value, EntryAccess access)
    {
        while (value is IFieldReferenceOperation { Instance: { } entry } field && EntryLayout.IsWholeStruct(field.Field))
            value = entry;

        return reads.Of(value, access) is not null;
    }

    private static bool Is(ISymbol? left, ISymbol right) => SymbolEqualityComparer.Default.Equals(left, right);
}
