using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;

namespace PteGuard.Analyzers.Flow;

/// <summary>Questions about control-flow graphs that the API leaves to its users.</summary>
internal static class ControlFlow
{
    /// <summary>The graph of a whole body: the topmost operation of a member or initializer; null if it has none.</summary>
    public static ControlFlowGraph? GraphOf(IOperation root) => root switch
    {
        IMethodBodyOperation body => ControlFlowGraph.Create(body),
        IConstructorBodyOperation constructor => ControlFlowGraph.Create(constructor),
        IBlockOperation block => ControlFlowGraph.Create(block),
        IFieldInitializerOperation initializer => ControlFlowGraph.Create(initializer),
        IPropertyInitializerOperation initializer => ControlFlowGraph.Create(initializer),
        IParameterInitializerOperation initializer => ControlFlowGraph.Create(initializer),
        _ => null,
    };

    /// <summary>Whether every block is behind all that lead to it: there are no loops, and no handlers.</summary>
    public static bool IsForward(this ControlFlowGraph graph) => !graph.Root.HasHandler() && graph.Blocks.All(static block =>
        LeadsForward(block.FallThroughSuccessor) && LeadsForward(block.ConditionalSuccessor));

    private static bool LeadsForward(ControlFlowBranch? branch) => branch?.Destination is not { } destination || destination.Ordinal > branch.Source.Ordinal;

    private static bool HasHandler(this ControlFlowRegion region) => region.Kind == ControlFlowRegionKind.Try || region.NestedRegions.Any(HasHandler);

    public static BasicBlock FirstBlock(this ControlFlowGraph graph, ControlFlowRegion region) => graph.Blocks[region.FirstBlockOrdinal];

    /// <summary>The region around a region of the same graph. That of a lambda or local function lies in the regions of the code around it.</summary>
    public static ControlFlowRegion? Enclosing(this ControlFlowRegion region) => region.Kind == ControlFlowRegionKind.Root ? null : region.EnclosingRegion;

    /// <summary>Whether an exception that leaves the region meets a handler in the same body.</summary>
    public static bool IsGuarded(this ControlFlowRegion? region)
    {
        for (; region is not null; region = region.Enclosing())
        {
            if (region.Kind == ControlFlowRegionKind.Try)
                return true;
        }

        return false;
    }

    public static bool IsWithin(this ControlFlowRegion? region, ControlFlowRegion outer)
    {
        for (; region is not null; region = region.Enclosing())
        {
            if (region == outer)
                return true;
        }

        return false;
    }

    /// <summary>Whether the operation runs code that is not in sight.</summary>
    /// <param name="operation">The operation, with its operands.</param>
    /// <param name="isSure">Which calls are sure to return; null: none.</param>
    public static bool MayThrow(this IOperation operation, Func<IInvocationOperation, bool>? isSure = null) => operation.DescendantsAndSelf().Any(o => o.Kind
        is OperationKind.Invocation or OperationKind.ObjectCreation or OperationKind.PropertyReference or OperationKind.Await
        or OperationKind.FunctionPointerInvocation or OperationKind.DynamicInvocation or OperationKind.ArrayElementReference
        && o is not IObjectCreationOperation { Constructor: { IsImplicitlyDeclared: true, ContainingType.IsValueType: true } }
        && !(isSure is not null && o is IInvocationOperation call && isSure(call)));

    /// <summary>The graphs of some of the functions in a member's graph, or of the member itself.</summary>
    public static IEnumerable<Root> Roots(this ControlFlowGraph graph, ISymbol symbol, ICollection<ISymbol> functions)
    {
        // Nothing is looked for in most bodies but what stands there itself.
        return functions.Count == 1 && functions.Contains(symbol)
            ? [new Root(graph, symbol)]
            : graph.Roots(symbol).Where(root => functions.Contains(root.Symbol));
    }

    /// <summary>The graph, and those of all local functions and lambdas in it.</summary>
    public static IEnumerable<Root> Roots(this ControlFlowGraph graph, ISymbol symbol)
    {
        var waiting = new Stack<Root>();
        waiting.Push(new Root(graph, symbol));
        while (waiting.Count > 0)
        {
            var root = waiting.Pop();
            yield return root;
            foreach (var function in root.Graph.LocalFunctions)
                waiting.Push(new Root(root.Graph.GetLocalFunctionControlFlowGraph(function), function));

            foreach (var lambda in root.Graph.Lambdas())
                waiting.Push(new Root(root.Graph.GetAnonymousFunctionControlFlowGraph(lambda), lambda.Symbol));
        }
    }

    /// <summary>The graph of the function that an operation stands in; null if it has none.</summary>
    /// <param name="operation">Any operation of the body.</param>
    /// <param name="function">The innermost function or member around it.</param>
    public static Root? RootOf(IOperation operation, ISymbol function)
    {
        if (GraphOf(operation.Root()) is not { } graph)
            return null;

        var isNested = function is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction or MethodKind.LocalFunction };
        foreach (var root in graph.Roots(function))
        {
            if (SymbolEqualityComparer.Default.Equals(root.Symbol, function) && (root.Graph != graph || !isNested))
                return root;
        }

        return null;
    }

    private static IEnumerable<IFlowAnonymousFunctionOperation> Lambdas(this ControlFlowGraph graph)
    {
        foreach (var block in graph.Blocks)
        {
            foreach (var operation in block.Operations)
            {
                foreach (var lambda in operation.DescendantsAndSelf().OfType<IFlowAnonymousFunctionOperation>())
                    yield return lambda;
            }

            if (block.BranchValue is { } value)
            {
                foreach (var lambda in value.DescendantsAndSelf().OfType<IFlowAnonymousFunctionOperation>())
                    yield return lambda;
            }
        }
    }

    /// <summary>A body that runs on its own: a member's, a local function's or a lambda's.</summary>
    internal readonly record struct Root(ControlFlowGraph Graph, ISymbol Symbol);
}
