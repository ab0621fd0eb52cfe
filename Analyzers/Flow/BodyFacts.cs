using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;

namespace PteGuard.Analyzers.Flow;

/// <summary>What holds in all of a member's body, its local functions and lambdas included.</summary>
internal sealed class BodyFacts
{
    private readonly HashSet<ISymbol> _opaque = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _written = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _captured = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _unset = new(SymbolEqualityComparer.Default);
    private readonly bool _hasFunctions;
    private HashSet<ISymbol>? _aliased;

    /// <param name="operations">All operations of the body.</param>
    public BodyFacts(IOperation[] operations)
    {
        Tree = operations[0].Syntax.SyntaxTree;
        _hasFunctions = Array.Exists(operations, static o => o.Kind is OperationKind.AnonymousFunction or OperationKind.LocalFunction);
        foreach (var operation in operations)
            Note(operation);

        Questions = Questions.In(operations, IsFixed);
    }

    /// <summary>The conditions that are asked more than once; null: there are none.</summary>
    public Questions? Questions { get; }

    public SyntaxTree Tree { get; }

    /// <summary>The facts of the whole body around an operation.</summary>
    public static BodyFacts Of(IOperation operation) => new(BodyOperations.Of(operation.Root()));

    /// <summary>Whether a variable may change where nobody can see it: through an alias, or in a lambda that captures it.</summary>
    public bool IsOpaque(ISymbol variable) => _opaque.Contains(variable);

    /// <summary>Whether a lambda or local function uses a variable from around it.</summary>
    public bool IsCaptured(ISymbol variable) => _captured.Contains(variable);

    /// <summary>Whether the body writes a field, property, parameter or local.</summary>
    public bool Writes(ISymbol symbol) => _written.Contains(symbol);

    /// <summary>Whether a parameter holds what it was given as long as the method runs.</summary>
    private bool IsFixed(IParameterSymbol parameter) =>
        parameter is { RefKind: RefKind.None, ContainingSymbol: IMethodSymbol { MethodKind: not MethodKind.Constructor } } && !_written.Contains(parameter) && !_opaque.Contains(parameter);

    /// <summary>Whether a local begins with nothing but its default value, as the compiler allows of some structs.</summary>
    public bool IsDeclaredUnset(ILocalSymbol local) => _unset.Contains(local);

    /// <summary>Whether a variable of the body is a struct that carries pointers.</summary>
    public bool HasCarriers { get; private set; }

    /// <summary>Whether a struct variable, or the struct type whose <c>this</c> it is, has a field with another name.</summary>
    public bool IsAliased(ISymbol variable) => _aliased?.Contains(variable) == true;

    private void Note(IOperation operation)
    {
        if (!HasCarriers && operation.Kind is OperationKind.VariableDeclarator or OperationKind.DeclarationExpression)
            HasCarriers = Carriers.Is((operation as IVariableDeclaratorOperation)?.Symbol.Type ?? operation.Type);

        switch (operation)
        {
            case ILocalReferenceOperation or IParameterReferenceOperation when Variable(operation) is { } variable && IsCaptured(variable, operation):
                _captured.Add(variable);
                break;
            case IAddressOfOperation addressOf:
                Hide(addressOf.Reference);
                break;
            case ISimpleAssignmentOperation { IsRef: true } assignment:
                Hide(assignment.Target);
                Hide(assignment.Value);
                break;
            case IVariableDeclaratorOperation { Symbol.IsRef: true, Symbol: var local } declarator:
                _opaque.Add(local);
                if (declarator.GetVariableInitializer()?.Value is { } aliased)
                    Hide(aliased);

                break;
            case IVariableDeclaratorOperation { Symbol: { Type: { TypeKind: TypeKind.Struct, SpecialType: SpecialType.None } } unset } declarator when declarator.GetVariableInitializer() is null:
                _unset.Add(unset);
                break;
            case IAssignmentOperation assignment:
                Write(assignment.Target);
                break;
            case IIncrementOrDecrementOperation increment:
                Write(increment.Target);
                break;
            case IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument:
                Write(argument.Value);
                if (argument.Parent is IInvocationOperation { TargetMethod: var called } && (called.RefKind != RefKind.None || (called.ReturnType is IPointerTypeSymbol && called.IsFramework())))
                    Alias(argument.Value);

                break;
        }
    }

    private void Hide(IOperation operation)
    {
        if (Variable(operation) is { } variable)
            _opaque.Add(variable);

        Alias(operation);
    }

    /// <summary>Notes that a struct, or a field of it, may be reached by another name.</summary>
    private void Alias(IOperation operation)
    {
        while (operation is IFieldReferenceOperation { Instance: { Type.TypeKind: TypeKind.Struct } instance })
            operation = instance;

        if (Carriers.Is(operation.Type) && (Variable(operation) ?? (operation as IInstanceReferenceOperation)?.Type) is { } aliased)
            (_aliased ??= new(SymbolEqualityComparer.Default)).Add(aliased);
    }

    private void Write(IOperation target)
    {
        if (Variable(target) is { } only)
        {
            Write(only, target);
            return;
        }

        foreach (var written in target.DescendantsAndSelf())
        {
            if (written is IMemberReferenceOperation member)
                _written.Add(member.Member);
            else if (Variable(written) is { } variable)
                Write(variable, written);
        }
    }

    private void Write(ISymbol variable, IOperation reference)
    {
        _written.Add(variable);
        if (IsCaptured(variable, reference))
            _opaque.Add(variable);
    }

    private bool IsCaptured(ISymbol variable, IOperation written)
    {
        if (!_hasFunctions)
            return false;

        for (var operation = written; operation is not null; operation = operation.Parent)
        {
            var function = (operation as IAnonymousFunctionOperation)?.Symbol ?? (operation as ILocalFunctionOperation)?.Symbol;
            if (function is not null)
                return !SymbolEqualityComparer.Default.Equals(variable.ContainingSymbol, function);
        }

        return false;
    }

    /// <summary>The local or parameter that an operation names.</summary>
    public static ISymbol? Variable(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IDeclarationExpressionOperation declaration => Variable(declaration.Expression),
        _ => null,
    };
}
