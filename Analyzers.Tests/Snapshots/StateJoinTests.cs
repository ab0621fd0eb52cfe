using PteGuard.Analyzers.Snapshots;

namespace PteGuard.Analyzers.Tests.Snapshots;

public class StateJoinTests
{
    private const int Block = 7;

    private readonly Numbers _numbers = new();
    private readonly SnapshotRead _here = Read();
    private readonly SnapshotRead _there = Read();

    [Fact]
    public void What_holds_on_both_ways_holds()
    {
        var state = Known(Holding(("p", Leaf("a"))), ("a", _here)) with { IsLocked = true };

        Assert.Same(state, Join(state, state));
        Assert.Same(state, Join(state, new(state.Values, state.Snapshots, true)));
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, false)]
    public void A_lock_is_held_if_both_ways_hold_it(bool left, bool right, bool joint)
    {
        Assert.Equal(joint, Join(SnapshotState.Start with { IsLocked = left }, SnapshotState.Start with { IsLocked = right }).IsLocked);
    }

    [Fact]
    public void An_entry_that_was_read_on_one_way_only_is_not_known()
    {
        var both = Known(SnapshotState.Start, ("a", _here), ("b", _here));
        var one = Known(SnapshotState.Start, ("a", _there));

        Assert.Equal([Key("a")], Join(both, one).Snapshots.Keys);
        Assert.Equal([Key("a")], Join(one, both).Snapshots.Keys);
        Assert.Equal([_here, _there], Join(both, one).Snapshots[Key("a")].Sources.ToHashSet());
    }

    [Fact]
    public void Places_that_held_the_same_two_values_hold_one_value()
    {
        var left = Holding(("p", Leaf("a")), ("q", Leaf("a")), ("r", Leaf("a")), ("s", Leaf("c")));
        var right = Holding(("p", Leaf("b")), ("q", Leaf("b")), ("r", Leaf("c")), ("s", Leaf("c")));

        var joint = Join(left, right).Values;
        Assert.Same(joint["p"], joint["q"]);
        Assert.NotSame(joint["p"], joint["r"]);
        Assert.DoesNotContain(joint["p"], new[] { Leaf("a"), Leaf("b") });
        Assert.Same(Leaf("c"), joint["s"]);
    }

    [Fact]
    public void A_place_that_changed_on_one_way_only_holds_a_value_of_its_own()
    {
        var changed = Holding(("p", Leaf("b")));

        Assert.NotSame(Leaf("p"), Join(changed, SnapshotState.Start).Values["p"]);
        Assert.NotSame(Leaf("b"), Join(changed, SnapshotState.Start).Values["p"]);
        Assert.NotSame(Leaf("p"), Join(SnapshotState.Start, changed).Values["p"]);
    }

    [Fact]
    public void Joints_of_different_blocks_are_not_taken_for_one_another()
    {
        var (left, right) = (Holding(("p", Leaf("a"))), Holding(("p", Leaf("b"))));

        Assert.NotSame(
            new StateJoin(left, right, Block, _numbers).Join().Values["p"],
            new StateJoin(left, right, Block + 1, _numbers).Join().Values["p"]);
    }

    [Fact]
    public void An_entry_that_was_read_behind_both_values_is_known_behind_the_joint_one()
    {
        var left = Known(Holding(("p", Leaf("a"))), ("a", _here), ("n", _here));
        var right = Known(Holding(("p", Leaf("b"))), ("b", _there), ("n", _here));

        var joint = Join(left, right);
        var behind = new EntryKey(joint.Values["p"], SnapshotRead.OrdinaryReader);
        Assert.Equal([behind, Key("n")], joint.Snapshots.Keys.ToHashSet());
        Assert.Equal([_here, _there], joint.Snapshots[behind].Sources.ToHashSet());
    }

    [Fact]
    public void So_is_one_at_the_same_distance()
    {
        var left = Known(Holding(("p", Leaf("a")), ("i", Leaf("x"))), (Sum("a", "x"), _here), (Deref(Leaf("a")), _here), (Sum("n", "x"), _here));
        var right = Known(Holding(("p", Leaf("b")), ("i", Leaf("y"))), (Sum("b", "y"), _there), (Deref(Leaf("b")), _there), (Sum("n", "y"), _there));

        var joint = Join(left, right);
        var (p, i) = (joint.Values["p"], joint.Values["i"]);
        Assert.Equal(
            new[] { _numbers.Compound("+", null, p, i), Deref(p), _numbers.Compound("+", null, Leaf("n"), i) }.ToHashSet(),
            joint.Snapshots.Keys.Select(key => key.Pointer).ToHashSet());
    }

    [Fact]
    public void What_is_computed_in_another_way_is_not()
    {
        var left = Known(Holding(("p", Leaf("a"))), (Sum("a", "x"), _here));
        foreach (var other in new[]
        {
            _numbers.Compound("-", null, Leaf("b"), Leaf("x")),
            _numbers.Compound("+", "type", Leaf("b"), Leaf("x")),
            _numbers.Compound("+", null, Leaf("b"), null),
            _numbers.Compound("+", null, Leaf("b"), Leaf("y")),
            _numbers.Compound("+", null, Leaf("c"), Leaf("x")),
            Leaf("b"),
        })
        {
            var right = Known(Holding(("p", Leaf("b"))), (other, _there));
            Assert.Empty(Join(left, right).Snapshots);
            Assert.Empty(Join(right, left).Snapshots);
        }
    }

    [Fact]
    public void An_entry_that_was_read_in_another_way_is_not()
    {
        var left = Known(Holding(("p", Leaf("a"))), ("a", _here));
        var right = Holding(("p", Leaf("b")));
        right = right with { Snapshots = right.Snapshots.Add(new(Leaf("b"), "lockless"), Snapshot.Of(_there)) };

        Assert.Empty(Join(left, right).Snapshots);
    }

    [Fact]
    public void Without_joint_values_nothing_is_known_by_another_name()
    {
        Assert.Empty(Join(Known(SnapshotState.Start, ("a", _here)), Known(SnapshotState.Start, ("b", _there))).Snapshots);
    }

    [Theory]
    [InlineData(100, 100, 1)]
    [InlineData(101, 100, 0)]
    [InlineData(1, 10_001, 0)]
    public void More_entries_than_code_decides_about_are_not_compared(int left, int right, int known)
    {
        var ours = Known(Holding(("p", Leaf("a"))), [("a", _here), .. Enumerable.Range(1, left - 1).Select(n => ($"l{n}", _here))]);
        var theirs = Known(Holding(("p", Leaf("b"))), [("b", _there), .. Enumerable.Range(1, right - 1).Select(n => ($"r{n}", _there))]);

        Assert.Equal(known, Join(ours, theirs).Snapshots.Count);
    }

    [Fact]
    public void Joining_once_more_changes_nothing()
    {
        var left = Known(Holding(("p", Leaf("a")), ("q", Leaf("a"))), ("a", _here), ("n", _here));
        var right = Known(Holding(("p", Leaf("b")), ("q", Leaf("b"))), ("b", _there), ("n", _there));

        var joint = Join(left, right);
        Assert.Equal(2, joint.Snapshots.Count);
        Assert.Same(joint, Join(joint, right));
        Assert.Same(joint, Join(joint, new(joint.Values, joint.Snapshots, false)));
    }

    [Fact]
    public void A_value_that_changes_in_a_loop_keeps_its_name_and_what_was_read_behind_it_goes()
    {
        // for (;; p++) *p: the joint p, and on the way back that plus one, with the entry of the last turn.
        var before = Join(Holding(("p", Leaf("a"))), Holding(("p", Leaf("b"))));
        var p = before.Values["p"];
        var next = _numbers.Compound("+", null, p, _numbers.Constant(1));
        var back = Known(before with { Values = before.Values.SetItem("p", next) }, (p, _there));

        Assert.Same(before, Join(before, back));

        var known = Known(before, (p, _here));
        Assert.Empty(Join(known, back).Snapshots);
        Assert.Same(p, Join(known, back).Values["p"]);
    }

    [Fact]
    public void Two_places_that_part_in_a_loop_get_two_names()
    {
        var before = Join(Holding(("p", Leaf("a")), ("q", Leaf("a"))), Holding(("p", Leaf("b")), ("q", Leaf("b"))));
        Assert.Same(before.Values["p"], before.Values["q"]);

        var joint = Join(before, before with { Values = before.Values.SetItem("q", Leaf("c")) });
        Assert.NotSame(joint.Values["p"], joint.Values["q"]);

        var other = before with { Values = before.Values.SetItem("p", Leaf("c")) };
        joint = Join(before, other);
        Assert.NotSame(joint.Values["p"], joint.Values["q"]);
        Assert.Same(joint, Join(joint, other));
    }

    [Fact]
    public void What_was_computed_from_an_earlier_value_of_the_name_is_another_value()
    {
        // The way that comes anew has, under the name that the joint value gets, what an earlier turn left.
        var joint = Join(Holding(("p", Leaf("a"))), Holding(("p", Leaf("b")))).Values["p"];
        var old = _numbers.Compound("+", null, joint, _numbers.Constant(1));

        var met = Join(Holding(("p", Leaf("a")), ("q", old)), Holding(("p", Leaf("b")), ("q", old)));
        Assert.Same(joint, met.Values["p"]);
        Assert.NotSame(old, met.Values["q"]);

        var known = Join(Known(Holding(("p", Leaf("a"))), (old, _here)), Known(Holding(("p", Leaf("b"))), (old, _there)));
        Assert.Empty(known.Snapshots);

        // Where only one way has left the name behind, what was computed from it is that on that way, and not on the other.
        Assert.NotSame(old, Join(Holding(("p", Leaf("a")), ("q", old)), Holding(("p", joint), ("q", old))).Values["q"]);
        Assert.NotSame(old, Join(Holding(("p", joint), ("q", old)), Holding(("p", Leaf("a")), ("q", old))).Values["q"]);
    }

    [Fact]
    public void A_joint_value_of_another_block_is_no_name_for_this_ones()
    {
        var elsewhere = new StateJoin(Holding(("p", Leaf("a"))), Holding(("p", Leaf("b"))), Block - 1, _numbers).Join();

        Assert.NotSame(elsewhere.Values["p"], Join(elsewhere, Holding(("p", Leaf("c")))).Values["p"]);
    }

    private static SnapshotRead Read() => new(null!, null!, null, SnapshotRead.OrdinaryReader, null);

    private SnapshotState Join(SnapshotState left, SnapshotState right) => new StateJoin(left, right, Block, _numbers).Join();

    private Number Leaf(string origin) => _numbers.Leaf(origin);

    private Number Sum(string left, string right) => _numbers.Compound("+", null, Leaf(left), Leaf(right));

    private Number Deref(Number pointer) => _numbers.Compound("field", "f", pointer, null);

    private EntryKey Key(string pointer) => new(Leaf(pointer), SnapshotRead.OrdinaryReader);

    private static SnapshotState Holding(params (string Place, Number Value)[] values) =>
        values.Aggregate(SnapshotState.Start, (state, held) => state.With(held.Place, held.Value));

    private SnapshotState Known(SnapshotState state, params (string Pointer, SnapshotRead Read)[] known) =>
        Known(state, [.. known.Select(k => (Leaf(k.Pointer), k.Read))]);

    private static SnapshotState Known(SnapshotState state, params (Number Pointer, SnapshotRead Read)[] known) =>
        known.Aggregate(state, (s, k) => s with { Snapshots = s.Snapshots.SetItem(new(k.Pointer, SnapshotRead.OrdinaryReader), Snapshot.Of(k.Read)) });
}
