using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Snapshots;

/// <summary>
/// Knows calls that leave memory and locks alone: of methods whose bodies show it, of the framework's own on
/// values, and of predicates on values whose bodies are elsewhere.
/// </summary>
internal sealed class QuietCalls(Compilation compilation)
{
    // What takes longer to find out is not known.
    private const int MaxMethods = 64;

    private readonly ConcurrentDictionary<IMethodSymbol, bool> _unlocking = new(SymbolEqualityComparer.Default);
    private readonly ConcurrentDictionary<IMethodSymbol, bool> _known = new(SymbolEqualityComparer.Default);

    /// <summary>Whether a call is known to leave alone what it is not given.</summary>
    public bool IsQuiet(IMethodSymbol method)
    {
        method = Definition(method);
        if (_known.TryGetValue(method, out var known))
            return known;

        // One loud method among all that may be called makes the first one loud.
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var isQuiet = IsQuiet(method, seen);
        if (isQuiet)
        {
            foreach (var called in seen)
                _known[called] = true;
        }

        return _known[method] = isQuiet;
    }

    /// <summary>Whether the method's own body shows that it does something, or it is the framework's and lets others run.</summary>
    public bool IsKnownLoud(IMethodSymbol method) => BodyOf(method) is null ? LetsOthersRun(method) : !IsQuiet(method);

    /// <summary>Whether a call that is given no entry, made under a lock, may release it, wait, or store to entries, as far as bodies show.</summary>
    public bool MayUnlockOrStore(IMethodSymbol method)
    {
        method = Definition(method);
        if (!_unlocking.TryGetValue(method, out var known))
            _unlocking[method] = known = MayUnlockOrStore(method, new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default));

        return known;
    }

    private bool MayUnlockOrStore(IMethodSymbol method, HashSet<IMethodSymbol> seen)
    {
        method = Definition(method);
        if (!seen.Add(method))
            return false;

        if (seen.Count > MaxMethods || method.IsAsync || method.MethodKind is MethodKind.DelegateInvoke or MethodKind.FunctionPointerSignature
            || EntryFacts.AcquiresLock(method) || EntryFacts.ReleasesLock(method) || method.Parameters.Any(EntryFacts.WritesEntry)
            || IsThreading(method))
            return true;

        if (BodyOf(method) is not { } body)
            return false;

        var model = Model(body);
        return body.DescendantNodes().Any(node => node switch
        {
            AwaitExpressionSyntax or YieldStatementSyntax or LockStatementSyntax => true,
            AssignmentExpressionSyntax assignment => MayStoreEntry(assignment.Left, model),
            InvocationExpressionSyntax call => model.GetSymbolInfo(call).Symbol is not IMethodSymbol called ? call.Expression is not IdentifierNameSyntax { Identifier.ValueText: "nameof" } : MayUnlockOrStore(called, seen),
            _ => false,
        });
    }

    private static bool MayStoreEntry(ExpressionSyntax target, SemanticModel model) => target switch
    {
        MemberAccessExpressionSyntax { RawKind: (int)SyntaxKind.PointerMemberAccessExpression, Expression: var pointer } =>
            model.GetTypeInfo(pointer).Type is IPointerTypeSymbol { PointedAtType: var pointee } && pointee.Has(Contract.PageTableEntry),
        PrefixUnaryExpressionSyntax or ElementAccessExpressionSyntax { ArgumentList.Arguments.Count: 1 } =>
            model.GetTypeInfo(target).Type is { IsReferenceType: false, SpecialType: SpecialType.None or SpecialType.System_UInt64 or SpecialType.System_UInt32 } and not IPointerTypeSymbol,
        _ => false,
    };

    private bool IsQuiet(IMethodSymbol method, HashSet<IMethodSymbol> seen)
    {
        method = Definition(method);
        if (_known.TryGetValue(method, out var known))
            return known;

        if (!seen.Add(method))
            return true;

        if (seen.Count > MaxMethods || method.IsAsync || method.MethodKind is MethodKind.DelegateInvoke or MethodKind.FunctionPointerSignature
            || EntryFacts.AcquiresLock(method) || EntryFacts.ReleasesLock(method))
            return false;

        if (IsFramework(method))
            return method.Parameters.All(p => p.Type is not (IPointerTypeSymbol or { TypeKind: TypeKind.Delegate }));

        if (method.MethodKind == MethodKind.Constructor && method.ContainingType is { IsValueType: false, BaseType: { } baseType } && !IsFramework(baseType))
            return false;

        if (BodyOf(method) is { } body)
            return !method.IsVirtual && !method.IsOverride && !method.IsAbstract && IsQuiet(body, seen);

        if (method.MethodKind == MethodKind.Constructor && (method.IsImplicitlyDeclared || method.ContainingType.IsValueType))
            return true;

        return method.DeclaringSyntaxReferences.IsEmpty && ComputesOnly(method);
    }

    /// <summary>Whether a method that is compiled elsewhere can do nothing but tell something about values.</summary>
    private static bool ComputesOnly(IMethodSymbol method) =>
        !IsThreading(method)
        && (method.IsStatic || method.ContainingType.IsValueType)
        && (method.MethodKind == MethodKind.Constructor || !method.ReturnsVoid)
        && method.Parameters.All(p => p.RefKind is RefKind.None or RefKind.In && p.Type is { IsUnmanagedType: true } and not IPointerTypeSymbol and not IFunctionPointerTypeSymbol)
        && (method.IsStatic || !method.ContainingType.GetMembers().OfType<IMethodSymbol>().Any(EntryFacts.AcquiresLock));

    private static bool IsFramework(IMethodSymbol method) =>
        IsFramework(method.ContainingType) && !IsThreading(method) && !method.IsInSystem("Runtime")
        && method.ContainingType.Name is not ("Buffer" or "Activator" or "GC" or "IDisposable");

    /// <summary>Whether a framework's property waits for a task, or makes its value by code that it was given.</summary>
    private static bool LetsOthersRun(IMethodSymbol getter) =>
        getter.Name is "get_Result" or "get_Value" && (IsThreading(getter) || getter.ContainingType.Name == "Lazy" && IsFramework(getter.ContainingType));

    /// <summary>Whether a method may wait, or let others run.</summary>
    private static bool IsThreading(IMethodSymbol method) => method.IsInSystem("Threading");

    private static bool IsFramework(INamedTypeSymbol? type) => type is { DeclaringSyntaxReferences.IsEmpty: true } && Operations.IsFramework(type);

    private bool IsQuiet(SyntaxNode body, HashSet<IMethodSymbol> seen)
    {
        var model = Model(body);
        return body.DescendantNodes(node => node is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax)).All(node => node switch
        {
            AwaitExpressionSyntax or YieldStatementSyntax or LockStatementSyntax or UsingStatementSyntax or CommonForEachStatementSyntax => false,
            LocalDeclarationStatementSyntax { UsingKeyword.RawKind: not 0 } => false,
            AssignmentExpressionSyntax assignment => IsOwn(assignment.Left, model),
            PrefixUnaryExpressionSyntax step when step.Kind() is SyntaxKind.PreIncrementExpression or SyntaxKind.PreDecrementExpression => IsOwn(step.Operand, model),
            PostfixUnaryExpressionSyntax step when step.Kind() is SyntaxKind.PostIncrementExpression or SyntaxKind.PostDecrementExpression => IsOwn(step.Operand, model),
            ArgumentSyntax argument when argument.RefKindKeyword.Kind() is SyntaxKind.RefKeyword => IsOwn(argument.Expression, model),
            InvocationExpressionSyntax call => model.GetSymbolInfo(call).Symbol is IMethodSymbol called ? IsQuiet(called, seen) : call.Expression is IdentifierNameSyntax { Identifier.ValueText: "nameof" },
            BaseObjectCreationExpressionSyntax creation => model.GetSymbolInfo(creation).Symbol is IMethodSymbol constructor && IsQuiet(constructor, seen),
            SimpleNameSyntax name => model.GetSymbolInfo(name).Symbol is not IPropertySymbol { GetMethod: { } getter } property || AutoProperties.Is(property) || (BodyOf(getter) is null ? !LetsOthersRun(getter) : IsQuiet(getter, seen)),
            _ => true,
        });
    }

    /// <summary>Whether an assignment changes only what the method itself holds: its locals, the copies it was given, the value it makes.</summary>
    private static bool IsOwn(ExpressionSyntax target, SemanticModel model) => target switch
    {
        ParenthesizedExpressionSyntax parenthesized => IsOwn(parenthesized.Expression, model),
        DeclarationExpressionSyntax => true,
        TupleExpressionSyntax tuple => tuple.Arguments.All(a => IsOwn(a.Expression, model)),
        MemberAccessExpressionSyntax { RawKind: (int)SyntaxKind.SimpleMemberAccessExpression, Expression: var container } when model.GetTypeInfo(container).Type is { IsValueType: true } => IsOwn(container, model),
        ThisExpressionSyntax => model.GetEnclosingSymbol(target.SpanStart) is IMethodSymbol { MethodKind: MethodKind.Constructor },
        { Parent.Parent: InitializerExpressionSyntax or WithExpressionSyntax } or { Parent: AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax } } => true,
        var other => model.GetSymbolInfo(other).Symbol switch
        {
            ILocalSymbol local => !local.IsRef && IsOf(local, other, model),
            IParameterSymbol parameter => parameter.RefKind is RefKind.None or RefKind.Out && IsOf(parameter, other, model),
            IFieldSymbol { IsStatic: false } or IPropertySymbol { IsStatic: false } => IsConstructed(other, model),
            IDiscardSymbol => true,
            _ => false,
        },
    };

    // A local function may change the variables around it.
    private static bool IsOf(ISymbol variable, SyntaxNode use, SemanticModel model) =>
        SymbolEqualityComparer.Default.Equals(variable.ContainingSymbol, model.GetEnclosingSymbol(use.SpanStart));

    private static bool IsConstructed(ExpressionSyntax target, SemanticModel model) =>
        target is IdentifierNameSyntax or MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax }
        && model.GetEnclosingSymbol(target.SpanStart) is IMethodSymbol { MethodKind: MethodKind.Constructor };

#pragma warning disable RS1030 // The body of another method, which no action of this one will ever see; done once a method.
    private SemanticModel Model(SyntaxNode body) => compilation.GetSemanticModel(body.SyntaxTree);
#pragma warning restore RS1030

    private static IMethodSymbol Definition(IMethodSymbol method) => (method.ReducedFrom ?? method).OriginalDefinition;

    private static SyntaxNode? BodyOf(IMethodSymbol method)
    {
        if (method.DeclaringSyntaxReferences is not [var reference])
            return null;

        return reference.GetSyntax() switch
        {
            ConstructorDeclarationSyntax constructor => constructor.Initializer is { ThisOrBaseKeyword.RawKind: (int)SyntaxKind.ThisKeyword } ? null : constructor,
            BaseMethodDeclarationSyntax declaration => (SyntaxNode?)declaration.Body ?? declaration.ExpressionBody,
            LocalFunctionStatementSyntax function => (SyntaxNode?)function.Body ?? function.ExpressionBody,
            AccessorDeclarationSyntax accessor => (SyntaxNode?)accessor.Body ?? accessor.ExpressionBody,
            ArrowExpressionClauseSyntax arrow => arrow,
            _ => null,
        };
    }
}
