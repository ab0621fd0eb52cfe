using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Mappings;

/// <content>Values that were read before a lock was taken. Whoever acts on one under the lock has to compare it first.</content>
internal sealed partial class MappingProtocol
{
    private static readonly Acquisition s_value = new(null, null, Nullness.NotNull, (int)MappingState.ReadUnlocked, typeof(Value));

    /// <summary>Follows a value only if a lock is there to be taken.</summary>
    private static void NoteValue(Site value, IInvocationOperation reader, Scene scene)
    {
        var mapping = scene.HandleOf(reader.Arguments[0].Value);
        if (mapping is not null && scene[mapping] is { } state && mapping.Acquisition != s_value)
        {
            if (state.IsUnlocked() && state.IsMapped() && mapping.Acquisition?.Companion is not null)
            {
                scene.Remember(value, new Value.From(mapping, Aspect.Companion));
                return;
            }

            // Who reads again under the lock has something to compare with.
            if (state.IsLocked())
                Verify(scene);
        }

        scene.Continue(scene.World?.Orphan(value));
    }

    /// <summary>The lock is taken: what was read before may be of the past.</summary>
    private static void Outdate(Site mapping, Scene scene)
    {
        foreach (var value in Values(scene))
        {
            if (value.Value.IsReadUnlocked() && scene.Recall(value.Key) is Value.From { Site: var from } && from == mapping)
                scene.Set(value.Key, value.Value with { States = (int)MappingState.Unverified });
        }
    }

    /// <summary>Something was compared: what exactly, prefer to leave to the reader of the code.</summary>
    private static void Verify(Scene scene)
    {
        foreach (var value in Values(scene))
            scene.Continue(scene.World?.Orphan(value.Key));
    }

    private void UseValue(IOperation operand, IOperation use, Scene scene)
    {
        if (!IsValue(operand, scene) || scene.HandleOf(operand) is not { } value || scene[value] is not { } state || !state.IsUnverified())
            return;

        // One report a path is enough.
        Saw(MappingEventKind.StaleUse, value, state, use.Syntax, operand, null, scene);
        scene.Continue(scene.World?.Orphan(value));
    }

    private static bool IsValue(IOperation operand, Scene scene) => scene.HandleOf(operand) is { } site && site.Acquisition == s_value;

    private static List<KeyValuePair<Site, SiteState>> Values(Scene scene) => scene.Handles.FindAll(static h => h.Key.Acquisition == s_value);
}
