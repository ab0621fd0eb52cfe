using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Tests.Flow;

public class WorldsTests
{
    private readonly Sites _sites = new();
    private readonly Site _first;
    private readonly Site _second;

    public WorldsTests()
    {
        _first = _sites.Of(Declared.Member("int F;", "F"));
        _second = _sites.Of(Declared.Member("int G;", "G"));
    }

    [Fact]
    public void Cases_that_stay_the_same_are_the_same()
    {
        var one = Worlds.Of(Case(Nullness.Null, 1));
        var two = Join(one, Worlds.Of(Case(Nullness.NotNull, 1)));

        Assert.Same(one, one.Select(0, (world, _) => world));
        Assert.Same(two, two.Select(0, (world, _) => world));
    }

    [Fact]
    public void A_case_may_change_or_end()
    {
        var (isNull, isNot) = (Case(Nullness.Null, 1), Case(Nullness.NotNull, 1));
        var (one, two) = (Worlds.Of(isNull), Join(Worlds.Of(isNull), Worlds.Of(isNot)));
        var other = Case(Nullness.NotNull, 2);

        Assert.Null(one.Select(0, (_, _) => null));
        Assert.Null(two.Select(0, (_, _) => null));
        AssertCases(one.Select(0, (_, _) => other), other);
        AssertCases(two.Select(isNull, (world, gone) => world == gone ? null : world), isNot);
        AssertCases(two.Select(isNot, (world, gone) => world == gone ? null : world), isNull);
        AssertCases(two.Select(isNot, (world, old) => world == old ? other : world), isNull, other);
        AssertCases(two.Select(isNull, (world, old) => world == old ? other : world), other, isNot);
    }

    [Fact]
    public void Cases_that_differ_about_a_handle_are_kept_apart()
    {
        var joint = Join(Worlds.Of(Case(Nullness.Null, 1)), Worlds.Of(Case(Nullness.NotNull, 1)));

        Assert.Equal(2, joint.Cases.Length);
        Assert.Equal(Precision.Holders, joint.Precision);
        Assert.Same(joint, Join(joint, Worlds.Of(Case(Nullness.Null, 1))));
        Assert.Same(joint, Join(joint, joint));
    }

    [Fact]
    public void More_cases_than_allowed_are_told_apart_by_states_only()
    {
        var worlds = new[] { Case(Nullness.Null, 1), Case(Nullness.NotNull, 1), Case(Nullness.NotNull, 2), Case(Nullness.Maybe, 2) }.Select(Worlds.Of).ToList();

        var three = Join(Join(worlds[0], worlds[1], 2), worlds[2], 2);
        Assert.Equal(Precision.States, three.Precision);
        Assert.Equal([(Nullness.Lost, 1), (Nullness.NotNull, 2)], States(three));

        var four = Join(three, worlds[3], 2);
        Assert.Equal(Precision.States, four.Precision);
        Assert.Equal([(Nullness.Lost, 1), (Nullness.Lost, 2)], States(four));
        Assert.Same(four, Join(four, worlds[0], 2));

        var five = Join(four, Worlds.Of(Case(Nullness.Null, 4)), 2);
        Assert.Equal(Precision.Joined, five.Precision);
        Assert.Equal([(Nullness.Lost, 7)], States(five));
    }

    [Fact]
    public void What_is_coarse_stays_coarse()
    {
        var fine = Join(Worlds.Of(Case(Nullness.Null, 1)), Worlds.Of(Case(Nullness.NotNull, 1)));
        var coarse = new Worlds([Case(Nullness.NotNull, 2)], Precision.States);

        var joint = Join(fine, coarse);
        Assert.Equal(Precision.States, joint.Precision);
        Assert.Equal([(Nullness.Lost, 1), (Nullness.NotNull, 2)], States(joint));
        Assert.Equal(Precision.States, Join(coarse, fine).Precision);
    }

    [Fact]
    public void Exactly_as_many_cases_as_allowed_are_kept()
    {
        var joint = Join(Worlds.Of(Case(Nullness.Null, 1)), Worlds.Of(Case(Nullness.NotNull, 1)), 2);

        Assert.Equal(Precision.Holders, joint.Precision);
        Assert.Equal(2, joint.Cases.Length);
    }

    private static void AssertCases(Worlds? worlds, params World[] cases)
    {
        Assert.Equal(cases.Length, worlds!.Cases.Length);
        Assert.All(cases.Zip(worlds.Cases), pair => Assert.Same(pair.First, pair.Second));
    }

    private World Case(Nullness nullness, int states) => World.Empty(_sites).With(_first, new SiteState(nullness, states));

    private Worlds Join(Worlds left, Worlds right, int limit = 16) =>
        left.Join(right, _ => new Value.From(_second, Aspect.Handle), limit);

    private IEnumerable<(Nullness, int)> States(Worlds worlds) => worlds.Cases.Select(world => (world[_first]!.Value.Nullness, world[_first]!.Value.States));
}
