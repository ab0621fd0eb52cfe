using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Tests.Flow;

public class ControlFlowTests
{
    [Theory]
    [InlineData("Work();", true)]
    [InlineData("if (b) Work(); else return; Work();", true)]
    [InlineData("if (b) goto done; Work(); done: Work();", true)]
    [InlineData("switch (n) { case 1: Work(); break; case 2: return; }", true)]
    [InlineData("n = b ? n : n + 1;", true)]
    [InlineData("throw new Exception();", true)]
    [InlineData("while (b) Work();", false)]
    [InlineData("do Work(); while (b);", false)]
    [InlineData("for (;;) { }", false)]
    [InlineData("again: if (b) goto again;", false)]
    [InlineData("try { Work(); } finally { Work(); }", false)]
    [InlineData("try { Work(); } catch { }", false)]
    [InlineData("if (b) { try { Work(); } finally { Work(); } } Work();", false)]
    [InlineData("lock (this) Work();", false)]
    public void Without_loops_and_handlers_control_only_goes_forward(string body, bool isForward) =>
        Assert.Equal(isForward, FlowSnippet.OfBody(body).Root.Graph.IsForward());

    [Theory]
    [InlineData("Work();", false)]
    [InlineData("try { Work(); } catch { }", true)]
    [InlineData("try { if (b) Work(); } finally { n++; }", true)]
    [InlineData("try { } finally { Work(); }", false)]
    [InlineData("try { } catch { Work(); }", false)]
    [InlineData("try { try { } catch { Work(); } } finally { n++; }", true)]
    public void An_exception_meets_a_handler_inside_a_try(string body, bool isGuarded) =>
        Assert.Equal(isGuarded, RegionOfWork(body).IsGuarded());

    [Fact]
    public void A_region_is_within_those_around_it()
    {
        var inner = RegionOfWork("try { int i = n; { int j = i; Work(); n = j; } } catch { }");
        var outer = inner;
        for (; outer.Enclosing() is { } enclosing; outer = enclosing)
            Assert.True(inner.IsWithin(outer));

        Assert.True(inner.IsWithin(outer));
        Assert.False(outer.IsWithin(inner));
        Assert.False(((ControlFlowRegion?)null).IsWithin(outer));
        Assert.Equal(ControlFlowRegionKind.Root, outer.Kind);
    }

    [Theory]
    [InlineData("Work();", true)]
    [InlineData("n = n / 2;", false)]
    [InlineData("var x = new Version();", true)]
    [InlineData("var x = new DateTime();", false)]
    [InlineData("var x = new DateTime(n);", true)]
    [InlineData("n = text.Length;", true)]
    [InlineData("n = numbers[n];", true)]
    [InlineData("n = *given;", false)]
    [InlineData("call();", true)]
    [InlineData("anything.Do();", true)]
    public void Code_that_is_not_in_sight_may_throw(string statement, bool mayThrow)
    {
        var snippet = FlowSnippet.OfBody(statement, "int n, string text, int[] numbers, int* given, delegate*<void> call, dynamic anything");
        var operation = snippet.Root.Graph.Blocks.SelectMany(b => b.Operations).Last();

        Assert.Equal(mayThrow, operation.MayThrow());
        Assert.Equal(mayThrow && statement != "Work();", operation.MayThrow(_ => true));
        Assert.Equal(mayThrow, operation.MayThrow(_ => false));
    }

    [Fact]
    public void Functions_have_graphs_of_their_own_wherever_they_stand()
    {
        var snippet = FlowSnippet.OfBody("""
            Local();
            if (((Func<bool>)(() => b))()) Work();
            Action a = () => { void Inner() { } Inner(); };
            void Local() { Func<int> f = () => n; }
            """);

        var roots = snippet.Root.Graph.Roots(snippet.Root.Symbol).ToList();
        Assert.Equal(["", "", "", "Inner", "Local", "M"], roots.Select(r => r.Symbol.Name).Order(StringComparer.Ordinal));

        var local = roots.Single(r => r.Symbol.Name == "Local");
        Assert.Equal(local.Symbol, Assert.Single(snippet.Root.Graph.Roots(snippet.Root.Symbol, [local.Symbol])).Symbol);
        Assert.Equal(snippet.Root.Graph, Assert.Single(snippet.Root.Graph.Roots(snippet.Root.Symbol, [snippet.Root.Symbol])).Graph);
        Assert.Equal(2, snippet.Root.Graph.Roots(snippet.Root.Symbol, [local.Symbol, snippet.Root.Symbol]).Count());
    }

    private static ControlFlowRegion RegionOfWork(string body) => FlowSnippet.OfBody(body).Root.Graph.Blocks
        .First(b => b.Operations.Any(o => o.Syntax.ToString().Contains("Work", StringComparison.Ordinal))).EnclosingRegion;
}
