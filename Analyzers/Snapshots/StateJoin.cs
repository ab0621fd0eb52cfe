using System.Collections.Immutable;

namespace PteGuard.Analyzers.Snapshots;

/// <summary>Finds what holds on either of two ways into a block.</summary>
/// <remarks>
/// A place that holds different values on the two gets a value of its own, the same one for all places that
/// held the same two; an entry that was read behind both stays known behind that.
/// </remarks>
internal sealed class StateJoin(SnapshotState left, SnapshotState right, int block, Numbers numbers)
{
    // Entries that are compared with each other, which is done for those only that differ.
    private const int MaxPairs = 10_000;

    private readonly Dictionary<(Number, Number), Number> _joint = [];
    private readonly HashSet<Number> _taken = [];
    private readonly HashSet<object> _staleLeft = [];
    private readonly HashSet<object> _staleRight = [];

    /// <summary>The joint state; the left one itself if the right one takes nothing from it.</summary>
    public SnapshotState Join()
    {
        var values = left.Values == right.Values ? left.Values : Values();
        var snapshots = left.Snapshots == right.Snapshots && _joint.Count == 0 ? left.Snapshots : Snapshots();
        var isLocked = left.IsLocked && right.IsLocked;
        return values == left.Values && snapshots == left.Snapshots && isLocked == left.IsLocked ? left : new SnapshotState(values, snapshots, isLocked);
    }

    private ImmutableDictionary<object, Number> Values()
    {
        var values = left.Values;
        var places = left.Values.Keys.Union(right.Values.Keys).ToList();
        for (var known = -1; known < _joint.Count;)
        {
            known = _joint.Count;
            foreach (var place in places)
            {
                var (ours, theirs) = (Held(left, place), Held(right, place));
                if (ours == theirs && !IsStale(ours))
                    continue;

                if (!_joint.TryGetValue((ours, theirs), out var number))
                    _joint.Add((ours, theirs), number = Take(place, ours, theirs));

                values = values.SetItem(place, number);
            }
        }

        return values;
    }

    private Number Take(object place, Number ours, Number theirs)
    {
        var number = ours.Parts.Detail is ValueTuple<int, object, int> { Item1: var made } && made == block ? ours : numbers.Leaf((block, place, 0));
        for (var i = 1; !_taken.Add(number); i++)
            number = numbers.Leaf((block, place, i));

        var origin = number.Parts.Detail!;
        if (ours != number)
            _staleLeft.Add(origin);

        if (theirs != number)
            _staleRight.Add(origin);

        return number;
    }

    private ImmutableDictionary<EntryKey, Snapshot> Snapshots()
    {
        var joint = left.Snapshots;
        var unmatched = new List<KeyValuePair<EntryKey, Snapshot>>();
        foreach (var snapshot in left.Snapshots)
        {
            if (right.Snapshots.TryGetValue(snapshot.Key, out var theirs) && !IsStale(snapshot.Key.Pointer))
            {
                joint = joint.SetItem(snapshot.Key, snapshot.Value.Join(theirs));
                continue;
            }

            joint = joint.Remove(snapshot.Key);
            unmatched.Add(snapshot);
        }

        if (unmatched.Count == 0 || _joint.Count == 0)
            return joint;

        var others = right.Snapshots.Where(snapshot => !left.Snapshots.ContainsKey(snapshot.Key) || IsStale(snapshot.Key.Pointer)).ToList();
        if ((long)unmatched.Count * others.Count > MaxPairs)
            return joint;

        foreach (var ours in unmatched)
        {
            foreach (var theirs in others)
            {
                if (ours.Key.Reader.Equals(theirs.Key.Reader) && Unify(ours.Key.Pointer, theirs.Key.Pointer) is { } pointer)
                    joint = joint.SetItem(ours.Key with { Pointer = pointer }, ours.Value.Join(theirs.Value));
            }
        }

        // What is the same entry by the same name has not changed.
        return joint.Count == left.Snapshots.Count && joint.All(snapshot => left.Snapshots.TryGetValue(snapshot.Key, out var before) && ReferenceEquals(before, snapshot.Value))
            ? left.Snapshots
            : joint;
    }

    /// <summary>What is the left value on the left way and the right one on the right way; null if nothing is.</summary>
    private Number? Unify(Number ours, Number theirs)
    {
        if (_joint.TryGetValue((ours, theirs), out var joint))
            return joint;

        if (ours == theirs && !IsStale(ours))
            return ours;

        if (ours.Parts.Left is null || ours.Parts.Kind != theirs.Parts.Kind || !Equals(ours.Parts.Detail, theirs.Parts.Detail)
            || theirs.Parts.Left is null || ours.Parts.Right is null != theirs.Parts.Right is null || Unify(ours.Parts.Left, theirs.Parts.Left) is not { } start)
            return null;

        if (ours.Parts.Right is null)
            return numbers.With(ours, start, null);

        return Unify(ours.Parts.Right, theirs.Parts.Right!) is { } rest ? numbers.With(ours, start, rest) : null;
    }

    private bool IsStale(Number number) => number.Leaves.Overlaps(_staleLeft) || number.Leaves.Overlaps(_staleRight);

    private Number Held(SnapshotState state, object place) => state.Values.TryGetValue(place, out var value) ? value : numbers.Leaf(place);
}
