using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace PteGuard.Analyzers.Snapshots;

/// <summary>
/// What is known about a value: one number for all that is computed in the same way from the same values.
/// </summary>
internal sealed class Number(NumberParts parts, ImmutableHashSet<object> leaves, ImmutableHashSet<object> roots)
{
    public NumberParts Parts { get; } = parts;

    /// <summary>All that it depends on: the symbols, operations and joins that its parts come from.</summary>
    public ImmutableHashSet<object> Leaves { get; } = leaves;

    /// <summary>The same without the states of memory: what leads to it.</summary>
    public ImmutableHashSet<object> Roots { get; } = roots;
}

/// <summary>How a value is computed; the parts of a leaf are its origin.</summary>
internal readonly record struct NumberParts(string Kind, object? Detail, Number? Left, Number? Right);

/// <summary>The numbers of one body.</summary>
internal sealed class Numbers
{
    private static readonly ImmutableHashSet<object> s_none = ImmutableHashSet<object>.Empty;

    private readonly Dictionary<NumberParts, Number> _numbers = [];

    /// <summary>The value of a symbol at the start, what an operation yields, or what meets at a join.</summary>
    public Number Leaf(object origin) => Intern(new("leaf", origin, null, null), s_none.Add(origin), s_none.Add(origin));

    public Number Constant(object? value) => Intern(new("constant", value, null, null), s_none, s_none);

    public Number Compound(string kind, object? detail, Number left, Number? right) =>
        Intern(new(kind, detail, left, right), Union(left.Leaves, right?.Leaves), Union(left.Roots, right?.Roots));

    /// <summary>What is loaded from a place, as memory is.</summary>
    public Number Load(ISymbol? member, Number? place, Number memory, Number? everything)
    {
        var leaves = Union(Union(memory.Leaves, everything?.Leaves), place?.Leaves);
        var state = everything is null ? memory : Intern(new("memory", null, memory, everything), leaves, s_none);
        return Intern(new("load", member, place, state), leaves, place?.Roots ?? (member is null ? s_none : s_none.Add(member)));
    }

    /// <summary>The same computation from other parts.</summary>
    public Number With(Number number, Number? left, Number? right)
    {
        var (kind, detail, oldLeft, oldRight) = number.Parts;
        if (left == oldLeft && right == oldRight)
            return number;

        return Intern(
            new(kind, detail, left, right),
            Union(left?.Leaves ?? s_none, right?.Leaves),
            kind == "load" ? left?.Roots ?? number.Roots : Union(left?.Roots ?? s_none, right?.Roots));
    }

    private static ImmutableHashSet<object> Union(ImmutableHashSet<object> left, ImmutableHashSet<object>? right) =>
        right is null || right.IsEmpty ? left : left.IsEmpty ? right : left.Union(right);

    private Number Intern(in NumberParts parts, ImmutableHashSet<object> leaves, ImmutableHashSet<object> roots)
    {
        if (!_numbers.TryGetValue(parts, out var number))
            _numbers.Add(parts, number = new Number(parts, leaves, roots));

        return number;
    }
}
