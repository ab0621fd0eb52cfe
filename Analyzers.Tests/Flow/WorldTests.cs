using Microsoft.CodeAnalysis;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Tests.Flow;

/// <summary>A case against a model of it that looks at everything every time.</summary>
public class WorldTests
{
    private static readonly ISymbol[] s_symbols = [.. Snippet.Compile("class S { int " + string.Join(", ", Enumerable.Range(0, 60).Select(i => $"f{i}")) + "; }").Compilation
        .GetTypeByMetadataName("S")!.GetMembers().OfType<IFieldSymbol>()];

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 8)]
    [InlineData(3, 20)]
    [InlineData(4, 60)]
    public void All_that_is_kept_up_to_date_is_what_a_look_at_everything_gives(int seed, int size)
    {
        var random = new Random(seed);
        var sites = new Sites();
        var known = s_symbols.Take(size).Select(symbol => sites.Of(symbol)).ToArray();
        var joints = new Dictionary<Place, Value>();
        var versions = new List<(World World, Model Model)> { (World.Empty(sites), new Model()) };
        for (var i = 0; i < 4_000; i++)
        {
            var (world, model) = versions[random.Next(Math.Max(0, versions.Count - 12), versions.Count)];
            model = new Model(model);
            var (other, otherModel) = versions[random.Next(Math.Max(0, versions.Count - 12), versions.Count)];
            var site = AnySite();
            var place = AnyPlace();
            switch (random.Next(9))
            {
                case 0 or 1 or 2:
                    var value = AnyValue();
                    world = world.With(place, value);
                    model.Set(place, value);
                    break;
                case 3 or 4:
                    var state = new SiteState((Nullness)random.Next(4), random.Next(2));
                    world = world.With(site, state);
                    model.Sites[site] = state;
                    break;
                case 5 when random.Next(2) == 0:
                    world = world.Orphan(site);
                    model.Orphan(site);
                    break;
                case 5 when world[site] is null:
                    world = world.Learn(site, Value.Null);
                    model.Learn(site, Value.Null);
                    break;
                case 6:
                    var places = Enumerable.Range(0, 5).Select(_ => AnyPlace()).Distinct().ToList();
                    world = world.Without(places);
                    places.ForEach(p => model.Set(p, null));
                    break;
                case 7:
                    world = world.Collect((_, s) => s.States == 1);
                    model.Collect((_, s) => s.States == 1);
                    break;
                case 8:
                    world = world.Join(other, AtJoin);
                    model.Join(otherModel, AtJoin, p => sites.Places.NumberOf(p));
                    break;
            }

            model.AssertIs(world);
            foreach (var precision in Enum.GetValues<Precision>())
                Assert.Equal(model.IsLike(otherModel, precision), world.IsLike(other, precision));

            versions.Add((world, model));
        }

        Site AnySite() => known[random.Next(known.Length)];

        Place AnyPlace() => random.Next(6) == 0 ? Place.Of(AnySite()) : Place.Of(s_symbols[random.Next(size)]);

        Value? AnyValue() => random.Next(6) switch
        {
            0 => null,
            1 => Value.Null,
            2 => new Value.Test(AnySite(), Nullness.Null, Nullness.NotNull),
            _ => new Value.From(AnySite(), (Aspect)random.Next(2)),
        };

        Value AtJoin(Place place) => joints.TryGetValue(place, out var value) ? value : joints[place] = new Value.From(AnySite(), Aspect.Handle);
    }

    [Fact]
    public void What_changes_nothing_gives_the_same_case()
    {
        var sites = new Sites();
        var site = sites.Of(s_symbols[0]);
        var place = Place.Of(s_symbols[1]);
        var world = World.Empty(sites).With(place, new Value.From(site, Aspect.Handle)).With(site, new SiteState(Nullness.Maybe, 0));

        Assert.Same(world, world.With(place, new Value.From(site, Aspect.Handle)));
        Assert.Same(world, world.With(site, new SiteState(Nullness.Maybe, 0)));
        Assert.Same(world, world.With(Place.Of(s_symbols[2]), null));
        Assert.Same(world, world.Without([Place.Of(s_symbols[2])]));
        Assert.Same(world, world.Join(world.With(Place.Of(s_symbols[2]), Value.Null), _ => Value.Null));
        Assert.Same(world, world.Orphan(sites.Of(s_symbols[3])));
        Assert.Equal([site], world.Sites.Select(pair => pair.Key));
    }

    private sealed class Model
    {
        private readonly Dictionary<Place, Value> _places = [];

        public Model()
        {
        }

        public Model(Model other)
        {
            _places = new(other._places);
            Sites = new(other.Sites);
        }

        public Dictionary<Site, SiteState> Sites { get; } = [];

        public void Set(Place place, Value? value)
        {
            _places.Remove(place);
            if (value is not null)
                _places.Add(place, value);
        }

        public void Orphan(Site site)
        {
            foreach (var place in Places(value => Mentioned(value) == site).Append(Place.Of(site)))
                _places.Remove(place);

            Sites.Remove(site);
        }

        public void Learn(Site site, Value value) => Places(held => held is Value.From from && from.Site == site).ForEach(place => _places[place] = value);

        public void Collect(Func<Site, SiteState, bool> keep)
        {
            foreach (var site in Sites.Keys.Where(site => Places(value => Mentioned(value) == site).Count == 0 && !keep(site, Sites[site])).ToList())
            {
                _places.Remove(Place.Of(site));
                Sites.Remove(site);
            }
        }

        public void Join(Model other, Func<Place, Value> atJoin, Func<Place, int> order)
        {
            var joint = new Dictionary<(Value, Value), Value>();
            foreach (var place in _places.Keys.OrderBy(order).ToList())
            {
                if (!other._places.TryGetValue(place, out var theirs))
                    _places.Remove(place);
                else if (!_places[place].Equals(theirs))
                    _places[place] = joint.TryGetValue((_places[place], theirs), out var value) ? value : joint[(_places[place], theirs)] = atJoin(place);
            }

            foreach (var site in Sites.Keys.Union(other.Sites.Keys).ToList())
            {
                Sites[site] = Sites.TryGetValue(site, out var mine)
                    ? other.Sites.TryGetValue(site, out var theirs) ? mine.Join(theirs) : mine with { Nullness = Nullness.Lost }
                    : other.Sites[site] with { Nullness = Nullness.Lost };
            }
        }

        public bool IsLike(Model other, Precision precision) => precision switch
        {
            Precision.Joined => true,
            Precision.States => Same(States(), other.States()),
            Precision.Sites => Same(Sites, other.Sites),
            _ => Same(Sites, other.Sites) && Same(Holders(), other.Holders()),
        };

        private Dictionary<Site, int> States() => Sites.ToDictionary(site => site.Key, site => site.Value.States);

        public void AssertIs(World world)
        {
            Assert.Equal(Sites.OrderBy(s => s.Key.Number), world.Sites);
            Assert.All(s_symbols.Select(Place.Of).Concat(Sites.Keys.Select(Place.Of)), place => Assert.Equal(_places.GetValueOrDefault(place), world[place]));
        }

        private Dictionary<Place, Value> Holders() => _places.Where(p => p.Value is Value.From from && Sites.ContainsKey(from.Site)).ToDictionary();

        private List<Place> Places(Func<Value, bool> isMeant) => [.. _places.Where(p => isMeant(p.Value)).Select(p => p.Key)];

        private static bool Same<TKey, TValue>(Dictionary<TKey, TValue> left, Dictionary<TKey, TValue> right)
            where TKey : notnull =>
            left.Count == right.Count && left.All(pair => right.TryGetValue(pair.Key, out var value) && pair.Value!.Equals(value));

        private static Site? Mentioned(Value value) => (value as Value.From)?.Site ?? (value as Value.Test)?.Site;
    }
}
