using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <content>Calls, and what they do to the handles that they are given.</content>
internal sealed partial class MappingProtocol
{
    private void Call(IInvocationOperation call, Scene scene)
    {
        if (scene.SiteOf(call) is { Acquisition: not null } again && scene[again] is { } open)
            Overwrite(again, open, call, scene);

        if (_looksUp)
            FollowTables(call, scene);

        if (call.Instance is { } instance)
        {
            Affect(HandleEffects.OnInstance(call.TargetMethod), instance, scene);
            UseValue(instance, call, scene);
        }

        var compares = EntryFacts.ComparesEntries(call.TargetMethod);
        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter?.RefKind == RefKind.Out)
                continue;

            // What is neither a handle nor a lock, nobody asks the callee about.
            if (scene.ValueOf(argument.Value) is not Value.From from || (scene[from.Site] is null && !facts.IsLock(argument.Value.Type)))
                continue;

            var effect = _effects.OnArgument(call, argument);
            Affect(effect, argument.Value, scene);
            if (effect == HandleEffect.None && argument.Parameter is { } parameter && !summaries.IsVisible(call.TargetMethod) && summaries.Promise(parameter) == NullPromise.None)
                Doubt(argument.Value, scene);
            if (argument.Parameter?.RefKind == RefKind.Ref)
                Expose([argument.Value], scene);
            if (!compares)
                UseValue(argument.Value, argument.Value, scene);
        }

        if (call.TargetMethod.MethodKind == MethodKind.UserDefinedOperator || call.TargetMethod.Name is nameof(Equals) or nameof(IComparable.CompareTo))
            Compare(call.Instance ?? call.Arguments.FirstOrDefault()?.Value, call.Arguments.LastOrDefault()?.Value, scene);

        if (compares)
            Verify(scene);

        if (facts.Unmapper(call.TargetMethod) is { Unlock: { } unlock })
            CompareLocks(call, unlock, scene);

        if (scene.Carried is { } carried)
            Carry(call, carried, scene);
    }

    /// <summary>Does to a handle what a call does to its operand.</summary>
    private void Affect(HandleEffect effect, IOperation operand, Scene scene)
    {
        if (effect.HasFlag(HandleEffect.Unknown))
        {
            Lose(operand, scene);
            return;
        }

        if (effect.HasFlag(HandleEffect.Stores))
            Store(operand, operand.Syntax, scene);
        if (effect.HasFlag(HandleEffect.Uses) || (effect.HasFlag(HandleEffect.UsesTested) && scene.HandleOf(operand) is { } tested && scene[tested] is { Nullness: Nullness.NotNull }))
            Use(operand, operand.Syntax, scene);
        if (effect.HasFlag(HandleEffect.Unmaps))
            Unmap(operand, scene);
        if ((effect & (HandleEffect.Locks | HandleEffect.Unlocks)) != HandleEffect.None)
            Operate(operand, effect.HasFlag(HandleEffect.Locks), scene);
    }

    private void Use(IOperation operand, SyntaxNode syntax, Scene scene, Aspect aspect = Aspect.Handle)
    {
        if (scene.HandleOf(operand, aspect) is { } site)
            Use(site, operand, syntax, scene, aspect);
    }

    private void Use(Site site, IOperation operand, SyntaxNode syntax, Scene scene, Aspect aspect = Aspect.Handle)
    {
        if (scene[site] is not { } state)
            return;

        Saw(aspect == Aspect.Handle ? MappingEventKind.Use : MappingEventKind.UseLock, site, state, syntax, operand, null, scene);

        // Null does not survive its use, and one report a path is enough.
        if (state.Nullness is Nullness.Maybe or Nullness.Null)
            scene.Set(site, state with { Nullness = Nullness.NotNull });
    }

    private void Store(IOperation operand, SyntaxNode syntax, Scene scene)
    {
        if (scene.HandleOf(operand) is { } site && scene[site] is not null)
            Store(site, operand, syntax, scene);
        else
            BlurTable(operand, scene);
    }

    private void Store(Site site, IOperation operand, SyntaxNode syntax, Scene scene)
    {
        if (scene[site] is not { } state)
            return;

        var free = FreeLock(site, state, syntax, scene);
        Saw(MappingEventKind.Store, site, free is null ? state : state with { States = state.States | (int)MappingState.Unlocked }, syntax, operand, free, scene);
    }

    private void Unmap(IOperation operand, Scene scene)
    {
        if (scene.HandleOf(operand) is { } site)
            Unmap(site, operand, scene);
    }

    /// <param name="site">The mapping.</param>
    /// <param name="operand">What it is ended through.</param>
    /// <param name="scene">The case.</param>
    /// <param name="together">The mappings that the same call ends, in an order that it does not say.</param>
    private void Unmap(Site site, IOperation operand, Scene scene, List<Site>? together = null)
    {
        if (scene[site] is not { } state)
            return;

        Saw(MappingEventKind.Unmap, site, state, operand.Syntax, operand, null, scene);
        if (state.IsMapped() && Above(site, scene) is { } above && together?.Contains(above) != true)
            Saw(MappingEventKind.UnmapBelow, site, state, operand.Syntax, operand, above, scene);

        Unlink(site, scene);
        scene.Set(site, state.WithMapping(MappingState.Unmapped));
    }

    /// <summary>Takes or releases a lock: a mapping's own, one without a mapping, or one that nothing is known of yet.</summary>
    private void Operate(IOperation operand, bool takes, Scene scene)
    {
        if (scene.ValueOf(operand) is Value.From from)
            Operate(from, operand, takes, from.Aspect == Aspect.Companion, scene);
    }

    private void Operate(Value.From from, IOperation operand, bool takes, bool isUse, Scene scene)
    {
        if (isUse)
            Use(from.Site, operand, operand.Syntax, scene, Aspect.Companion);

        var state = scene[from.Site] ?? new SiteState(Nullness.NotNull, 0);
        if (_looksUp && !takes && ReleaseTwins(from.Site, scene))
            state = state with { States = (int)MappingState.Locked };

        Saw(takes ? MappingEventKind.Lock : MappingEventKind.Unlock, from.Site, state, operand.Syntax, operand, null, scene);
        if (scene[from.Site] is null)
            scene.Set(from.Site, state with { States = (int)(takes ? MappingState.Locked : MappingState.Unlocked) });
        else
            scene.Set(from.Site, scene[from.Site]!.Value.WithLock(takes ? MappingState.Locked : MappingState.Unlocked));

        if (takes)
            Outdate(from.Site, scene);
    }

    /// <summary>The lock that is released with a mapping must be the mapping's own.</summary>
    private void CompareLocks(IInvocationOperation call, IParameterSymbol unlock, Scene scene)
    {
        var mapping = call.Arguments.FirstOrDefault(a => a.Parameter?.Type is IPointerTypeSymbol) is { } pointer ? scene.HandleOf(pointer.Value) : null;
        var argument = call.Arguments.FirstOrDefault(a => a.Parameter?.Ordinal == unlock.Ordinal);
        if (mapping is null || argument is null || scene[mapping] is not { } state)
            return;

        var held = scene.ValueOf(argument.Value);
        if (held == Value.Unset)
            Saw(MappingEventKind.UnlockOther, mapping, state, argument.Value.Syntax, argument.Value, null, scene);

        if (held is Value.From { Site: { Acquisition: not null } other } from && other != mapping && scene[other] is { } theirs
            && from.Aspect == (other.Acquisition.Companion is null ? Aspect.Handle : Aspect.Companion)
            && (mapping.Acquisition?.Companion is not null || MapOtherTables(mapping, other, scene))
            && !theirs.Of().HasFlag(MappingState.LockEscaped) && !state.Of().HasFlag(MappingState.LockEscaped))
            Saw(MappingEventKind.UnlockOther, mapping, state, argument.Value.Syntax, argument.Value, other, scene);

        if (_looksUp && held is Value.From { Site: var lookup } && IsLookup(lookup) && AreOfOtherTables(mapping, lookup, scene) && !state.Of().HasFlag(MappingState.LockEscaped))
            Saw(MappingEventKind.UnlockOther, mapping, state, argument.Value.Syntax, argument.Value, lookup, scene);
    }

    /// <summary>Whether two mappings were made from different directory entries, as far as anybody can see. One table may be mapped twice, and locked once.</summary>
    private static bool MapOtherTables(Site mapping, Site other, Scene scene) =>
        Directory(mapping, scene) is { } ours && Directory(other, scene) is { } theirs && ours != theirs;

    private static Value? Directory(Site mapping, Scene scene) =>
        mapping.Operation is IInvocationOperation call && DirectoryOf(call) is { } directory ? scene.ValueOf(directory) : null;

    /// <summary>The directory entry that a call is given: its first pointer.</summary>
    private static IOperation? DirectoryOf(IInvocationOperation call) =>
        call.Arguments.FirstOrDefault(a => a.Parameter is { RefKind: RefKind.None, Type: IPointerTypeSymbol })?.Value;

    private void Block(IOperation operation, BlockingKind kind, Scene scene)
    {
        if (operation.Syntax.Span.IsEmpty)
            return;

        // A mapping's own lock may be an ordinary one.
        var taken = kind == BlockingKind.Lock && operation is IInvocationOperation call && (call.Instance ?? call.Arguments.FirstOrDefault()?.Value) is { } operand
            && scene.ValueOf(operand) is Value.From { Aspect: Aspect.Companion } from ? from.Site : null;
        foreach (var handle in scene.Handles)
        {
            if (handle.Value.IsOpen() && handle.Key != taken)
                Saw(MappingEventKind.Block, handle.Key, handle.Value, operation.Syntax, null, null, scene);
        }
    }
}
