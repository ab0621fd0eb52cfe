using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;

namespace PteGuard.Analyzers.Rules;

/// <summary>Follows looked-up locks, separate mappings and the directory entries that both came from.</summary>
internal sealed class LockLookups(EntryFacts facts) : Protocol
{
    private const int Mapping = 1;
    private const int Lookup = 2;
    private const int Used = 4;
    private const int Ended = 8;
    private const int Held = 16;

    private readonly SortedDictionary<int, (Site Lookup, Site Mapping)> _found = [];

    public override Acquisition? Acquire(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (facts.LockPointer(method) is { } lookup)
            return new Acquisition(null, null, Nullness.NotNull, Lookup, lookup);

        if (facts.Mapper(method, call.Syntax.SyntaxTree) is { } mapper)
            return new Acquisition(mapper.Result, mapper.Lock, Nullness.Maybe, mapper.Lock is null ? Mapping : 0, mapper);

        return EntryFacts.AcquiresLock(method) && ReturnsLock(method)
            ? new Acquisition(null, null, Nullness.NotNull, Held, method)
            : null;
    }

    public override bool Keeps(Site site, SiteState state) => (state.States & (Held | Used)) != 0;

    public override void Acquired(Site site, Scene scene)
    {
        var call = (IInvocationOperation)site.Operation!;
        scene.Remember(site, Directory(call, scene));

        // Whoever holds the directory's own lock keeps the entry from changing.
        if (site.Acquisition!.States == Lookup && scene[site] is { } state && scene.Handles.Any(h => Guards(h.Key, h.Value, call, scene.Recall(site), scene)))
            scene.Set(site, state with { States = Ended });

        Match(scene);
    }

    public override void Observe(IOperation operation, Scene scene)
    {
        switch (operation)
        {
            case IInvocationOperation call:
                Call(call, scene);
                break;
            case IObjectCreationOperation creation:
                foreach (var argument in creation.Arguments)
                    Use(argument.Value, scene);

                break;
            case ISimpleAssignmentOperation assignment when assignment.Target is IMemberReferenceOperation or IArrayElementReferenceOperation or { Kind: OperationKind.None } or IParameterReferenceOperation { Parameter.RefKind: not RefKind.None }:
                Use(assignment.Value, scene);
                break;
        }
    }

    public override void Return(Exit exit, Scene scene)
    {
        if (exit.Value is { } value)
            Use(value, scene);
    }

    public void Report(OperationBlockAnalysisContext context)
    {
        foreach (var (lookup, mapping) in _found.Values)
        {
            var call = (IInvocationOperation)lookup.Operation!;
            var replacement = (lookup.Acquisition!.Tag as LockPointerFacts)?.Replacements.FirstOrDefault()?.Name;
            context.ReportDiagnostic(Diagnostic.Create(
                Descriptors.SeparateLockPointer,
                call.Syntax.GetLocation(),
                [mapping.Operation!.Syntax.GetLocation()],
                call.TargetMethod.Name,
                replacement is null ? "take the lock from the call that maps" : $"take it from the call that maps, '{replacement}'"));
        }
    }

    private void Call(IInvocationOperation call, Scene scene)
    {
        var method = call.TargetMethod;
        if (method.Name is nameof(Equals) or nameof(ReferenceEquals) or nameof(GetHashCode) or nameof(ToString))
            return;

        var acquires = EntryFacts.AcquiresLock(method);
        var releases = EntryFacts.ReleasesLock(method);
        if (call.Instance is { } instance)
        {
            if (acquires || releases)
                Operate(instance, acquires, scene);
            else
                Use(instance, scene);
        }

        // A method that returns the lock it takes is given something else.
        var takesLock = releases || (acquires && !ReturnsLock(method));
        var unmapper = facts.Unmapper(method);
        foreach (var argument in call.Arguments)
        {
            if (takesLock)
                Operate(argument.Value, acquires, scene);
            else
                Use(argument.Value, scene);
        }

        if (unmapper is null)
            return;

        foreach (var argument in call.Arguments)
            End(argument.Value, scene);
    }

    private static bool ReturnsLock(IMethodSymbol method) => !method.ReturnsVoid && method.ReturnType.SpecialType == SpecialType.None;

    /// <summary>Takes or releases a lock.</summary>
    private void Operate(IOperation operation, bool acquires, Scene scene)
    {
        Use(operation, scene);
        if (scene.ValueOf(operation) is not Value.From { Aspect: Aspect.Handle } from)
            return;

        var state = scene[from.Site] ?? new SiteState(Nullness.NotNull, 0);
        if (state.States is not 0 && (state.States & Held) == 0)
        {
            if (!acquires)
                End(operation, scene);

            return;
        }

        if (scene[from.Site] is null && from.Site.Operation is IInvocationOperation call)
            scene.Remember(from.Site, Directory(call, scene));

        scene.Set(from.Site, state with { States = acquires ? Held : Ended });
    }

    /// <summary>Puts a looked-up lock to a use other than comparing it.</summary>
    private void Use(IOperation operation, Scene scene)
    {
        if (scene.HandleOf(operation) is { } site && scene[site] is { } state && (state.States & Lookup) != 0)
        {
            scene.Set(site, state with { States = state.States | Used });
            Match(scene);
        }
    }

    private static void End(IOperation operation, Scene scene)
    {
        if (scene.HandleOf(operation) is { } site && scene[site] is { } state)
            scene.Set(site, state with { States = Ended });
    }

    /// <summary>Looks for a used lock and a live mapping of one directory entry.</summary>
    private void Match(Scene scene)
    {
        if (!scene.IsFinal)
            return;

        foreach (var lookup in scene.Handles.Where(h => h.Value.States == (Lookup | Used)))
        {
            if (scene.Recall(lookup.Key) is not { } directory || IsPrivate(directory))
                continue;

            foreach (var mapping in scene.Handles.Where(h => h.Value is { States: Mapping, Nullness: not Nullness.Null }))
            {
                if (directory.Equals(scene.Recall(mapping.Key)))
                    Found(lookup.Key, mapping.Key);
            }
        }
    }

    private void Found(Site lookup, Site mapping)
    {
        var position = lookup.Operation!.Syntax.SpanStart;
        if (!_found.TryGetValue(position, out var known) || mapping.Operation!.Syntax.SpanStart < known.Mapping.Operation!.Syntax.SpanStart)
            _found[position] = (lookup, mapping);
    }

    /// <summary>Whether a held lock is the one of the directory that a lookup reads.</summary>
    private static bool Guards(Site held, SiteState state, IInvocationOperation lookup, Value? directory, Scene scene)
    {
        if (state.States != Held)
            return false;

        if (held.Operation is IInvocationOperation call)
            return scene.Recall(held) is not { } other ? !call.Arguments.Any(a => a.Value.Type is IPointerTypeSymbol) : other.Equals(directory);

        var type = (held.Origin is Place place ? place.Key : held.Origin) switch
        {
            ILocalSymbol local => local.Type,
            IParameterSymbol parameter => parameter.Type,
            IFieldSymbol field => field.Type,
            IPropertySymbol property => property.Type,
            IOperation operation => operation.Type,
            _ => null,
        };
        return type is null || SymbolEqualityComparer.Default.Equals(type, lookup.Type);
    }

    /// <summary>A directory entry on the stack, or in a table that nobody else sees.</summary>
    private static bool IsPrivate(Value directory) =>
        directory is Value.Address || (directory is Value.From { Site.Origin: IParameterSymbol parameter } && EntryFacts.IsUnpublished(parameter));

    /// <summary>The directory entry that a call is given: its first pointer.</summary>
    private static Value? Directory(IInvocationOperation call, Scene scene)
    {
        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter is { RefKind: RefKind.None, Type: IPointerTypeSymbol })
                return IsOffset(argument.Value) ? null : scene.ValueOf(argument.Value);
        }

        return null;
    }

    /// <summary>Whether a directory entry is reached by arithmetic: a neighbour of what the pointer points to, whatever handle both are in.</summary>
    private static bool IsOffset(IOperation pointer) => pointer switch
    {
        IConversionOperation { Operand: var operand } => IsOffset(operand),
        IAddressOfOperation addressOf => Pointers.Base(addressOf) is not null && Pointers.IsOffset(addressOf),
        _ => pointer is IBinaryOperation,
    };
}
