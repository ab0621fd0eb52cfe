namespace PteGuard.Analyzers.Flow;

/// <content>How handles end that nothing holds any more.</content>
internal sealed partial class World
{
    /// <summary>Drops the handles that nothing holds and that nobody wants kept.</summary>
    public World Collect(Func<Site, SiteState, bool> keep)
    {
        if (_loose is null)
            return this;

        var dead = new List<int>();
        for (var loose = _loose; loose is not null; loose = loose.Next)
        {
            if (this[loose.Site] is { } state && !Mentions(loose.Site) && !keep(loose.Site, state))
                dead.Add(loose.Site.Number);
        }

        var world = new World(_table, _places, _sites, _sitesHash, _holdersHash, null);
        if (dead.Count == 0)
            return world;

        dead.Sort();
        dead = [.. dead.Where((number, i) => i == 0 || dead[i - 1] != number)];
        return world.Without(dead.Select(number => Place.Of(_table[number]))).Without(dead);
    }

    /// <param name="dead">The numbers of sites that nothing mentions, in order.</param>
    private World Without(List<int> dead) =>
        new(_table, _places, _sites.Without(dead), dead.Aggregate(_sitesHash, (hash, number) => hash ^ StateHash(_table[number], _sites[number])), _holdersHash, _loose);

    /// <summary>The places that hold something of a site, a test of it included.</summary>
    public IEnumerable<Place> HoldersOf(Site site) =>
        _table.Places.HoldersOf(site).Where(place => Mentioned(_places[place]) == site).Select(place => _table.Places[place]);

    private bool Mentions(Site site)
    {
        foreach (var place in _table.Places.HoldersOf(site))
        {
            if (Mentioned(_places[place]) == site)
                return true;
        }

        return false;
    }
}
