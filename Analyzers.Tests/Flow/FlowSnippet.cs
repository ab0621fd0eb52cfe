using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Tests.Flow;

/// <summary>Code to analyze: the method M of a class that can acquire handles, look at them and do unknown things.</summary>
internal sealed class FlowSnippet
{
    private const string Frame = """
        using System;
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.Diagnostics.CodeAnalysis;
        using System.Threading.Tasks;

        unsafe partial class C
        {
            static int* Acquire() => throw null;
            static int* AcquireWith(out object companion) => throw null;
            static bool TryAcquire(out int* p) => throw null;
            static void At(string label, int* p) { }
            static void Reached(string label) { }
            static bool Unknown() => true;
            static void Work() { }
            static bool Flag;
        }

        """;

    private FlowSnippet(Compilation compilation, ControlFlow.Root root)
    {
        Compilation = compilation;
        Root = root;
    }

    public Compilation Compilation { get; }

    public ControlFlow.Root Root { get; }

    public BodyFacts Facts => BodyFacts.Of(Root.Graph.OriginalOperation);

    /// <param name="members">Members of the class; the method, local function or lambda to analyze stands in M.</param>
    public static FlowSnippet OfMembers(string members)
    {
        var tree = CSharpSyntaxTree.ParseText(Frame + "unsafe partial class C { " + members + " }", References.ParseOptions);
        var compilation = CSharpCompilation.Create(
            "Snippet", [tree], References.Framework, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        var model = compilation.GetSemanticModel(tree);
        var method = tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().Last(m => m.Identifier.ValueText == "M");
        var graph = ControlFlowGraph.Create((IMethodBodyOperation)model.GetOperation(method)!);
        return new FlowSnippet(compilation, new ControlFlow.Root(graph, model.GetDeclaredSymbol(method)!));
    }

    public static FlowSnippet OfBody(string body, string parameters = "int n, bool b, int* given") => OfMembers($"void M({parameters}) {{ {body} }}");

    /// <summary>The same code, of which the first lambda is analyzed.</summary>
    public FlowSnippet OfLambda() => new(Compilation, Root.Graph.Roots(Root.Symbol).First(root => root.Symbol is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction }));

    /// <summary>What is known about the handle at each <c>At(label, handle)</c>: "a: Maybe, Null; b: NotNull".</summary>
    public string Nullness(FlowBudget? budget = null)
    {
        budget ??= new FlowBudget();
        var watch = new Watch(Compilation, budget);
        return new HandleAnalysis(Root, Facts, watch, watch.Summaries, budget).Analyze(CancellationToken.None) ? watch.ToString() : "gave up";
    }

    /// <summary>Acquires by the frame's calls, and writes down what it sees.</summary>
    private sealed class Watch : Protocol
    {
        private readonly SortedDictionary<string, SortedSet<string>> _seen = new(StringComparer.Ordinal);

        public Watch(Compilation compilation, FlowBudget budget) => Summaries = new Summaries(compilation, (method, _) => Of(method), budget);

        public Summaries Summaries { get; }

        public override string ToString() => string.Join("; ", _seen.Select(s => $"{s.Key}: {string.Join(", ", s.Value)}"));

        public override Acquisition? Acquire(IInvocationOperation call) => Summaries.Acquisition(call);

        public override void Observe(IOperation operation, Scene scene)
        {
            if (!scene.IsFinal || operation is not IInvocationOperation { TargetMethod.Name: "At" or "Reached" } call)
                return;

            var label = (string)call.Arguments[0].Value.ConstantValue.Value!;
            if (!_seen.TryGetValue(label, out var values))
                _seen.Add(label, values = []);

            values.Add(call.Arguments.Length == 1 ? "yes" : Describe(call.Arguments[1].Value, scene));
        }

        private static string Describe(IOperation operation, Scene scene) => scene.ValueOf(operation) switch
        {
            Value.From from when scene[from.Site] is { } state => state.Nullness.ToString(),
            Value.Constant { IsZero: true } => "null",
            Value.Address => "address",
            _ => "?",
        };

        private static Acquisition? Of(IMethodSymbol method) => method.Name switch
        {
            "Acquire" => new Acquisition(null, null, Analyzers.Flow.Nullness.Maybe, 0, null),
            "AcquireWith" => new Acquisition(null, method.Parameters[0], Analyzers.Flow.Nullness.Maybe, 0, null),
            "TryAcquire" => new Acquisition(method.Parameters[0], null, Analyzers.Flow.Nullness.Maybe, 0, null),
            _ => null,
        };
    }
}
