namespace PteGuard.Analyzers.Flow;

/// <summary>One case of what may be true at a program point: what each place holds, and the state of each site's handle.</summary>
/// <remarks>
/// A body may have thousands of handles and of program points. So nothing here looks at all places or all
/// sites: hashes are kept up to date, and what two cases share is not compared.
/// </remarks>
internal sealed partial class World
{
    private readonly Sites _table;
    private readonly PersistentArray<Value> _places;
    private readonly PersistentArray<SiteState?> _sites;
    private readonly int _sitesHash;
    private readonly int _holdersHash;
    private readonly Loose? _loose;

    private World(Sites table, PersistentArray<Value> places, PersistentArray<SiteState?> sites, int sitesHash, int holdersHash, Loose? loose)
    {
        _table = table;
        _places = places;
        _sites = sites;
        _sitesHash = sitesHash;
        _holdersHash = holdersHash;
        _loose = loose;
    }

    /// <summary>The handles that are alive.</summary>
    public List<KeyValuePair<Site, SiteState>> Sites
    {
        get
        {
            var sites = _sites;
            var table = _table;
            return sites.Indices.ConvertAll(i => new KeyValuePair<Site, SiteState>(table[i], sites[i]!.Value));
        }
    }

    /// <summary>What a place holds; null: it is not known.</summary>
    public Value? this[Place place] => _table.Places.Knows(place, out var number) ? _places[number] : null;

    public SiteState? this[Site site] => _sites[site.Number];

    /// <summary>The case in which nothing is known.</summary>
    public static World Empty(Sites sites) => new(sites, PersistentArray<Value>.Empty, PersistentArray<SiteState?>.Empty, 0, 0, null);

    /// <summary>The case that a body begins with.</summary>
    /// <param name="sites">The body's sites; none of its places has a number yet.</param>
    /// <param name="held">What its places hold: none twice.</param>
    public static World Of(Sites sites, List<(Place Place, Value Value)> held)
    {
        foreach (var (place, value) in held)
        {
            var number = sites.Places.NumberOf(place);
            if (Mentioned(value) is { } site)
                sites.Places.Note(site, number);
        }

        return new World(sites, PersistentArray<Value>.Of(held.ConvertAll(static h => h.Value)), PersistentArray<SiteState?>.Empty, 0, 0, null);
    }

    public World With(Place place, Value? value)
    {
        if (value is not null)
            return With(_table.Places.NumberOf(place), value);

        return _table.Places.Knows(place, out var number) ? With(number, null) : this;
    }

    public World With(Site site, SiteState state) => WithState(site, state);

    /// <summary>Forgets who holds what came from a site, since the site is about to yield another value.</summary>
    public World Orphan(Site site) => Replace(site, null, testsToo: true).Without(site);

    /// <summary>Puts what a condition has told in the place of a value, wherever it is held.</summary>
    public World Learn(Site site, Value value) => Replace(site, value, testsToo: false);

    /// <summary>Forgets what some places hold.</summary>
    public World Without(IEnumerable<Place> places)
    {
        var held = new List<int>();
        var hash = _holdersHash;
        var loose = _loose;
        foreach (var place in places)
        {
            if (!_table.Places.Knows(place, out var number) || _places[number] is not { } value)
                continue;

            held.Add(number);
            hash ^= HolderHash(number, value);
            if (Mentioned(value) is { } released && this[released] is not null)
                loose = Loose.Add(released, loose);
        }

        if (held.Count == 0)
            return this;

        held.Sort();
        return new World(_table, _places.Without(held), _sites, _sitesHash, hash, loose);
    }

    /// <summary>The case that covers both; this one itself if it does so already.</summary>
    /// <remarks>
    /// Places that are equal in both worlds stay equal. A value that differs becomes the joint value of the
    /// first place that holds it; a class of equal places can only split, which is what ends the iteration.
    /// </remarks>
    public World Join(World other, Func<Place, Value> atJoin)
    {
        var world = this;
        var joint = new Dictionary<(Value, Value), Value>();
        foreach (var place in _places.Differences(other._places))
        {
            if (_places[place] is not { } ours)
                continue;

            Value? value = null;
            if (other._places[place] is { } theirs && !joint.TryGetValue((ours, theirs), out value))
                joint.Add((ours, theirs), value = atJoin(_table.Places[place]));

            world = world.With(place, value);
        }

        foreach (var number in _sites.Differences(other._sites))
        {
            var site = _table[number];
            world = world.With(site, (this[site], other[site]) switch
            {
                ({ } ours, { } theirs) => ours.Join(theirs),
                var (ours, theirs) => (ours ?? theirs)!.Value with { Nullness = Nullness.Lost },
            });
        }

        return world;
    }

    private World With(int place, Value? value)
    {
        var before = _places[place];
        if (Equals(before, value))
            return this;

        if (Mentioned(value) is { } site)
            _table.Places.Note(site, place);

        return new World(
            _table,
            _places.Set(place, value),
            _sites,
            _sitesHash,
            _holdersHash ^ HolderHash(place, before) ^ HolderHash(place, value),
            Mentioned(before) is { } released && this[released] is not null ? Loose.Add(released, _loose) : _loose);
    }

    private World WithState(Site site, SiteState? state)
    {
        var before = this[site];
        if (before == state)
            return this;

        var world = new World(
            _table,
            _places,
            _sites.Set(site.Number, state),
            _sitesHash ^ StateHash(site, before) ^ StateHash(site, state),
            _holdersHash,
            state is null ? _loose : Loose.Add(site, _loose));
        return before is null || state is null ? world.Recount(site) : world;
    }

    private World Without(Site site) => With(Place.Of(site), null).WithState(site, null);

    private World Replace(Site site, Value? value, bool testsToo)
    {
        var world = this;
        var holders = _table.Places.HoldersOf(site);
        for (var i = 0; i < holders.Count; i++)
        {
            if (_places[holders[i]] is { } held && Mentioned(held) == site && (testsToo || held is Value.From))
                world = world.With(holders[i], value);
        }

        return world;
    }

    private static Site? Mentioned(Value? value) => value switch
    {
        Value.From from => from.Site,
        Value.Test test => test.Site,
        _ => null,
    };
}
