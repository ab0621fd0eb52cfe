using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Flow;

/// <summary>Finds the bodies that are worth a control-flow graph: those with a call that matters.</summary>
internal static class FlowBodies
{
    public static void Register(
        CompilationStartAnalysisContext context,
        Func<IInvocationOperation, bool> isCandidate,
        Action<OperationBlockAnalysisContext, ControlFlow.Root, BodyFacts> analyze)
    {
        context.RegisterOperationBlockStartAction(start =>
        {
            // The functions with a candidate, which is a set; operation actions may run concurrently.
            var functions = new ConcurrentDictionary<ISymbol, bool>(SymbolEqualityComparer.Default);
            start.RegisterOperationAction(
                operation =>
                {
                    if (isCandidate((IInvocationOperation)operation.Operation))
                        functions.TryAdd(Function(operation.Operation) ?? start.OwningSymbol, true);
                },
                OperationKind.Invocation);
            start.RegisterOperationBlockEndAction(end =>
            {
                if (!functions.IsEmpty)
                    Analyze(end, functions, analyze);
            });
        });
    }

    private static void Analyze(
        OperationBlockAnalysisContext context,
        ConcurrentDictionary<ISymbol, bool> functions,
        Action<OperationBlockAnalysisContext, ControlFlow.Root, BodyFacts> analyze)
    {
        var seen = new HashSet<ControlFlowGraph>();
        foreach (var block in context.OperationBlocks)
        {
            // A constructor and its initializer are two blocks of one graph.
            var graph = context.GetControlFlowGraph(block);
            if (!seen.Add(graph))
                continue;

            BodyFacts? facts = null;
            foreach (var root in graph.Roots(context.OwningSymbol))
            {
                if (functions.ContainsKey(root.Symbol))
                    analyze(context, root, facts ??= new BodyFacts(graph.OriginalOperation));
            }
        }
    }

    /// <summary>The local function or lambda that an operation stands in; null: directly in the member.</summary>
    public static ISymbol? Function(IOperation operation)
    {
        for (var outer = operation.Parent; outer is not null; outer = outer.Parent)
        {
            if (outer is IAnonymousFunctionOperation { Symbol: var lambda })
                return lambda;

            if (outer is ILocalFunctionOperation { Symbol: var local })
                return local;
        }

        return null;
    }
}
