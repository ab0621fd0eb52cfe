namespace PteGuard.Analyzers.Flow;

/// <summary>The places of one body, numbered as they are met, and where each site's value has ever been.</summary>
internal sealed class Places
{
    private readonly Dictionary<Place, int> _numbers = [];
    private readonly List<Place> _places = [];
    private readonly List<List<int>?> _holders = [];
    private readonly HashSet<(int Site, int Place)> _known = [];

    public Place this[int number] => _places[number];

    public bool Knows(Place place, out int number) => _numbers.TryGetValue(place, out number);

    public int NumberOf(Place place)
    {
        if (!_numbers.TryGetValue(place, out var number))
        {
            _numbers.Add(place, number = _places.Count);
            _places.Add(place);
        }

        return number;
    }

    /// <summary>The places that have held something of a site, in some case and at some time.</summary>
    public IReadOnlyList<int> HoldersOf(Site site) => site.Number < _holders.Count && _holders[site.Number] is { } holders ? holders : [];

    public void Note(Site site, int place)
    {
        if (!_known.Add((site.Number, place)))
            return;

        while (_holders.Count <= site.Number)
            _holders.Add(null);

        (_holders[site.Number] ??= []).Add(place);
    }
}
