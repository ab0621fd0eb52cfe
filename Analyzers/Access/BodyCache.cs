using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Access;

/// <summary>What was found out about the bodies that were looked at last. Rules look at a body one after the other, so few are enough.</summary>
/// <remarks>Weak keys would keep all of them, and cost every garbage collection more than they save.</remarks>
internal sealed class BodyCache<T>
{
    private const int Size = 64;

    private readonly Entry?[] _entries = new Entry?[Size];

    public bool Knows(IOperation root, out T value)
    {
        var entry = Volatile.Read(ref _entries[SlotOf(root)]);
        var isKnown = entry?.Root == root;
        value = isKnown ? entry!.Value : default!;
        return isKnown;
    }

    public T Add(IOperation root, T value)
    {
        Volatile.Write(ref _entries[SlotOf(root)], new Entry(root, value));
        return value;
    }

    private static int SlotOf(IOperation root) => RuntimeHelpers.GetHashCode(root) & (Size - 1);

    private sealed class Entry(IOperation root, T value)
    {
        public IOperation Root { get; } = root;

        public T Value { get; } = value;
    }
}
