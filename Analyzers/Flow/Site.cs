using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace PteGuard.Analyzers.Flow;

/// <summary>
/// A place in the code where a value comes from: a call, a parameter, a field, a join of two values.
/// Two variables that hold what came from one site hold the same value.
/// </summary>
/// <param name="Origin">The operation or symbol that yields the value; for a join, the place that it was first seen in.</param>
/// <param name="Acquisition">What the analysis tracks about it; null: only its identity counts.</param>
internal sealed record Site(object Origin, Acquisition? Acquisition)
{
    public IOperation? Operation => Origin as IOperation;

    /// <summary>Where it stands.</summary>
    public SyntaxNode? Syntax => Operation?.Syntax ?? (Origin as ISymbol ?? (Origin as Carried)?.Field)?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();

    /// <summary>Which of the body's sites it is, counted as they are met.</summary>
    public int Number { get; init; }

    // Sites are interned: being the same is being one object.
    public bool Equals(Site? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Number;
}

/// <summary>The sites of one body.</summary>
internal sealed class Sites
{
    private readonly Dictionary<object, Site> _sites = [];
    private readonly List<Site> _numbered = [];

    public Places Places { get; } = new();

    public Site this[int number] => _numbered[number];

    public Site Of(IOperation operation, Acquisition? acquisition = null) => Intern(operation, operation, acquisition);

    public Site Of(ISymbol symbol, Acquisition? acquisition = null) => Intern(symbol, symbol, acquisition);

    public Site Of(Carried field, Acquisition? acquisition) => Intern(field, field, acquisition);

    /// <summary>The site of a handle that a call puts into a struct.</summary>
    public Site OfCarried(IOperation call, int index, Acquisition acquisition) => Intern((call, index), call, acquisition);

    public Site OfMember(Value? instance, ISymbol member) => Intern((instance, member), member, null);

    public Site OfJoin(BasicBlock at, Place place) => Intern((at.Ordinal, place), place, null);

    public bool Knows(IOperation operation, out Site site) => _sites.TryGetValue(operation, out site!);

    private Site Intern(object key, object origin, Acquisition? acquisition)
    {
        if (!_sites.TryGetValue(key, out var site))
        {
            _sites.Add(key, site = new Site(origin, acquisition) { Number = _numbered.Count });
            _numbered.Add(site);
        }

        return site;
    }
}

/// <summary>What a call acquires.</summary>
/// <param name="Handle">The <c>out</c> parameter that receives the handle; null: the result is the handle.</param>
/// <param name="Companion">The <c>out</c> parameter that receives what belongs to the handle, such as its lock.</param>
/// <param name="Nullness">Whether the handle may be null.</param>
/// <param name="States">The protocol's states that the handle starts in.</param>
/// <param name="Tag">The protocol's own facts.</param>
internal sealed record Acquisition(IParameterSymbol? Handle, IParameterSymbol? Companion, Nullness Nullness, int States, object? Tag);

/// <summary>What of a site a value is.</summary>
internal enum Aspect
{
    Handle,
    Companion,
}

internal enum Nullness
{
    /// <summary>Not tested yet: it may be null.</summary>
    Maybe,
    Null,
    NotNull,

    /// <summary>No longer followed. Nothing is known, and nothing is said.</summary>
    Lost,
}

/// <param name="Nullness">What is known about the handle's being null.</param>
/// <param name="States">A set of the protocol's states, one bit each. The upper half are notes: two cases that differ only in them are one case.</param>
internal readonly record struct SiteState(Nullness Nullness, int States)
{
    private const int Distinct = 0xFFFF;

    /// <summary>What keeps cases apart.</summary>
    public SiteState WithoutNotes() => this with { States = States & Distinct };

    public SiteState Join(SiteState other) => new(Nullness == other.Nullness ? Nullness : Nullness.Lost, States | other.States);
}
