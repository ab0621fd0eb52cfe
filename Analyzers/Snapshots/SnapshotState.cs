using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Snapshots;

/// <summary>An entry, read in one way.</summary>
/// <param name="Pointer">Where it is.</param>
/// <param name="Reader">How it is read.</param>
internal readonly record struct EntryKey(Number Pointer, object Reader);

/// <summary>What is known of an entry that has been read, whatever way control came.</summary>
/// <param name="Sources">The reads that may have given it.</param>
/// <param name="Holders">The locals that hold it.</param>
internal sealed record Snapshot(ImmutableHashSet<SnapshotRead> Sources, ImmutableHashSet<ISymbol> Holders)
{
    public static Snapshot Of(SnapshotRead read) => new(ImmutableHashSet.Create(read), ImmutableHashSet.Create<ISymbol>(SymbolEqualityComparer.Default));

    public Snapshot Join(Snapshot other)
    {
        var sources = other.Sources.IsSubsetOf(Sources) ? Sources : Sources.Union(other.Sources);
        var holders = Holders.IsSubsetOf(other.Holders) ? Holders : Holders.Intersect(other.Holders);
        return sources == Sources && holders == Holders ? this : new Snapshot(sources, holders);
    }
}

/// <summary>What holds at one point of a body.</summary>
/// <param name="Values">What variables, captures and parts of memory hold, as far as that has changed since the start.</param>
/// <param name="Snapshots">The entries whose value is known from an earlier read.</param>
/// <param name="IsLocked">Whether the body has taken a lock and not released it.</param>
internal sealed record SnapshotState(ImmutableDictionary<object, Number> Values, ImmutableDictionary<EntryKey, Snapshot> Snapshots, bool IsLocked)
{
    public static readonly SnapshotState Start = new(
        ImmutableDictionary<object, Number>.Empty,
        ImmutableDictionary<EntryKey, Snapshot>.Empty,
        false);

    public SnapshotState With(object place, Number value) => this with { Values = Values.SetItem(place, value) };

    /// <summary>Forgets all entries for which the condition holds.</summary>
    public SnapshotState Forget(Func<EntryKey, Snapshot, bool> isOver)
    {
        var snapshots = Snapshots;
        foreach (var snapshot in Snapshots)
        {
            if (isOver(snapshot.Key, snapshot.Value))
                snapshots = snapshots.Remove(snapshot.Key);
        }

        return snapshots == Snapshots ? this : this with { Snapshots = snapshots };
    }

    public SnapshotState ForgetAll() =>
        Snapshots.IsEmpty ? this : this with { Snapshots = Snapshots.Clear() };

    /// <summary>A local no longer holds what it held.</summary>
    public SnapshotState Release(ISymbol local)
    {
        var snapshots = Snapshots;
        foreach (var snapshot in Snapshots)
        {
            if (snapshot.Value.Holders.Contains(local))
                snapshots = snapshots.SetItem(snapshot.Key, snapshot.Value with { Holders = snapshot.Value.Holders.Remove(local) });
        }

        return snapshots == Snapshots ? this : this with { Snapshots = snapshots };
    }

    /// <summary>Forgets what depends on an origin that is about to yield another value.</summary>
    public SnapshotState Orphan(object origin, Numbers numbers)
    {
        var state = Forget((key, _) => key.Pointer.Leaves.Contains(origin));
        foreach (var value in Values)
        {
            if (!value.Value.Leaves.Contains(origin))
                continue;

            // The value that it had, whatever that was; what is left of an earlier one by that name goes first.
            object had = (nameof(Orphan), origin, value.Key);
            state = state.Orphan(had, numbers).With(value.Key, numbers.Leaf(had));
        }

        return state;
    }
}
