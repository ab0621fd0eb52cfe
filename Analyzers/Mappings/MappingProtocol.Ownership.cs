using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <content>Who has to end a mapping, and in which order.</content>
internal sealed partial class MappingProtocol
{
    private void Assign(ISimpleAssignmentOperation assignment, Scene scene)
    {
        // Who has a reference has the pointer.
        if (assignment.IsRef && assignment.Value.DereferencedPointer() is { } referenced)
            Expose([referenced], scene);

        if (!IsFollowed(assignment.Target, scene))
            Expose([assignment.Value], scene);
    }

    /// <summary>Each element goes its own way.</summary>
    private void Assign(IDeconstructionAssignmentOperation deconstruction, Scene scene)
    {
        if (deconstruction.Target is not ITupleOperation targets || deconstruction.Value.Unconverted() is not ITupleOperation values || values.Elements.Length != targets.Elements.Length)
            return;

        Expose(values.Elements.Where((_, i) => targets.Elements[i] is not IDiscardOperation && !IsFollowed(targets.Elements[i], scene)), scene);
    }

    /// <summary>Whether what is put there stays in sight.</summary>
    private bool IsFollowed(IOperation target, Scene scene)
    {
        if (target is IFlowCaptureReferenceOperation capture)
            return scene.ValuesOf(capture).All(value => value is IFlowCaptureReferenceOperation || IsFollowed(value, scene));

        return scene.Carried?.Target(target) is not null
            || (BodyFacts.Variable(target) is { } variable && scene.IsFollowed(variable) && !body.IsCaptured(variable));
    }

    /// <summary>Ends the duty for what goes to where nobody can look, and with it what could be said about it.</summary>
    private void Escape(IEnumerable<IOperation> operands, Scene scene)
    {
        foreach (var operand in operands)
        {
            if (scene.ValueOf(operand) is not Value.From from)
                continue;

            Escape(from, scene);

            // A lock that was given is not followed before something is done to it.
            if (scene[from.Site] is null && from.Site.Origin is IParameterSymbol parameter && facts.IsLock(parameter.Type))
                scene.Set(from.Site, new SiteState(Nullness.NotNull, (int)MappingState.LockEscaped));
        }
    }

    private static void Escape(Value.From from, Scene scene)
    {
        if (scene[from.Site] is { } state)
        {
            scene.Set(from.Site, from.Aspect == Aspect.Companion || IsLone(from.Site, state)
                ? state.WithLock(MappingState.LockEscaped)
                : state.WithMapping(MappingState.Escaped).WithLock(MappingState.LockEscaped));
        }
        else if (from.Site.Origin is Carried)
        {
            scene.Set(from.Site, new SiteState(Nullness.NotNull, (int)MappingState.LockEscaped));
        }
    }

    /// <summary>Whether the caller gets the handle or its lock: by an <c>out</c> or <c>ref</c> parameter, or with what is returned.</summary>
    public static bool IsGivenAway(Site site, IOperation? returned, Scene scene) =>
        (scene.Root as IMethodSymbol)?.Parameters.Any(p => p.RefKind is RefKind.Out or RefKind.Ref && scene.ValueOf(p) is Value.From from && from.Site == site) == true
        || scene.Carried?.Gives(given => given == site, returned, scene.World!) == true
        || (returned is not null && ((scene.ValueOf(returned) is Value.From { Site: var given } && given == site) || IsWithin(returned, site, scene)));

    /// <summary>Whether what is returned leads to the table: a reference, a span, or the result of a call that had the pointer.</summary>
    private static bool IsWithin(IOperation returned, Site site, Scene scene)
    {
        if (returned.Type is not (IPointerTypeSymbol or { IsRefLikeType: true }) && scene.Root is not IMethodSymbol { RefKind: not RefKind.None })
            return Mentions(returned, site, scene, operation => operation is IConversionOperation { Operand.Type: IPointerTypeSymbol, Type.SpecialType: not SpecialType.None });

        // What comes from several ways may come from one that had it.
        return Mentions(returned, site, scene) || (scene.ValueOf(returned) is Value.From from && (from.Site.Origin is Place || (from.Site.Operation is { } made && Mentions(made, site, scene))));
    }

    private static bool Mentions(IOperation operation, Site site, Scene scene, Func<IOperation, bool>? isMeant = null) =>
        operation.DescendantsAndSelf().Any(o => isMeant?.Invoke(o) != false && scene.HandleOf(o) == site);

    private void Lose(IOperation operand, Scene scene)
    {
        Expose([operand], scene);
        Doubt(operand, scene);
    }

    /// <summary>Stops asking for a check of what is passed to where nobody can look: the check may be in there.</summary>
    private static void Doubt(IOperation operand, Scene scene)
    {
        if (scene.HandleOf(operand) is { } handle)
            Doubt(handle, scene);
    }

    private static void Doubt(Site handle, Scene scene)
    {
        if (scene[handle] is { Nullness: Nullness.Maybe } state)
            scene.Set(handle, state with { Nullness = Nullness.Lost });
    }

    /// <summary>Locks that are compared may turn out to be one.</summary>
    private void Compare(IOperation? left, IOperation? right, Scene scene)
    {
        foreach (var operand in new[] { left, right })
        {
            if (operand is null || scene.ValueOf(operand) is not Value.From from)
                continue;

            BlurLookup(operand, scene);
            if (scene[from.Site] is { } state && (from.Aspect == Aspect.Companion || IsLone(from.Site, state)))
                scene.Set(from.Site, state.WithLock(MappingState.LockEscaped));
            else if (scene[from.Site] is null && facts.IsLock(operand.Type))
                scene.Set(from.Site, new SiteState(Nullness.NotNull, (int)MappingState.LockEscaped));
        }

        if (left is not null && right is not null && (IsValue(left, scene) || IsValue(right, scene)))
            Verify(scene);
    }

    /// <summary>Whether the handle is a lock that belongs to no mapping.</summary>
    private static bool IsLone(Site site, SiteState state) => site.Acquisition is not { Companion: not null } and not { Tag: MapperFacts } && state.IsLocked();

    /// <summary>The mapping that was made last and is still alive.</summary>
    private static Site? Latest(Scene scene, Site except)
    {
        var open = scene.Handles.FindAll(h => h.Key != except && h.Value.IsMapped());
        if (open.Count < 2)
            return open.Count == 0 ? null : open[0].Key;

        var below = new HashSet<Site?>(open.Select(h => Below(h.Key, scene)));
        return open.Find(h => !below.Contains(h.Key)).Key;
    }

    /// <summary>A mapping is made once more from the same place.</summary>
    private void Overwrite(Site site, SiteState open, IInvocationOperation call, Scene scene)
    {
        if (open.IsMapped())
            Saw(MappingEventKind.Overwrite, site, open, call.Syntax, null, null, scene);
        else if (!open.HasLeft())
            return;

        // The new one is the last; what is left may lie below others.
        if (scene.Handles.Exists(h => h.Key != site && h.Value.IsMapped() && !Reaches(site, h.Key, scene)))
            scene.Set(site, open with { States = open.States | (int)MappingState.Buried });
    }

    /// <summary>A mapping that was made later and is alive, unless it is null.</summary>
    private static Site? Above(Site site, Scene scene) =>
        scene.Handles.Find(h => (h.Value.IsMapped() || h.Value.HasLeftOnTop()) && Reaches(h.Key, site, scene)).Key;

    private static bool Reaches(Site from, Site to, Scene scene)
    {
        for (var (site, left) = (Below(from, scene), 64); site is not null && left > 0; site = Below(site, scene), left--)
        {
            if (site == to)
                return true;
        }

        return false;
    }

    private static Site? Below(Site site, Scene scene) => scene.Recall(site) is Value.From { Site: var below } && scene[below] is not null ? below : null;

    /// <summary>Takes a mapping that ends out of the order of those that stay.</summary>
    private static void Unlink(Site site, Scene scene)
    {
        var below = scene.Recall(site);
        foreach (var handle in scene.Handles)
        {
            if (Below(handle.Key, scene) == site)
                scene.Remember(handle.Key, below);
        }

        scene.Remember(site, null);
    }
}
