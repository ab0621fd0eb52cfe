using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Tests.Flow;

/// <summary>The engine under an analysis of its own: which calls of <c>Reached</c> lie on every way to the end.</summary>
public class ForwardAnalysisTests
{
    [Theory]
    [InlineData("Reached(\"a\"); Reached(\"b\");", "a b")]
    [InlineData("if (b) Reached(\"a\"); else Reached(\"b\"); Reached(\"c\");", "c")]
    [InlineData("if (b) { Reached(\"a\"); return; } Reached(\"b\");", "")]
    [InlineData("while (b) Reached(\"a\"); Reached(\"b\");", "b")]
    [InlineData("do Reached(\"a\"); while (b);", "a")]
    [InlineData("for (;;) { Reached(\"a\"); if (b) break; Reached(\"b\"); }", "a")]
    [InlineData("try { Work(); Reached(\"a\"); } finally { Reached(\"b\"); }", "a b")]
    [InlineData("try { Work(); if (b) return; Reached(\"a\"); } finally { Reached(\"b\"); }", "b")]
    [InlineData("try { Work(); Reached(\"a\"); } catch { Reached(\"b\"); }", "")]
    [InlineData("try { Reached(\"a\"); Work(); } catch (Exception e) when (Unknown()) { Reached(\"a\"); }", "a")]
    [InlineData("try { throw new Exception(); } catch { Reached(\"a\"); }", "a")]
    [InlineData("try { throw new Exception(); } finally { Reached(\"a\"); }", "unreached")]
    [InlineData("try { try { throw new Exception(); } finally { n = 1; } } catch { Reached(\"b\"); }", "b")]
    [InlineData("try { return; } finally { try { Reached(\"a\"); } finally { Reached(\"b\"); } }", "a b")]
    [InlineData("try { try { goto end; } finally { Reached(\"a\"); } } finally { Reached(\"b\"); } end: Reached(\"c\");", "a b c")]
    [InlineData("foreach (var x in new List<int>()) { Reached(\"a\"); } Reached(\"b\");", "b")]
    [InlineData("using var x = new System.IO.MemoryStream(); Reached(\"a\"); if (b) return; Reached(\"b\");", "a")]
    [InlineData("lock (this) { Reached(\"a\"); }", "a")]
    [InlineData("switch (n) { case 1: Reached(\"a\"); break; case 2: Reached(\"a\"); goto case 1; default: Reached(\"a\"); break; }", "a")]
    [InlineData("while (true) Reached(\"a\");", "unreached")]
    [InlineData("l: Reached(\"a\"); if (b) goto l; if (Unknown()) goto m; Reached(\"b\"); m: Reached(\"c\");", "a c")]
    public void Control_moves_as_the_language_says(string body, string expected)
    {
        var snippet = FlowSnippet.OfBody(body);
        var analysis = new CallsOnEveryPath(snippet.Root.Graph);

        Assert.True(analysis.Analyze());
        Assert.Equal(expected, analysis.AtExit is { } calls ? string.Join(" ", calls.OrderBy(c => c, StringComparer.Ordinal)) : "unreached");
    }

    private sealed class CallsOnEveryPath(ControlFlowGraph graph) : ForwardAnalysis<ImmutableHashSet<string>>(graph, new FlowBudget())
    {
        public ImmutableHashSet<string>? AtExit { get; private set; }

        protected override ImmutableHashSet<string> Entry => [];

        public bool Analyze()
        {
            if (!Run(CancellationToken.None))
                return false;

            Revisit();
            return true;
        }

        protected override ImmutableHashSet<string> Join(ImmutableHashSet<string> left, ImmutableHashSet<string> right, BasicBlock at) =>
            left.IsSubsetOf(right) ? left : left.Intersect(right);

        protected override ImmutableHashSet<string> Apply(IOperation operation, ImmutableHashSet<string> state) =>
            state.Union(operation.DescendantsAndSelf().OfType<IInvocationOperation>()
                .Where(call => call.TargetMethod.Name == "Reached").Select(call => (string)call.Arguments[0].Value.ConstantValue.Value!));

        protected override ImmutableHashSet<string>? Assume(IOperation condition, bool outcome, ImmutableHashSet<string> state) =>
            condition.ConstantValue is { HasValue: true, Value: bool constant } && constant != outcome ? null : state;

        protected override ImmutableHashSet<string> Cross(ControlFlowBranch branch, ImmutableHashSet<string> state)
        {
            if (IsFinal && branch.Destination?.Kind == BasicBlockKind.Exit)
                AtExit = AtExit?.Intersect(state) ?? state;

            return state;
        }
    }
}
