using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Tests.Flow;

public class ExitTests
{
    [Theory]
    [InlineData("Work();", "Work();")]
    [InlineData("Work(); return;", "return;")]
    [InlineData("Work(); { return; }", "Work();")]
    [InlineData("{ Work(); } return;", "Work();")]
    [InlineData("if (b) return; Work();", "return;", "Work();")]
    [InlineData("if (b) { return; } Work();", "return;", "Work();")]
    [InlineData("if (b) { Work(); return; } Work();", "return;", "Work();")]
    [InlineData("if (!b) return; Work();", "return;", "Work();")]
    [InlineData("if (!(b && !Flag)) return; Work();", "return;", "return;", "Work();")]
    [InlineData("if (b) { } else return; Work();", "return;", "Work();")]
    [InlineData("if (b) Work(); else { return; } Work(); return;", "return;", "return;")]
    [InlineData("if (b) Work(); else if (n == 0) return; else Work(); Work();", "return;", "Work();")]
    [InlineData("if (b && n == 0) return; Work();", "return;", "Work();")]
    [InlineData("if (b || n == 0) return; Work();", "return;", "return;", "Work();")]
    [InlineData("if (b) Work();", "if (b) Work();", "Work();")]
    [InlineData("if (b) Work(); return;", "return;", "Work();")]
    [InlineData("if (b) Work(); else Work();", "Work();", "Work();")]
    [InlineData("while (b) Work();", "while (b) Work();")]
    [InlineData("while (b) Work(); return;", "return;")]
    [InlineData("while (b) { Work(); if (n == 0) return; } Work();", "return;", "Work();")]
    [InlineData("do Work(); while (b);", "do Work(); while (b);")]
    [InlineData("for (;;) { Work(); if (b) break; }", "if (b) break;")]
    [InlineData("switch (n) { case 0: return; default: Work(); break; }", "switch (n) { case 0: return; default: Work(); break; }", "Work();")]
    [InlineData("Work(); throw null;")]
    [InlineData("")]
    public void A_way_out_stands_where_the_body_is_left(string body, params string[] exits) =>
        Assert.Equal(exits, Of(FlowSnippet.OfBody(body)).Select(exit => exit.Syntax?.ToString()).OfType<string>());

    [Theory]
    [InlineData("int M(int n) { return n; }", "return n;", "n")]
    [InlineData("int M(int n) => n + 1;", "=> n + 1", "n + 1")]
    [InlineData("int M(bool b) { if (b) return 1; return 2; }", "return 1;return 2;", "1 2")]
    [InlineData("int M(bool b) => b ? 1 : 2;", "=> b ? 1 : 2", "b ? 1 : 2")]
    [InlineData("ref int M(ref int n) => ref n;", "=> ref n", "n")]
    [InlineData("void M() => Work();", "=> Work()", "")]
    public void A_way_out_may_give_a_value(string method, string exits, string values)
    {
        var found = Of(FlowSnippet.OfMembers(method));

        Assert.Equal(exits, string.Concat(found.Select(exit => exit.Syntax)));
        Assert.Equal(values, string.Join(' ', found.Select(exit => exit.Value?.Syntax).OfType<SyntaxNode>()));
    }

    [Fact]
    public void A_condition_that_leaves_is_no_value() => Assert.All(Of(FlowSnippet.OfBody("if (b) return; Work();")), exit => Assert.Null(exit.Value));

    [Fact]
    public void The_way_out_of_a_lambda_is_in_it()
    {
        Assert.Equal("n + 1", Assert.Single(Of(FlowSnippet.OfBody("Func<int> f = () => n + 1;").OfLambda())).Syntax!.ToString());
        Assert.Equal("() => Work()", Assert.Single(Of(FlowSnippet.OfBody("Action f = () => Work(); return;").OfLambda())).Syntax!.ToString());
    }

    private static List<Exit> Of(FlowSnippet snippet) =>
        [.. snippet.Root.Graph.Blocks
            .SelectMany(block => new[] { block.ConditionalSuccessor, block.FallThroughSuccessor })
            .OfType<ControlFlowBranch>()
            .Where(branch => branch.Destination?.Kind == BasicBlockKind.Exit && branch.Source.IsReachable)
            .Select(branch => new Exit(branch))];
}
