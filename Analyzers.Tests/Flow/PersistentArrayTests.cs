using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Tests.Flow;

public class PersistentArrayTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(1_000_000)]
    public void An_entry_is_where_it_was_put_and_nowhere_else(int index)
    {
        var array = PersistentArray<string>.Empty.Set(index, "a");

        Assert.Equal("a", array[index]);
        Assert.Null(array[index + 1]);
        Assert.Null(array[index ^ 16]);
        Assert.Null(array[int.MaxValue]);
        Assert.Null(PersistentArray<string>.Empty[index]);
        Assert.Equal([index], array.Indices);
        Assert.Empty(array.Set(index, null).Indices);
        Assert.Equal([index], array.Differences(PersistentArray<string>.Empty));
        Assert.Equal([index], PersistentArray<string>.Empty.Differences(array));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(300)]
    public void One_made_of_entries_is_the_one_that_they_were_put_into(int count)
    {
        var entries = Enumerable.Range(0, count).Select(i => $"{i}").ToList();
        var array = PersistentArray<string>.Of(entries);

        Assert.Equal(entries, array.Indices.Select(i => array[i]!));
        Assert.Empty(array.Differences(entries.Select((entry, i) => (entry, i)).Aggregate(PersistentArray<string>.Empty, (a, next) => a.Set(next.i, next.entry))));
        Assert.Equal([count], array.Set(count, "more").Differences(array));
    }

    [Fact]
    public void Zero_is_an_entry_where_entries_are_nullable() => Assert.Equal([3], PersistentArray<int?>.Empty.Set(3, 0).Set(5, null).Indices);

    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 300)]
    [InlineData(3, 5_000)]
    public void It_is_a_dictionary_that_keeps_its_past(int seed, int size)
    {
        var random = new Random(seed);
        var versions = new List<(PersistentArray<string> Array, Dictionary<int, string> Model)> { (PersistentArray<string>.Empty, []) };
        for (var i = 0; i < 400; i++)
        {
            var (array, model) = versions[random.Next(versions.Count)];
            model = new(model);
            if (random.Next(5) == 0)
            {
                var taken = model.Keys.Where(_ => random.Next(2) == 0).Order().ToList();
                array = array.Without(taken);
                taken.ForEach(index => model.Remove(index));
            }
            else
            {
                for (var j = random.Next(20); j >= 0; j--)
                {
                    var index = random.Next(size);
                    var value = random.Next(4) == 0 ? null : ((char)('a' + random.Next(3))).ToString();
                    array = array.Set(index, value);
                    model.Remove(index);
                    if (value is not null)
                        model.Add(index, value);
                }
            }

            var (other, otherModel) = versions[random.Next(versions.Count)];
            Assert.Equal(model.Keys.Union(otherModel.Keys).Where(k => model.GetValueOrDefault(k) != otherModel.GetValueOrDefault(k)).Order(), array.Differences(other));
            versions.Add((array, model));
        }

        Assert.All(versions, version =>
        {
            Assert.Equal(version.Model.Keys.Order(), version.Array.Indices);
            Assert.All(version.Model, entry => Assert.Equal(entry.Value, version.Array[entry.Key]));
        });
    }
}
