using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Snapshots;

namespace PteGuard.Analyzers.Tests.Snapshots;

public class SnapshotStateTests
{
    private readonly Numbers _numbers = new();
    private readonly SnapshotRead _first = Read();
    private readonly SnapshotRead _second = Read();
    private readonly ISymbol _local = Declared.Member("int F;", "F");
    private readonly ISymbol _other = Declared.Member("int G;", "G");

    [Fact]
    public void Nothing_is_known_at_the_start()
    {
        Assert.Empty(SnapshotState.Start.Values);
        Assert.Empty(SnapshotState.Start.Snapshots);
        Assert.False(SnapshotState.Start.IsLocked);
    }

    [Fact]
    public void What_meets_has_the_sources_of_both_and_the_holders_that_both_have()
    {
        var left = new Snapshot([_first], [_local, _other]);
        var right = new Snapshot([_second], [_other]);

        var joint = left.Join(right);
        Assert.Equal([_first, _second], joint.Sources.ToHashSet());
        Assert.Equal<ISymbol>([_other], joint.Holders);
        Assert.Equal<ISymbol>([_other], right.Join(left).Holders);
    }

    [Fact]
    public void What_brings_nothing_new_leaves_a_snapshot_the_same()
    {
        var snapshot = new Snapshot([_first, _second], [_local]);

        Assert.Same(snapshot, snapshot.Join(snapshot));
        Assert.Same(snapshot, snapshot.Join(new([_first], [_local, _other])));
        Assert.NotSame(snapshot, snapshot.Join(new([_first], [])));
        Assert.NotSame(snapshot, snapshot.Join(new([_first, Read()], [_local])));
    }

    [Fact]
    public void A_snapshot_begins_with_its_read_and_no_holder()
    {
        var snapshot = Snapshot.Of(_first);

        Assert.Same(_first, Assert.Single(snapshot.Sources));
        Assert.Empty(snapshot.Holders);
    }

    [Fact]
    public void Some_entries_can_be_forgotten()
    {
        var (p, q) = (Key("p"), Key("q"));
        var state = Known((p, Snapshot.Of(_first)), (q, Snapshot.Of(_second)));

        Assert.Equal([q], state.Forget((key, _) => key == p).Snapshots.Keys);
        Assert.Equal([p], state.Forget((_, snapshot) => snapshot.Sources.Contains(_second)).Snapshots.Keys);
        Assert.Same(state, state.Forget((_, _) => false));
        Assert.Empty(state.Forget((_, _) => true).Snapshots);
    }

    [Fact]
    public void All_entries_can_be_forgotten()
    {
        var state = Known((Key("p"), Snapshot.Of(_first))) with { IsLocked = true };

        Assert.Empty(state.ForgetAll().Snapshots);
        Assert.True(state.ForgetAll().IsLocked);
        Assert.Same(SnapshotState.Start, SnapshotState.Start.ForgetAll());
    }

    [Fact]
    public void A_variable_that_changes_holds_no_entry_any_more()
    {
        var (p, q) = (Key("p"), Key("q"));
        var state = Known((p, new([_first], [_local, _other])), (q, new([_second], [_other])));

        var released = state.Release(_local);
        Assert.Equal<ISymbol>([_other], released.Snapshots[p].Holders);
        Assert.Same(state.Snapshots[q], released.Snapshots[q]);
        Assert.Same(_first, Assert.Single(released.Snapshots[p].Sources));
        Assert.Same(released, released.Release(_local));
        Assert.Empty(released.Release(_other).Snapshots[q].Holders);
    }

    [Fact]
    public void What_depends_on_an_origin_is_gone_when_that_yields_something_else()
    {
        var call = _numbers.Leaf("call");
        var (found, kept) = (new EntryKey(_numbers.Compound("+", null, call, _numbers.Constant(1)), "reader"), Key("q"));
        var state = Known((found, Snapshot.Of(_first)), (kept, Snapshot.Of(_second))).With("p", call).With("r", _numbers.Leaf("q"));

        var after = state.Orphan("call", _numbers);
        Assert.Equal([kept], after.Snapshots.Keys);
        Assert.Same(_numbers.Leaf("q"), after.Values["r"]);
        Assert.DoesNotContain("call", after.Values["p"].Leaves);
        Assert.Same(after.Values["p"], state.Orphan("call", _numbers).Values["p"]);
    }

    [Fact]
    public void Variables_that_held_what_one_origin_gave_are_not_taken_for_one_another()
    {
        var state = SnapshotState.Start.With("p", _numbers.Leaf("call")).With("q", _numbers.Compound("+", null, _numbers.Leaf("call"), _numbers.Constant(1)));

        var after = state.Orphan("call", _numbers);
        Assert.NotSame(after.Values["p"], after.Values["q"]);
    }

    [Fact]
    public void What_is_left_of_one_turn_is_not_taken_for_what_is_left_of_the_next()
    {
        // p = Next(); *p is read; q = p; Next() again: p has another value, and q the one that p had.
        var first = SnapshotState.Start.With("p", _numbers.Leaf("call")).Orphan("call", _numbers);
        var left = new EntryKey(first.Values["p"], "reader");
        var read = first with { Snapshots = first.Snapshots.Add(left, Snapshot.Of(_first)) };
        var held = read.With("q", read.Values["p"]).With("p", _numbers.Leaf("call"));

        var second = held.Orphan("call", _numbers);
        Assert.Empty(second.Snapshots);
        Assert.NotSame(second.Values["p"], second.Values["q"]);
    }

    private static SnapshotRead Read() => new(null!, null!, null, SnapshotRead.OrdinaryReader, null);

    private EntryKey Key(string pointer) => new(_numbers.Leaf(pointer), SnapshotRead.OrdinaryReader);

    private static SnapshotState Known(params (EntryKey Key, Snapshot Snapshot)[] known) =>
        SnapshotState.Start with { Snapshots = SnapshotState.Start.Snapshots.AddRange(known.Select(k => KeyValuePair.Create(k.Key, k.Snapshot))) };
}
