using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <content>
/// Locks that are looked up from the directory entry that a mapping was made from. Every call that maps or looks up notes its
/// directory entry: what has noted the same value is of one table. Bodies that look nothing up note nothing.
/// </content>
internal sealed partial class MappingProtocol
{
    private HashSet<Site>? _unclear;
    private bool _looksUp;
    private bool _isForward;

    /// <summary>Follows looked-up locks, too.</summary>
    /// <param name="isForward">Whether control only goes forward. In a loop, what several ways have joined may be another value each turn.</param>
    public void LooksUp(bool isForward)
    {
        _looksUp = true;
        _isForward = isForward;
    }

    /// <summary>Notes the directory entry of a call that maps or looks up; any other that has one may lock its table, or change the entry.</summary>
    private void FollowTables(IInvocationOperation call, Scene scene)
    {
        var isLookup = facts.LockPointer(call.TargetMethod) is not null;
        if (isLookup || facts.Mapper(call.TargetMethod, call.Syntax.SyntaxTree) is not null)
        {
            var table = DirectoryOf(call) is { } directory ? Table(directory, scene) : null;

            // Whoever looks up once more what is held forgets nothing by it; the analysis does.
            if (isLookup && table is not null && scene[scene.SiteOf(call)] is { } before && !before.IsUnlocked())
                Blur(table);

            scene.Continue(scene.World?.With(new Place(call), table));
            return;
        }

        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter is not { RefKind: not RefKind.Out } parameter || EntryFacts.ReadsEntry(parameter))
                continue;

            if (facts.IsLock(argument.Value.Type))
            {
                if ((_effects.OnArgument(call, argument) & (HandleEffect.Locks | HandleEffect.Unlocks)) == HandleEffect.None)
                    BlurLookup(argument.Value, scene);
            }
            else if (Table(argument.Value, scene) is { } table)
            {
                Blur(table);
            }
        }
    }

    /// <summary>Lets go of what could be said about a looked-up lock that is put to any other use than to be taken or released.</summary>
    private void BlurLookup(IOperation operand, Scene scene)
    {
        if (_looksUp && scene.ValueOf(operand) is Value.From { Site: var site } && IsLookup(site) && TableOf(site, scene) is { } table)
            Blur(table);
    }

    private void BlurTable(IOperation directory, Scene scene)
    {
        if (_looksUp && Table(directory, scene) is { } table)
            Blur(table);
    }

    /// <remarks>For the whole body, since who has seen a lock once may lock at any time.</remarks>
    private void Blur(Value.From table) => (_unclear ??= []).Add(table.Site);

    private void Expose(IEnumerable<IOperation> operands, Scene scene)
    {
        if (_looksUp)
        {
            foreach (var operand in operands)
                BlurLookup(operand, scene);
        }

        Escape(operands, scene);
    }

    /// <summary>The lock of a mapping that came without one, if it was looked up and nobody holds it.</summary>
    /// <remarks>A store that stands before the lookup is none that the lock was meant for, in later turns of a loop either.</remarks>
    private Site? FreeLock(Site mapping, SiteState state, SyntaxNode store, Scene scene)
    {
        if (!_looksUp || !scene.IsFinal || mapping.Acquisition?.Tag is not MapperFacts { Lock: null } mapper || TableOf(mapping, scene) is not { } table
            || !(state.IsMapped() || (mapper.Unmappers.IsEmpty && state.Nullness is Nullness.Maybe or Nullness.NotNull)))
            return null;

        Site? found = null;
        foreach (var site in OfTable(table, scene))
        {
            var known = scene[site];
            if (IsLookup(site))
            {
                if (known is { } @lock && !@lock.IsUnlocked())
                    return null;

                if (site.Syntax!.SpanStart < store.SpanStart)
                    found ??= site;
            }
            else if (site != mapping && known is { Nullness: not Nullness.Null } other && !other.IsUnmapped())
            {
                return null;
            }
        }

        return found is null || scene.Handles.Any(h => MayBeHeld(h.Value) && !AreOfOtherTables(h.Key, mapping, scene)) ? null : found;
    }

    private static bool MayBeHeld(SiteState state) => (state.Of() & (MappingState.Locked | MappingState.LockEscaped)) != MappingState.None;

    /// <summary>Releases a lock that was taken by another look at it.</summary>
    /// <returns>Whether it was.</returns>
    private bool ReleaseTwins(Site lookup, Scene scene)
    {
        if (!IsLookup(lookup) || TableOf(lookup, scene) is not { } table)
            return false;

        var isHeld = false;
        foreach (var twin in OfTable(table, scene).Where(site => site != lookup && IsLookup(site)).ToList())
        {
            if (scene[twin] is not { } state || !state.IsLocked())
                continue;

            scene.Set(twin, state.WithLock(MappingState.Unlocked));
            isHeld = true;
        }

        return isHeld;
    }

    /// <summary>Whether two directory entries are seen to be different ones: those of two parameters. What two calls yield may be one.</summary>
    private bool AreOfOtherTables(Site left, Site right, Scene scene) =>
        TableOf(left, scene) is { Site: { Origin: IParameterSymbol } ours } && TableOf(right, scene) is { Site: { Origin: IParameterSymbol } theirs } && ours != theirs;

    private bool IsLookup(Site site) => site.Operation is IInvocationOperation call && facts.LockPointer(call.TargetMethod) is not null;

    /// <summary>What has been mapped or looked up from a directory entry.</summary>
    private static IEnumerable<Site> OfTable(Value.From table, Scene scene) =>
        scene.World!.HoldersOf(table.Site).Select(place => place.Key).OfType<IInvocationOperation>().Select(scene.SiteOf);

    /// <summary>The directory entry that something was mapped or looked up from; null: it is not clear.</summary>
    private Value.From? TableOf(Site site, Scene scene) =>
        site.Operation is IInvocationOperation call && scene.World?[new Place(call)] is Value.From table && IsClear(table) ? table : null;

    /// <remarks>Of a table that is itself mapped, any entry may be meant: a handle stays the same wherever its pointer points.</remarks>
    private Value.From? Table(IOperation directory, Scene scene) =>
        directory.Type is IPointerTypeSymbol && scene.ValueOf(directory) is Value.From { Aspect: Aspect.Handle } table && scene[table.Site] is null && IsClear(table) ? table : null;

    private bool IsClear(Value.From table) =>
        (_isForward || table.Site.Origin is not Place) && _unclear?.Contains(table.Site) != true
        && !(table.Site.Origin is IParameterSymbol parameter && EntryFacts.IsUnpublished(parameter));
}
