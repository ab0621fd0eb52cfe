using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Access;

/// <summary>What Roslyn's operations do not say about pointers, which they model as <see cref="OperationKind.None"/>.</summary>
internal static class Operations
{
    /// <summary>The pointer under <c>*p</c>, <c>p[i]</c> and the <c>p</c> of <c>p->m</c>; null for any other operation.</summary>
    public static IOperation? DereferencedPointer(this IOperation operation)
    {
        if (operation.Kind != OperationKind.None || operation.Type is not { } type)
            return null;

        foreach (var child in operation.ChildOperations)
        {
            return child.Type is IPointerTypeSymbol { PointedAtType: var pointee } && SymbolEqualityComparer.Default.Equals(pointee, type)
                && operation.Syntax is not StackAllocArrayCreationExpressionSyntax and not ImplicitStackAllocArrayCreationExpressionSyntax
                ? child
                : null;
        }

        return null;
    }

    /// <summary>The index of <c>p[i]</c>; null for <c>*p</c> and <c>p->m</c>.</summary>
    public static IOperation? DereferenceIndex(this IOperation operation)
    {
        var isPointer = true;
        foreach (var child in operation.ChildOperations)
        {
            if (!isPointer)
                return child;
            isPointer = false;
        }

        return null;
    }

    public static bool IsStackAllocation(this IOperation operation) =>
        operation.Kind == OperationKind.None && operation.Syntax is StackAllocArrayCreationExpressionSyntax or ImplicitStackAllocArrayCreationExpressionSyntax;

    /// <summary>The one child of an operation that Roslyn has no name for, such as the initializer of <c>fixed</c>.</summary>
    public static IOperation? OnlyChild(this IOperation operation)
    {
        IOperation? only = null;
        foreach (var child in operation.ChildOperations)
        {
            if (only is not null)
                return null;
            only = child;
        }

        return only;
    }

    /// <summary>Whether the operation is the <c>s</c> of <c>[.. s]</c>, whose elements are read one by one.</summary>
    public static bool IsSpread(this IOperation operation) =>
        operation.Syntax.Parent is SpreadElementSyntax && operation is not IConversionOperation;

    /// <summary>Whether the expression stands after <c>ref</c>.</summary>
    public static bool IsByReference(this SyntaxNode expression)
    {
        var syntax = expression;
        while (syntax.Parent is ParenthesizedExpressionSyntax or PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression })
            syntax = syntax.Parent;

        return syntax is RefExpressionSyntax || syntax.Parent is RefExpressionSyntax;
    }

    /// <summary>Whether the storage may not be written by this name, so that members are called on a copy.</summary>
    public static bool IsReadOnlyReference(this IOperation operation) => operation switch
    {
        ILocalReferenceOperation { Local.RefKind: RefKind.RefReadOnly } => true,
        IParameterReferenceOperation { Parameter.RefKind: RefKind.In or RefKind.RefReadOnlyParameter } => true,
        IFieldReferenceOperation { Field.RefKind: RefKind.RefReadOnly } => true,
        IPropertyReferenceOperation { Property.ReturnsByRefReadonly: true } => true,
        IInvocationOperation { TargetMethod.ReturnsByRefReadonly: true } => true,
        _ => false,
    };

    public static IOperation Unconverted(this IOperation operation)
    {
        while (operation is IConversionOperation conversion)
            operation = conversion.Operand;

        return operation;
    }

    /// <summary>Whether somebody is still typing.</summary>
    public static bool ContainsErrors(this SyntaxNode body) =>
        body.ContainsDiagnostics && body.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error);

    public static IOperation Root(this IOperation operation)
    {
        while (operation.Parent is { } parent)
            operation = parent;

        return operation;
    }

    public static bool IsSpan(this ITypeSymbol? type) => type is INamedTypeSymbol
    {
        IsRefLikeType: true,
        Arity: 1,
        Name: "Span" or "ReadOnlySpan",
        ContainingType: null,
        ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true },
    };

    public static ITypeSymbol? ElementOfInlineArray(this INamedTypeSymbol type)
    {
        foreach (var data in type.GetAttributes())
        {
            if (data.AttributeClass?.Name != "InlineArrayAttribute")
                continue;

            foreach (var member in type.GetMembers())
            {
                if (member is IFieldSymbol { IsStatic: false } field)
                    return field.Type;
            }
        }

        return null;
    }

    /// <summary>Whether a value of the type can lead to memory that is not its own.</summary>
    public static bool IsView(this ITypeSymbol? type) =>
        type is IPointerTypeSymbol or IArrayTypeSymbol || type.IsSpan()
        || type?.SpecialType is SpecialType.System_IntPtr or SpecialType.System_UIntPtr or SpecialType.System_Int64 or SpecialType.System_UInt64;

    /// <summary>Whether the symbol is declared in a namespace of System, such as Threading, or below that.</summary>
    public static bool IsInSystem(this ISymbol symbol, string name)
    {
        for (var space = symbol.ContainingNamespace; space is { IsGlobalNamespace: false }; space = space.ContainingNamespace)
        {
            if (space.Name == name && space.ContainingNamespace is { Name: "System", ContainingNamespace.IsGlobalNamespace: true })
                return true;
        }

        return false;
    }

    /// <summary>Whether the symbol is declared in System or below it.</summary>
    public static bool IsFramework(this ISymbol symbol)
    {
        var space = symbol.ContainingNamespace;
        while (space is { IsGlobalNamespace: false, ContainingNamespace.IsGlobalNamespace: false })
            space = space.ContainingNamespace;

        return space is { Name: "System", IsGlobalNamespace: false };
    }
}
