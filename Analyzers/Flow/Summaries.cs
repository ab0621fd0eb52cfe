using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Flow;

/// <summary>
/// What calls do, as declared or, for a method of the same compilation, as its body shows: that it hands
/// out a handle which it got itself, or that it has tested its argument.
/// </summary>
internal sealed class Summaries
{
    /// <summary>How far a chain of calls that only end in one that never returns is looked along.</summary>
    private const int Depth = 6;

    private readonly Shared _shared;
    private readonly Inferences<MethodSummary> _inferences;

    /// <param name="compilation">The compilation whose bodies are visible.</param>
    /// <param name="declared">What a method called in a file says about itself.</param>
    /// <param name="budget">What one body may cost.</param>
    public Summaries(Compilation compilation, Func<IMethodSymbol, SyntaxTree, Acquisition?> declared, FlowBudget budget)
        : this(new Shared(compilation, declared, budget), new(MethodSummary.Nothing))
    {
    }

    private Summaries(Shared shared, Inferences<MethodSummary> inferences)
    {
        _shared = shared;
        _inferences = inferences;
    }

    public Acquisition? Acquisition(IInvocationOperation call) =>
        _shared.Declared(call.TargetMethod, call.Syntax.SyntaxTree)
        ?? (MethodSummary.MayHandOut(call.TargetMethod) ? Of(call.TargetMethod).Acquisition : null);

    public NullPromise Promise(IParameterSymbol parameter)
    {
        var declared = _shared.Promises.GetOrAdd(parameter, NullPromise.Of);
        return declared == NullPromise.None && MethodSummary.MayTest(parameter) && parameter.ContainingSymbol is IMethodSymbol method
            && Of(method).Promises.TryGetValue(parameter.Ordinal, out var inferred) ? inferred : declared;
    }

    /// <summary>Whether control may come back from a call.</summary>
    public bool Returns(IMethodSymbol method) => _shared.Returning.GetOrAdd(method, m => NullPromise.Returns(m) && !(m.ReturnsVoid && IsVisible(m) && NeverReturns(m, 0)));

    /// <summary>The value that a condition passed as an argument has once the call has returned; null if it is no assertion.</summary>
    public bool? Asserted(IParameterSymbol parameter)
    {
        if (parameter.Type.SpecialType != SpecialType.System_Boolean)
            return null;

        return _shared.Assertions.GetOrAdd(parameter, NullPromise.Asserted)
            ?? (MethodSummary.MayAssert(parameter) && Of((IMethodSymbol)parameter.ContainingSymbol).Assertions.TryGetValue(parameter.Ordinal, out var asserted) ? asserted : null);
    }

    /// <summary>Whether a method's body can be looked into.</summary>
    public bool IsVisible(IMethodSymbol method) => MethodBodies.IsVisible(Definition(method), _shared.Compilation);

    private MethodSummary Of(IMethodSymbol method)
    {
        method = Definition(method);
        if (!IsVisible(method))
            return MethodSummary.Nothing;

        return _inferences.Of(method, (definition, inner) => new Summaries(_shared, inner).Infer(definition));
    }

    private MethodSummary Infer(IMethodSymbol method)
    {
        if (MethodBodies.Find(method, _shared.Compilation) is not { } found || !IsWorthwhile(method, found.Operation))
            return MethodSummary.Nothing;

        var (root, operation) = found;
        var facts = BodyFacts.Of(operation);
        var protocol = new SummaryProtocol((IMethodSymbol)root.Symbol, facts, this);
        return new HandleAnalysis(root, facts, protocol, this, _shared.Budget).Analyze(CancellationToken.None)
            ? protocol.Summary
            : MethodSummary.Nothing;
    }

    private bool IsWorthwhile(IMethodSymbol method, IOperation body) =>
        method.Parameters.Any(p => MethodSummary.MayTest(p) || MethodSummary.MayAssert(p))
        || body.Descendants().Any(o => o is IInvocationOperation call && Acquisition(call) is not null);

    private static IMethodSymbol Definition(IMethodSymbol method) => (method.ReducedFrom ?? method).OriginalDefinition;

    /// <summary>Whether the method throws or stops the machine, in whatever it calls last if need be, and nobody has marked it as one that does.</summary>
    private bool NeverReturns(IMethodSymbol method, int depth)
    {
        var (body, expression) = Definition(method).DeclaringSyntaxReferences[0].GetSyntax() switch
        {
            MethodDeclarationSyntax member => (member.Body, member.ExpressionBody?.Expression),
            LocalFunctionStatementSyntax local => (local.Body, local.ExpressionBody?.Expression),
            _ => default,
        };
        return expression is not null
            ? NeverYields(expression, depth)
            : body?.Statements.LastOrDefault() is { } last && NeverEnds(last, depth) && !body.DescendantNodes().Any(n => n is ReturnStatementSyntax or LabeledStatementSyntax);
    }

    private bool NeverEnds(StatementSyntax statement, int depth) => statement switch
    {
        ThrowStatementSyntax => true,
        WhileStatementSyntax { Condition.RawKind: (int)SyntaxKind.TrueLiteralExpression } or ForStatementSyntax { Condition: null } => !statement.DescendantNodes().Any(n => n is BreakStatementSyntax),
        ExpressionStatementSyntax { Expression: var expression } => NeverYields(expression, depth),
        _ => false,
    };

    private bool NeverYields(ExpressionSyntax expression, int depth) => expression switch
    {
        ThrowExpressionSyntax => true,
        InvocationExpressionSyntax call when depth < Depth && MethodBodies.Model(call, _shared.Compilation).GetSymbolInfo(call).Symbol is IMethodSymbol method =>
            !NullPromise.Returns(method) || (method.ReturnsVoid && IsVisible(method) && NeverReturns(method, depth + 1)),
        _ => false,
    };

    private sealed class Shared(Compilation compilation, Func<IMethodSymbol, SyntaxTree, Acquisition?> declared, FlowBudget budget)
    {
        public Compilation Compilation { get; } = compilation;

        public Func<IMethodSymbol, SyntaxTree, Acquisition?> Declared { get; } = declared;

        public FlowBudget Budget { get; } = budget;

        public ConcurrentDictionary<IMethodSymbol, bool> Returning { get; } = new(SymbolEqualityComparer.Default);

        public ConcurrentDictionary<IParameterSymbol, NullPromise> Promises { get; } = new(SymbolEqualityComparer.Default);

        public ConcurrentDictionary<IParameterSymbol, bool?> Assertions { get; } = new(SymbolEqualityComparer.Default);
    }
}
