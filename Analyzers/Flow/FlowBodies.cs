using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Flow;

/// <summary>Finds the bodies that are worth a control-flow graph: those with a call that matters.</summary>
internal static class FlowBodies
{
    /// <summary>Calls <paramref name="analyze"/> for every function with such a call, in code that is reported.</summary>
    public static void Register(
        CompilationStartAnalysisContext context,
        EntryFacts facts,
        Func<IInvocationOperation, bool> isCandidate,
        Action<OperationBlockAnalysisContext, ControlFlow.Root, BodyFacts> analyze) =>
        ReportedBodies.Register(context, facts, (bodies, root, block) =>
        {
            var operations = EntryAccesses.OperationsOf(root, facts);
            if (FunctionsWith(isCandidate, operations, bodies.OwningSymbol) is not { } functions)
                return;

            var body = new BodyFacts(operations);
            foreach (var function in bodies.GetControlFlowGraph(block).Roots(bodies.OwningSymbol, functions))
                analyze(bodies, function, body);
        });

    /// <summary>The functions that a candidate stands in: local functions and lambdas, or the member itself; null if there are none.</summary>
    public static HashSet<ISymbol>? FunctionsWith(Func<IInvocationOperation, bool> isCandidate, IOperation[] operations, ISymbol owner)
    {
        HashSet<ISymbol>? functions = null;
        foreach (var operation in operations)
        {
            if (operation is IInvocationOperation call && isCandidate(call))
                (functions ??= new(SymbolEqualityComparer.Default)).Add(Function(call) ?? owner);
        }

        return functions;
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
