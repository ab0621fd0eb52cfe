using System.Collections.Immutable;

namespace PteGuard.Analyzers.Flow;

/// <summary>One case of what may be true at a program point: what each place holds, and the state of each site's handle.</summary>
internal sealed class World
{
    public static readonly World Empty = new(ImmutableDictionary<Place, Value>.Empty, ImmutableDictionary<Site, SiteState>.Empty);

    private readonly ImmutableDictionary<Place, Value> _places;
    private readonly ImmutableDictionary<Site, SiteState> _sites;

    private int? _sitesHash;
    private int? _holdersHash;

    private World(ImmutableDictionary<Place, Value> places, ImmutableDictionary<Site, SiteState> sites)
    {
        _places = places;
        _sites = sites;
    }

    /// <summary>Hashes that do not depend on order, since most cases that are compared differ.</summary>
    private int SitesHash => _sitesHash ??= _sites.Aggregate(0, (hash, site) => hash ^ (site.Key.GetHashCode() * 31 + site.Value.GetHashCode()));

    private int HoldersHash => _holdersHash ??= _places.Aggregate(0, (hash, place) => IsHolder(place.Value) ? hash ^ (place.Key.GetHashCode() * 31 + place.Value.GetHashCode()) : hash);

    /// <summary>The handles that are alive.</summary>
    public IEnumerable<KeyValuePair<Site, SiteState>> Sites => _sites;

    /// <summary>What a place holds; null: it is not known.</summary>
    public Value? this[Place place] => _places.TryGetValue(place, out var value) ? value : null;

    public SiteState? this[Site site] => _sites.TryGetValue(site, out var state) ? state : null;

    public World With(Place place, Value? value) =>
        With(value is null ? _places.Remove(place) : _places.SetItem(place, value), _sites);

    public World With(Site site, SiteState state) => With(_places, _sites.SetItem(site, state));

    /// <summary>Forgets who holds what came from a site, since the site is about to yield another value.</summary>
    public World Orphan(Site site) => With(
        _places.RemoveRange(_places.Where(p => Mentioned(p.Value) == site).Select(p => p.Key)).Remove(Place.Of(site)),
        _sites.Remove(site));

    /// <summary>Puts what a condition has told in the place of a value, wherever it is held.</summary>
    public World Learn(Site site, Value value) =>
        With(_places.SetItems(_places.Where(p => p.Value is Value.From from && from.Site == site).Select(p => new KeyValuePair<Place, Value>(p.Key, value))), _sites);

    /// <summary>Drops the handles that nothing holds and that nobody wants kept.</summary>
    public World Collect(Func<Site, SiteState, bool> keep)
    {
        if (_sites.IsEmpty)
            return this;

        var mentioned = new HashSet<Site>();
        foreach (var place in _places)
        {
            if (Mentioned(place.Value) is { } site)
                mentioned.Add(site);
        }

        var world = this;
        foreach (var site in _sites)
        {
            if (!mentioned.Contains(site.Key) && !keep(site.Key, site.Value))
                world = world.With(world._places.Remove(Place.Of(site.Key)), world._sites.Remove(site.Key));
        }

        return world;
    }

    /// <summary>Whether the two cases differ in nothing that must be kept apart.</summary>
    public bool IsLike(World other, Precision precision) => precision switch
    {
        Precision.Joined => true,
        Precision.Sites => SameSites(other),
        _ => SameSites(other) && SameHolders(other),
    };

    /// <summary>The case that covers both; this one itself if it does so already.</summary>
    public World Join(World other, Func<Place, Value> atJoin) => With(JoinPlaces(other, atJoin), JoinSites(other));

    /// <remarks>
    /// Places that are equal in both worlds stay equal. A value that differs becomes the joint value of the
    /// first place that holds it; a class of equal places can only split, which is what ends the iteration.
    /// </remarks>
    private ImmutableDictionary<Place, Value> JoinPlaces(World other, Func<Place, Value> atJoin)
    {
        if (_places == other._places)
            return _places;

        var places = _places;
        var joint = new Dictionary<(Value, Value), Value>();
        foreach (var (place, ours) in _places.Select(p => (p.Key, p.Value)))
        {
            if (other[place] is not { } theirs)
            {
                places = places.Remove(place);
                continue;
            }

            if (ours.Equals(theirs))
                continue;

            if (!joint.TryGetValue((ours, theirs), out var value))
                joint.Add((ours, theirs), value = atJoin(place));

            places = places.SetItem(place, value);
        }

        return places;
    }

    private ImmutableDictionary<Site, SiteState> JoinSites(World other)
    {
        if (_sites == other._sites)
            return _sites;

        var sites = _sites;
        foreach (var (site, state) in other._sites.Select(s => (s.Key, s.Value)))
            sites = sites.SetItem(site, sites.TryGetValue(site, out var mine) ? mine.Join(state) : state with { Nullness = Nullness.Lost });

        foreach (var (site, state) in _sites.Select(s => (s.Key, s.Value)))
        {
            if (!other._sites.ContainsKey(site))
                sites = sites.SetItem(site, state with { Nullness = Nullness.Lost });
        }

        return sites;
    }

    private static Site? Mentioned(Value value) => value switch
    {
        Value.From from => from.Site,
        Value.Test test => test.Site,
        _ => null,
    };

    private bool SameSites(World other) => _sites == other._sites
        || (SitesHash == other.SitesHash && _sites.Count == other._sites.Count && _sites.All(s => other._sites.TryGetValue(s.Key, out var state) && state == s.Value));

    private bool SameHolders(World other) => _places == other._places
        || (HoldersHash == other.HoldersHash && HoldersIn(other) && other.HoldersIn(this));

    private bool HoldersIn(World other)
    {
        foreach (var place in _places)
        {
            if (IsHolder(place.Value) && !place.Value.Equals(other[place.Key]))
                return false;
        }

        return true;
    }

    private bool IsHolder(Value value) => value is Value.From from && _sites.ContainsKey(from.Site);

    private World With(ImmutableDictionary<Place, Value> places, ImmutableDictionary<Site, SiteState> sites) =>
        places == _places && sites == _sites ? this : new World(places, sites);
}
