using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Tests.Flow;

public class ValueTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData(0, true)]
    [InlineData(0L, true)]
    [InlineData(0ul, true)]
    [InlineData((byte)0, true)]
    [InlineData(0.0, true)]
    [InlineData(1, false)]
    [InlineData(-1, false)]
    [InlineData("", false)]
    [InlineData("0", false)]
    [InlineData(false, false)]
    [InlineData('\0', false)]
    public void Numbers_and_null_may_be_zero(object? content, bool isZero) => Assert.Equal(isZero, new Value.Constant(content).IsZero);

    [Fact]
    public void Something_else_is_not_zero() => Assert.False(new Value.Constant(new object()).IsZero);

    [Fact]
    public void The_opposite_of_a_test_swaps_what_it_tells()
    {
        var site = new Site(new object(), null);
        var test = new Value.Test(site, Nullness.NotNull, Nullness.Maybe);

        Assert.Equal(new Value.Test(site, Nullness.Maybe, Nullness.NotNull), test.Negated());
    }

    [Fact]
    public void A_site_stands_where_its_origin_does()
    {
        var sites = new Sites();
        var snippet = FlowSnippet.OfMembers("struct S { public int* P; } void M(int n, S s) { Acquire(); }");
        var operation = snippet.Root.Graph.Blocks.SelectMany(b => b.Operations).First();
        var method = (IMethodSymbol)snippet.Root.Symbol;
        var field = method.Parameters[1].Type.GetMembers("P").OfType<IFieldSymbol>().Single();

        Assert.Equal("Acquire();", sites.Of(operation).Syntax!.ToString());
        Assert.Equal("int n", sites.Of(method.Parameters[0]).Syntax!.ToString());
        Assert.Equal("P", sites.Of(new Carried(method.Parameters[1], field), null).Syntax!.ToString());
        Assert.Equal("P", sites.OfMember(null, field).Syntax!.ToString());
        Assert.Null(sites.Of(snippet.Compilation.GetSpecialType(SpecialType.System_Object)).Syntax);
        Assert.Null(new Site("anything", null).Syntax);
    }

    [Fact]
    public void A_site_is_interned_and_numbered()
    {
        var sites = new Sites();
        var (first, second) = (Declared.Member("int F;", "F"), Declared.Member("int G;", "G"));

        var site = sites.Of(first);
        Assert.Same(site, sites.Of(first));
        Assert.NotSame(site, sites.Of(second));
        Assert.Equal([0, 1], [site.Number, sites.Of(second).Number]);
        Assert.Same(site, sites[0]);
        Assert.NotSame(sites.OfMember(Value.Null, first), sites.OfMember(null, first));
        Assert.Same(sites.OfMember(Value.Null, first), sites.OfMember(Value.Null, first));
    }

    [Fact]
    public void What_meets_is_in_the_states_of_both()
    {
        Assert.Equal(new SiteState(Nullness.NotNull, 3), new SiteState(Nullness.NotNull, 1).Join(new(Nullness.NotNull, 2)));
        Assert.Equal(new SiteState(Nullness.Lost, 3), new SiteState(Nullness.NotNull, 1).Join(new(Nullness.Maybe, 3)));
    }

    [Fact]
    public void Notes_do_not_keep_cases_apart()
    {
        var state = new SiteState(Nullness.Maybe, 0x5_8001);

        Assert.Equal(new SiteState(Nullness.Maybe, 0x8001), state.WithoutNotes());
    }
}
