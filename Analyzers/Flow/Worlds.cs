using System.Collections.Immutable;

namespace PteGuard.Analyzers.Flow;

/// <summary>How finely the cases at a program point are told apart. It only ever gets coarser.</summary>
internal enum Precision
{
    /// <summary>By the handles' states and by who holds which handle.</summary>
    Holders,

    /// <summary>By the handles' states.</summary>
    Sites,

    /// <summary>By the protocol's states of the handles, and not by which are null.</summary>
    States,

    /// <summary>Not at all.</summary>
    Joined,
}

/// <summary>
/// All that may be true at a program point, as a few cases. Cases are joined unless they differ about a
/// handle, so that a flag that says whether something was acquired stays tied to what it says.
/// </summary>
internal sealed record Worlds(ImmutableArray<World> Cases, Precision Precision)
{
    public static Worlds Of(World world) => new(ImmutableArray.Create(world), Precision.Holders);

    /// <summary>The same cases, each changed; null if none is left.</summary>
    /// <param name="argument">Goes to every change, so that none has to hold it.</param>
    /// <param name="change">The change; null: the case is none any more.</param>
    public Worlds? Select<T>(T argument, Func<World, T, World?> change)
    {
        if (Cases.Length == 1)
            return change(Cases[0], argument) is not { } next ? null : ReferenceEquals(next, Cases[0]) ? this : this with { Cases = ImmutableArray.Create(next) };

        ImmutableArray<World>.Builder? changed = null;
        for (var i = 0; i < Cases.Length; i++)
        {
            var result = change(Cases[i], argument);
            if (changed is null && ReferenceEquals(result, Cases[i]))
                continue;

            if (changed is null)
            {
                changed = ImmutableArray.CreateBuilder<World>(Cases.Length);
                changed.AddRange(Cases, i);
            }

            if (result is not null)
                changed.Add(result);
        }

        return changed is null ? this : changed.Count == 0 ? null : this with { Cases = changed.ToImmutable() };
    }

    public Worlds Join(Worlds other, Func<Place, Value> atJoin, int limit)
    {
        var precision = (Precision)Math.Max((int)Precision, (int)other.Precision);
        while (true)
        {
            var cases = Cases;
            if (precision != Precision)
                cases = Add(ImmutableArray<World>.Empty, Cases, precision, atJoin);

            cases = Add(cases, other.Cases, precision, atJoin);
            if (cases.Length <= limit || precision == Precision.Joined)
                return cases == Cases && precision == Precision ? this : new Worlds(cases, precision);

            precision++;
        }
    }

    private static ImmutableArray<World> Add(ImmutableArray<World> cases, ImmutableArray<World> more, Precision precision, Func<Place, Value> atJoin)
    {
        foreach (var world in more)
        {
            var like = -1;
            for (var i = 0; i < cases.Length && like < 0; i++)
            {
                if (cases[i].IsLike(world, precision))
                    like = i;
            }

            if (like < 0)
            {
                cases = cases.Add(world);
                continue;
            }

            var joined = cases[like].Join(world, atJoin);
            if (!ReferenceEquals(joined, cases[like]))
                cases = cases.SetItem(like, joined);
        }

        return cases;
    }
}
