using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;
using PteGuard.Analyzers.Mappings;

namespace PteGuard.CodeFixes.Leaks;

/// <summary>Watches what is mapped where control branches, and which mappings the body leaves behind.</summary>
internal sealed class LeakWatch : IMappingObserver
{
    private readonly Dictionary<ControlFlowBranch, List<Dictionary<Site, MappingCase>>> _branches = [];
    private readonly HashSet<Site> _sites = [];
    private readonly HashSet<Site> _left = [];
    private readonly HashSet<Site> _overwritten = [];

    /// <summary>The mappings that are not ended on some way, in the order of the source.</summary>
    public IEnumerable<Site> Leaks => _left.Union(_overwritten).OrderBy(site => site.Operation!.Syntax.SpanStart);

    /// <summary>The branches that are taken in some case.</summary>
    public IEnumerable<ControlFlowBranch> Branches => _branches.Keys;

    /// <summary>Whether the mapping is made again while it is alive.</summary>
    public bool IsOverwritten(Site mapping) => _overwritten.Contains(mapping);

    /// <summary>What may be true of a mapping where a branch is taken; none if it never is.</summary>
    public ImmutableArray<MappingCase> At(ControlFlowBranch branch, Site mapping) => _branches.TryGetValue(branch, out var cases)
        ? cases.Select(c => c.TryGetValue(mapping, out var known) ? known : MappingCase.Absent).Distinct().ToImmutableArray()
        : ImmutableArray<MappingCase>.Empty;

    /// <summary>The mappings that are alive in some case where a branch is taken.</summary>
    public IEnumerable<Site> OpenAt(ControlFlowBranch branch) => _branches.TryGetValue(branch, out var cases)
        ? cases.SelectMany(c => c).Where(c => c.Value.Kind is MappingCaseKind.Mapped or MappingCaseKind.Unclear).Select(c => c.Key).Distinct()
        : [];

    public Acquisition? Given(IParameterSymbol parameter) => null;

    public Acquisition? Given(IFieldSymbol field) => null;

    public void Saw(MappingEvent seen)
    {
        if (!IsMapping(seen.Site) || !seen.State.IsMapped())
            return;

        if (seen.Kind == MappingEventKind.Exit)
            _left.Add(seen.Site);
        else if (seen.Kind == MappingEventKind.Overwrite)
            _overwritten.Add(seen.Site);
    }

    public bool SeesBranches => true;

    public void Took(ControlFlowBranch branch, Scene scene)
    {
        _sites.UnionWith(scene.Handles.Select(h => h.Key).Where(IsMapping));
        if (!_branches.TryGetValue(branch, out var cases))
            _branches.Add(branch, cases = []);

        cases.Add(_sites.ToDictionary(site => site, site => CaseOf(site, branch, scene)));
    }

    public void Left(Exit exit, Scene scene)
    {
    }

    private static bool IsMapping(Site site) => site.Acquisition?.Tag is MapperFacts;

    private static MappingCase CaseOf(Site site, ControlFlowBranch branch, Scene scene)
    {
        if (scene[site] is not { } state)
            return Assigned(site) is { } variable && scene.ValueOf(variable) is Value.Constant { IsZero: true } ? Null([variable]) : MappingCase.Absent;

        var holders = scene.World!.HoldersOf(site)
            .Select(place => (place.Key, Value: scene.World[place]))
            .Where(holder => holder.Key is not Site && holder.Value is Value.From)
            .Select(holder => (holder.Key, From: (Value.From)holder.Value!))
            .ToList();
        var pointers = holders.Where(h => h.From is { Aspect: Aspect.Handle, IsMoved: false }).Select(h => h.Key).OfType<ISymbol>().ToList();
        if (state.Nullness == Nullness.Null)
            return site.Acquisition!.Handle is null ? Null(pointers) : MappingCase.Absent;

        if (!state.IsMapped() || MappingProtocol.IsGivenAway(site, Returned(branch), scene))
            return MappingCase.Settled;

        var isLocked = state.IsLocked();
        if (!isLocked && !state.IsUnlocked() && site.Acquisition!.Companion is not null)
            return MappingCase.Unclear;

        return new MappingCase(MappingCaseKind.Mapped, Symbols(pointers))
        {
            IsSure = state.Nullness == Nullness.NotNull,
            IsLocked = isLocked,
            Locks = Symbols(holders.Where(h => h.From.Aspect == Aspect.Companion).Select(h => h.Key).OfType<ISymbol>()),
            IsAlone = holders.Count(h => h.From.Aspect == Aspect.Handle) <= 1,
        };
    }

    private static MappingCase Null(IEnumerable<ISymbol> pointers) => new(MappingCaseKind.Null, Symbols(pointers));

    private static ImmutableHashSet<ISymbol> Symbols(IEnumerable<ISymbol> variables) => variables.ToImmutableHashSet<ISymbol>(SymbolEqualityComparer.Default);

    private static IOperation? Returned(ControlFlowBranch branch) => branch.Semantics == ControlFlowBranchSemantics.Return ? branch.Source.BranchValue : null;

    /// <summary>The variable that the mapping is put into where it is made.</summary>
    private static ISymbol? Assigned(Site site)
    {
        var operation = site.Operation;
        while (operation?.Parent is IConversionOperation or IParenthesizedOperation)
            operation = operation.Parent;

        return operation?.Parent switch
        {
            ISimpleAssignmentOperation { Target: var target } assignment when assignment.Value == operation => BodyFacts.Variable(target),
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } => declarator.Symbol,
            _ => null,
        };
    }
}
