namespace PteGuard.Analyzers.Flow;

/// <summary>
/// An unbounded array that is never changed: setting an entry gives another one, which shares all but the
/// way to the entry. Two arrays of one origin are compared in the time that their differences take.
/// </summary>
/// <remarks>The default value stands for an entry that is not there, and costs nothing.</remarks>
internal readonly struct PersistentArray<T>
{
    private const int Bits = 4;
    private const int Width = 1 << Bits;
    private const int Mask = Width - 1;

    public static PersistentArray<T> Empty => default;

    // Entries at the lowest level, arrays of nodes above it; null: nothing in there.
    private readonly Array? _root;
    private readonly int _height;

    private PersistentArray(Array? root, int height)
    {
        _root = root;
        _height = height;
    }

    /// <summary>An array that begins with these entries, none of which is the default value.</summary>
    public static PersistentArray<T> Of(List<T> entries)
    {
        if (entries.Count is 0 or > Width)
            return entries.Select(static (entry, index) => (entry, index)).Aggregate(Empty, static (array, next) => array.Set(next.index, next.entry));

        var leaf = new T?[Width];
        entries.CopyTo(leaf!);
        return new(leaf, 0);
    }

    /// <summary>The places of all entries, in order.</summary>
    public List<int> Indices
    {
        get
        {
            var indices = new List<int>();
            AddIndices(_root, _height, 0, indices);
            return indices;
        }
    }

    public T? this[int index]
    {
        get
        {
            if (index >> Bits >> (_height * Bits) != 0)
                return default;

            var node = _root;
            for (var shift = _height * Bits; shift > 0 && node is not null; shift -= Bits)
                node = ((Array?[])node)[(index >> shift) & Mask];

            return node is null ? default : ((T?[])node)[index & Mask];
        }
    }

    public PersistentArray<T> Set(int index, T? value)
    {
        var root = _root;
        var height = _height;
        for (; index >> Bits >> (height * Bits) != 0; height++)
            root = Above(root);

        return new(Set(root, height, index, value), height);
    }

    /// <param name="indices">The entries to take out, all of which are there, in order.</param>
    public PersistentArray<T> Without(List<int> indices) => new(Without(_root, _height, indices, 0, indices.Count), _height);

    /// <summary>The places of the entries that are not the same in both, in order.</summary>
    public List<int> Differences(PersistentArray<T> other)
    {
        var differences = new List<int>();
        var (left, right) = (_root, other._root);
        var height = Math.Max(_height, other._height);
        for (var i = _height; i < height; i++)
            left = Above(left);

        for (var i = other._height; i < height; i++)
            right = Above(right);

        Compare(left, right, height, 0, differences);
        return differences;
    }

    private static Array?[]? Above(Array? node) => node is null ? null : Replaced<Array?>(null, 0, node);

    private static Array? Set(Array? node, int height, int index, T? value)
    {
        if (height == 0)
            return Replaced((T?[]?)node, index & Mask, value);

        var children = (Array?[]?)node;
        var slot = (index >> (height * Bits)) & Mask;
        return Replaced(children, slot, Set(children?[slot], height - 1, index, value));
    }

    /// <summary>A copy with another item; null if no item is left.</summary>
    private static TItem[]? Replaced<TItem>(TItem[]? items, int slot, TItem item)
    {
        var copy = items is null ? new TItem[Width] : (TItem[])items.Clone();
        copy[slot] = item;
        return IsDefault(item) && Array.TrueForAll(copy, IsDefault) ? null : copy;
    }

    private static Array? Without(Array? node, int height, List<int> indices, int from, int to)
    {
        if (node is null)
            return null;

        if (height == 0)
        {
            var items = (T?[])node.Clone();
            for (; from < to; from++)
                items[indices[from] & Mask] = default;

            return Array.TrueForAll(items, IsDefault) ? null : items;
        }

        var children = (Array?[])node.Clone();
        while (from < to)
        {
            var child = indices[from] >> (height * Bits);
            var next = from + 1;
            while (next < to && indices[next] >> (height * Bits) == child)
                next++;

            children[child & Mask] = Without(children[child & Mask], height - 1, indices, from, next);
            from = next;
        }

        return Array.TrueForAll(children, IsDefault) ? null : children;
    }

    private static void Compare(Array? left, Array? right, int height, int index, List<int> differences)
    {
        if (left == right)
            return;

        for (var slot = 0; slot < Width; slot++, index += 1 << (height * Bits))
        {
            if (height > 0)
                Compare(((Array?[]?)left)?[slot], ((Array?[]?)right)?[slot], height - 1, index, differences);
            else if (!EqualityComparer<T?>.Default.Equals(At(left, slot), At(right, slot)))
                differences.Add(index);
        }
    }

    private static void AddIndices(Array? node, int height, int index, List<int> indices)
    {
        for (var slot = 0; node is not null && slot < Width; slot++, index += 1 << (height * Bits))
        {
            if (height > 0)
                AddIndices(((Array?[])node)[slot], height - 1, index, indices);
            else if (!IsDefault(At(node, slot)))
                indices.Add(index);
        }
    }

    private static T? At(Array? items, int slot) => items is null ? default : ((T?[])items)[slot];

    private static bool IsDefault<TItem>(TItem item) => EqualityComparer<TItem?>.Default.Equals(item, default);
}
