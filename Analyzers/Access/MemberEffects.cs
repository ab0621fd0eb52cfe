using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.Analyzers.Access;

/// <summary>What calling a member of a struct does to the struct.</summary>
internal enum MemberEffect
{
    Reads,
    Writes,

    /// <summary>Compiled elsewhere, and not marked readonly.</summary>
    Unknown,
}

/// <summary>
/// Tells which members write <c>this</c>. A member that is not readonly may only have been written before
/// <c>readonly</c> was in use, so its body is asked, by name and without binding it.
/// </summary>
internal sealed class MemberEffects
{
    private readonly ConcurrentDictionary<IMethodSymbol, MemberEffect> _effects = new(SymbolEqualityComparer.Default);

    public MemberEffect Of(IMethodSymbol method)
    {
        method = method.OriginalDefinition;
        return _effects.TryGetValue(method, out var known) ? known : _effects.GetOrAdd(method, Compute(method, []));
    }

    private static MemberEffect Compute(IMethodSymbol method, HashSet<ISymbol> underway)
    {
        if (method.IsReadOnly || method.ContainingType is { IsReadOnly: true } or { IsValueType: false } || OverridesObject(method) || !underway.Add(method))
            return MemberEffect.Reads;

        method = method.PartialImplementationPart ?? method;
        if (method.DeclaringSyntaxReferences.IsEmpty)
            return method.IsImplicitlyDeclared || method.AssociatedSymbol is { IsImplicitlyDeclared: true } ? MemberEffect.Reads : MemberEffect.Unknown;

        foreach (var reference in method.DeclaringSyntaxReferences)
        {
            if (new Body(method, reference.GetSyntax(), underway).Writes())
                return MemberEffect.Writes;
        }

        return MemberEffect.Reads;
    }

    private static bool OverridesObject(IMethodSymbol method)
    {
        while (method.OverriddenMethod is { } overridden)
            method = overridden;

        return method.ContainingType.SpecialType is SpecialType.System_Object or SpecialType.System_ValueType or SpecialType.System_Enum;
    }

    /// <summary>One body, in which names are looked up among the struct's members.</summary>
    private sealed class Body(IMethodSymbol method, SyntaxNode declaration, HashSet<ISymbol> underway)
    {
        private readonly INamedTypeSymbol _type = method.ContainingType;
        private readonly HashSet<string> _locals = Locals(method, declaration);

        public bool Writes()
        {
            foreach (var node in declaration.DescendantNodes())
            {
                var writes = node switch
                {
                    AssignmentExpressionSyntax assignment => IsOwn(assignment.Left),
                    PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression or (int)SyntaxKind.AddressOfExpression } unary => IsOwn(unary.Operand),
                    PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression or (int)SyntaxKind.PostDecrementExpression } unary => IsOwn(unary.Operand),
                    ArgumentSyntax { RefKindKeyword.RawKind: (int)SyntaxKind.RefKeyword or (int)SyntaxKind.OutKeyword } argument => IsOwn(argument.Expression) && !IsVolatileRead(argument),
                    RefExpressionSyntax reference => IsOwn(reference.Expression),
                    IdentifierNameSyntax name => IsWritingMember(name),
                    _ => false,
                };

                if (writes)
                    return true;
            }

            return false;
        }

        /// <summary>Whether the storage is <c>this</c> or a part of it.</summary>
        private bool IsOwn(ExpressionSyntax expression)
        {
            while (true)
            {
                switch (expression)
                {
                    case ParenthesizedExpressionSyntax parenthesized:
                        expression = parenthesized.Expression;
                        break;
                    case MemberAccessExpressionSyntax { RawKind: (int)SyntaxKind.SimpleMemberAccessExpression, Expression: ThisExpressionSyntax } member:
                        return IsInstanceState(member.Name.Identifier.ValueText);
                    case MemberAccessExpressionSyntax { RawKind: (int)SyntaxKind.SimpleMemberAccessExpression } member:
                        expression = member.Expression;
                        break;
                    case ElementAccessExpressionSyntax element:
                        expression = element.Expression;
                        break;
                    case TupleExpressionSyntax tuple:
                        foreach (var argument in tuple.Arguments)
                        {
                            if (IsOwn(argument.Expression))
                                return true;
                        }

                        return false;
                    case IdentifierNameSyntax name:
                        return IsInstanceState(name.Identifier.ValueText) && !IsLocal(name);
                    case ThisExpressionSyntax:
                        return true;
                    default:
                        // The backing field of a property, by its keyword.
                        return expression.ToString() == "field";
                }
            }
        }

        private bool IsInstanceState(string name)
        {
            foreach (var member in _type.GetMembers(name))
            {
                if (member is { IsStatic: false, Kind: SymbolKind.Field or SymbolKind.Property or SymbolKind.Event })
                    return true;
            }

            return name == "field" && method.MethodKind is MethodKind.PropertyGet or MethodKind.PropertySet;
        }

        /// <summary>Whether the name calls a method or reads a property of this struct, or of a field of it, that writes.</summary>
        private bool IsWritingMember(IdentifierNameSyntax name)
        {
            var owner = name.Parent switch
            {
                MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access when access.Name == name => _type,
                MemberAccessExpressionSyntax access when access.Name == name => FieldType(access.Expression),
                _ => _type,
            };

            if (owner is not { IsValueType: true } || (owner.Equals(_type, SymbolEqualityComparer.Default) && IsLocal(name)))
                return false;

            foreach (var member in owner.GetMembers(name.Identifier.ValueText))
            {
                var called = member switch
                {
                    IMethodSymbol { IsStatic: false } function => function,
                    IPropertySymbol { IsStatic: false, GetMethod: { } getter } => getter,
                    _ => null,
                };

                if (called is not null && Compute(called.OriginalDefinition, underway) != MemberEffect.Reads)
                    return true;
            }

            return false;
        }

        private INamedTypeSymbol? FieldType(ExpressionSyntax expression)
        {
            var name = expression switch
            {
                IdentifierNameSyntax identifier when !IsLocal(identifier) => identifier.Identifier.ValueText,
                MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } access => access.Name.Identifier.ValueText,
                _ => null,
            };

            if (name is null)
                return null;

            foreach (var member in _type.GetMembers(name))
            {
                if (member is IFieldSymbol { IsStatic: false, Type: INamedTypeSymbol type })
                    return type;
            }

            return null;
        }

        private bool IsLocal(IdentifierNameSyntax name) => _locals.Contains(name.Identifier.ValueText);

        /// <summary>The names that the body gives to variables of its own, wherever their scope ends.</summary>
        private static HashSet<string> Locals(IMethodSymbol method, SyntaxNode declaration)
        {
            var names = new HashSet<string>(method.Parameters.Select(p => p.Name));
            foreach (var node in declaration.DescendantNodes())
            {
                var name = node switch
                {
                    VariableDeclaratorSyntax variable => variable.Identifier,
                    SingleVariableDesignationSyntax designation => designation.Identifier,
                    ForEachStatementSyntax loop => loop.Identifier,
                    ParameterSyntax parameter => parameter.Identifier,
                    _ => default,
                };

                if (name.ValueText is { Length: > 0 } text)
                    names.Add(text);
            }

            return names;
        }

        private static bool IsVolatileRead(ArgumentSyntax argument) =>
            argument.Parent?.Parent is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Read", Expression: var type } }
            && type.ToString() is var name && (name.EndsWith("Volatile", StringComparison.Ordinal) || name.EndsWith("Interlocked", StringComparison.Ordinal));
    }
}
