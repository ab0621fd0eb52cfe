using PteGuard.Analyzers.Snapshots;

namespace PteGuard.Analyzers.Tests.Snapshots;

public class NumbersTests
{
    private readonly Numbers _numbers = new();

    [Fact]
    public void An_origin_is_one_number_that_depends_on_itself()
    {
        var leaf = _numbers.Leaf("p");

        Assert.Same(leaf, _numbers.Leaf("p"));
        Assert.NotSame(leaf, _numbers.Leaf("q"));
        Assert.Equal(new NumberParts("leaf", "p", null, null), leaf.Parts);
        Assert.Equal("p", Assert.Single(leaf.Leaves));
        Assert.Equal("p", Assert.Single(leaf.Roots));
    }

    [Fact]
    public void A_constant_is_one_number_for_its_value_and_type_and_depends_on_nothing()
    {
        var constant = _numbers.Constant(1);

        Assert.Same(constant, _numbers.Constant(1));
        Assert.NotSame(constant, _numbers.Constant(1L));
        Assert.NotSame(constant, _numbers.Leaf(1));
        Assert.NotSame(constant, _numbers.Constant(null));
        Assert.Empty(constant.Leaves);
        Assert.Empty(constant.Roots);
    }

    [Fact]
    public void A_computation_is_one_number_for_its_kind_and_its_parts()
    {
        var (p, i) = (_numbers.Leaf("p"), _numbers.Leaf("i"));
        var sum = _numbers.Compound("+", "int", p, i);

        Assert.Same(sum, _numbers.Compound("+", "int", p, i));
        Assert.NotSame(sum, _numbers.Compound("-", "int", p, i));
        Assert.NotSame(sum, _numbers.Compound("+", "long", p, i));
        Assert.NotSame(sum, _numbers.Compound("+", "int", i, p));
        Assert.NotSame(sum, _numbers.Compound("+", "int", p, null));
        AssertDependsOn(sum, "i p", "i p");
    }

    [Fact]
    public void A_computation_depends_on_what_its_parts_depend_on()
    {
        var (p, one) = (_numbers.Leaf("p"), _numbers.Constant(1));

        AssertDependsOn(_numbers.Compound("+", null, p, one), "p", "p");
        AssertDependsOn(_numbers.Compound("+", null, one, p), "p", "p");
        AssertDependsOn(_numbers.Compound("-", null, p, null), "p", "p");
        AssertDependsOn(_numbers.Compound("-", null, one, one), "", "");
    }

    [Fact]
    public void A_load_depends_on_the_place_and_on_memory_but_memory_does_not_lead_to_it()
    {
        var (place, memory, everything) = (_numbers.Leaf("p"), _numbers.Leaf("elements"), _numbers.Leaf("everything"));

        var load = _numbers.Load(null, place, memory, everything);
        AssertDependsOn(load, "elements everything p", "p");
        Assert.Same(load, _numbers.Load(null, place, memory, everything));
        Assert.Same(place, load.Parts.Left);

        var state = load.Parts.Right!;
        Assert.Equal(new NumberParts("memory", null, memory, everything), state.Parts);
        AssertDependsOn(state, "elements everything p", "");
    }

    [Fact]
    public void A_load_that_nobody_else_can_reach_depends_on_its_own_memory_only()
    {
        var (place, memory) = (_numbers.Leaf("v"), _numbers.Leaf("field"));
        var load = _numbers.Load(null, place, memory, null);

        Assert.Same(memory, load.Parts.Right);
        AssertDependsOn(load, "field v", "v");
        Assert.NotSame(load, _numbers.Load(null, place, memory, _numbers.Leaf("everything")));
        Assert.NotSame(load, _numbers.Load(null, place, _numbers.Leaf("other"), null));
        Assert.NotSame(load, _numbers.Load(null, _numbers.Leaf("w"), memory, null));
    }

    [Fact]
    public void A_load_of_a_static_has_the_member_for_its_root()
    {
        var member = Declared.Member("static int F;", "F");

        var load = _numbers.Load(member, null, _numbers.Leaf("memory"), null);
        Assert.Equal<object>([member], load.Roots);
        Assert.Equal<object>(["memory"], load.Leaves);
        Assert.Null(load.Parts.Left);

        Assert.Empty(_numbers.Load(null, null, _numbers.Leaf("memory"), null).Roots);
    }

    [Fact]
    public void The_same_computation_of_the_same_parts_is_the_same_number()
    {
        var (p, i) = (_numbers.Leaf("p"), _numbers.Leaf("i"));
        var sum = _numbers.Compound("+", null, p, i);

        Assert.Same(sum, _numbers.With(sum, p, i));
        Assert.Same(p, _numbers.With(p, null, null));
    }

    [Fact]
    public void The_same_computation_of_another_part_is_what_that_gives()
    {
        var (p, q, i, j) = (_numbers.Leaf("p"), _numbers.Leaf("q"), _numbers.Leaf("i"), _numbers.Leaf("j"));
        var sum = _numbers.Compound("+", "int", p, i);

        var left = _numbers.With(sum, q, i);
        var right = _numbers.With(sum, p, j);
        AssertDependsOn(left, "i q", "i q");
        AssertDependsOn(right, "j p", "j p");
        Assert.Same(_numbers.Compound("+", "int", q, i), left);
        Assert.Same(_numbers.Compound("+", "int", p, j), right);

        var negated = _numbers.With(_numbers.Compound("-", null, p, null), q, null);
        AssertDependsOn(negated, "q", "q");
        Assert.Same(_numbers.Compound("-", null, q, null), negated);
    }

    [Fact]
    public void A_load_from_another_place_has_that_places_roots()
    {
        var (p, q, memory) = (_numbers.Leaf("p"), _numbers.Leaf("q"), _numbers.Leaf("memory"));

        var moved = _numbers.With(_numbers.Load(null, p, memory, null), q, memory);
        AssertDependsOn(moved, "memory q", "q");

        var member = Declared.Member("static int F;", "F");
        var later = _numbers.With(_numbers.Load(member, null, memory, null), null, _numbers.Leaf("later"));
        Assert.Equal<object>(["later"], later.Leaves);
        Assert.Equal<object>([member], later.Roots);
    }

    private static void AssertDependsOn(Number number, string leaves, string roots)
    {
        Assert.Equal(leaves, string.Join(' ', number.Leaves.Cast<string>().Order(StringComparer.Ordinal)));
        Assert.Equal(roots, string.Join(' ', number.Roots.Cast<string>().Order(StringComparer.Ordinal)));
    }
}
