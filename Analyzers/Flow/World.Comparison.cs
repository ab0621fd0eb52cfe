namespace PteGuard.Analyzers.Flow;

/// <content>How two cases are told apart, by hashes that do not depend on order: most cases that are compared differ.</content>
internal sealed partial class World
{
    /// <summary>Whether the two cases differ in nothing that must be kept apart.</summary>
    public bool IsLike(World other, Precision precision) => precision switch
    {
        Precision.Joined => true,
        Precision.States => SameStates(other),
        Precision.Sites => SameSites(other),
        _ => SameSites(other) && SameHolders(other),
    };

    private bool SameSites(World other) => _sitesHash == other._sitesHash
        && _sites.Differences(other._sites).TrueForAll(site => _sites[site]?.WithoutNotes() == other._sites[site]?.WithoutNotes());

    private bool SameStates(World other) => _sites.Differences(other._sites).TrueForAll(site => _sites[site]?.WithoutNotes().States == other._sites[site]?.WithoutNotes().States);

    private bool SameHolders(World other) => _holdersHash == other._holdersHash
        && !_places.Differences(other._places).Any(place => IsHolder(_places[place]) || IsHolder(other._places[place]));

    private bool IsHolder(Value? value) => value is Value.From from && this[from.Site] is not null;

    private int HolderHash(int place, Value? value) => value is Value.From from && IsHolder(from) ? Mix(place, from) : 0;

    private static int Mix(int place, Value.From from) => Mix(place, from.Site.Number * 2 + (int)from.Aspect);

    private static int StateHash(Site site, SiteState? state) => state?.WithoutNotes() is { } known ? Mix(site.Number, known.States * 4 + (int)known.Nullness) : 0;

    /// <summary>Sums by exclusive or must not cancel out when two places exchange what they hold.</summary>
    private static int Mix(int key, int value)
    {
        var hash = unchecked((uint)key * 0x9E3779B1 + (uint)value * 0x85EBCA77);
        hash = unchecked((hash ^ (hash >> 15)) * 0xC2B2AE3D);
        return (int)(hash ^ (hash >> 13));
    }

    /// <summary>Adds who holds a handle to the hash, or takes it out, when the handle begins or ends to be followed.</summary>
    private World Recount(Site site)
    {
        var hash = _holdersHash;
        foreach (var place in _table.Places.HoldersOf(site))
        {
            if (_places[place] is Value.From from && from.Site == site)
                hash ^= Mix(place, from);
        }

        return hash == _holdersHash ? this : new World(_table, _places, _sites, _sitesHash, hash, _loose);
    }
}
