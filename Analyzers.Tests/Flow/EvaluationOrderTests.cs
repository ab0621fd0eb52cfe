using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Tests.Flow;

public class EvaluationOrderTests
{
    [Theory]
    [InlineData("n = 1;", "SimpleAssignment")]
    [InlineData("n = -n;", "SimpleAssignment")]
    [InlineData("n = (int)(long)n;", "SimpleAssignment")]
    [InlineData("n = default;", "SimpleAssignment")]
    [InlineData("n = sizeof(long);", "SimpleAssignment")]
    [InlineData("text = nameof(n);", "SimpleAssignment")]
    [InlineData("type = typeof(int);", "SimpleAssignment")]
    [InlineData("self = this;", "SimpleAssignment")]
    [InlineData("Work();", "Invocation")]
    [InlineData("Take(n, n + 1);", "Binary, Invocation")]
    [InlineData("Take(Give(n), n * (n + 1));", "Invocation, Binary, Binary, Invocation")]
    [InlineData("given[n] = Give(field) + *given;", "None, FieldReference, Invocation, None, Binary, SimpleAssignment")]
    [InlineData("boxed = -boxed;", "Unary, SimpleAssignment")]
    [InlineData("n = (int)boxed;", "Conversion, SimpleAssignment")]
    [InlineData("action = () => { Work(); n++; };", "FlowAnonymousFunction, DelegateCreation, SimpleAssignment")]
    public void What_does_nothing_itself_is_passed_over_and_operands_come_first(string statement, string expected)
    {
        var operation = Statements(statement)[0];

        Assert.Equal(expected, Kinds(new EvaluationOrder(isAskedAgain: false).Of(operation)));
        Assert.Equal(expected, Kinds(new EvaluationOrder(isAskedAgain: true).Of(operation)));
    }

    [Fact]
    public void What_is_asked_again_is_found_once_and_kept()
    {
        var statements = Statements("n = Give(1); Take(n, n + 1);");
        var order = new EvaluationOrder(isAskedAgain: true);
        var first = order.Of(statements[0]);

        Assert.Equal("Binary, Invocation", Kinds(order.Of(statements[1])));
        Assert.Same(first, order.Of(statements[0]));
        Assert.Equal("Invocation, SimpleAssignment", Kinds(first));
    }

    [Fact]
    public void What_is_asked_once_needs_no_list_of_its_own()
    {
        var statements = Statements("n = Give(1); Take(n, n + 1);");
        var order = new EvaluationOrder(isAskedAgain: false);

        Assert.Same(order.Of(statements[0]), order.Of(statements[1]));
        Assert.Equal("Binary, Invocation", Kinds(order.Of(statements[1])));
    }

    private static string Kinds(IEnumerable<IOperation> operations) => string.Join(", ", operations.Select(o => o.Kind switch
    {
        // These kinds have two names each, and compilers do not agree on which is the first.
        OperationKind.Binary => nameof(OperationKind.Binary),
        OperationKind.Unary => nameof(OperationKind.Unary),
        var kind => kind.ToString(),
    }));

    private static IReadOnlyList<IOperation> Statements(string body) => [.. FlowSnippet.OfMembers($$"""
        struct Boxed { public static Boxed operator -(Boxed b) => b; public static explicit operator int(Boxed b) => 0; }
        static void Take(int a, int b) { }
        static int Give(int a) => a;
        int field;
        void M(int n, int* given, string text, Type type, C self, Boxed boxed, Action action) { {{body}} }
        """).Root.Graph.Blocks.SelectMany(b => b.Operations)];
}
