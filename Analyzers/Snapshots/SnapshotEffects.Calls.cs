using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Snapshots;

/// <content>Calls.</content>
internal sealed partial class SnapshotEffects
{
    private SnapshotState Call(IInvocationOperation call, SnapshotState state)
    {
        state = state.Orphan(call, numbers);
        var method = call.TargetMethod;
        if (ReadAt(call) is not null || EntryFacts.ComparesEntries(method))
            return state;

        switch (calls.OnLocks(call))
        {
            case LockEffect.Takes:
                return Pass(call.Arguments, null, call, Loud(call, state), out _) with { IsLocked = true };
            case LockEffect.Releases or LockEffect.Unknown:
                return Pass(call.Arguments, null, call, Loud(call, state), out _);
        }

        if (call.Instance is { Type.IsValueType: true } instance)
        {
            // A member that leaves its struct alone leaves what holds it alone.
            if (members.Of(method) != MemberEffect.Reads)
                state = Assign(instance, null, call, state);

            if (calls.IsEntry(method.ContainingType, call.Syntax.SyntaxTree))
                return state;
        }

        var passed = Pass(call.Arguments, call.Instance is { Type.IsReferenceType: true } receiver ? receiver : null, call, state, out var isGiven);
        if (!isGiven && calls.IsQuiet(method))
            return passed;

        if (method.Parameters.Any(EntryFacts.WritesEntry))
            return passed.ForgetAll();

        // Under a lock, others keep away, and a callee changes what it is given.
        return state.IsLocked && calls.KeepsLock(method) ? Reach(call, passed) : Loud(call, passed);
    }

    private SnapshotState Create(IObjectCreationOperation creation, SnapshotState state)
    {
        var passed = Pass(creation.Arguments, null, creation, state.Orphan(creation, numbers), out var isGiven);
        return creation.Constructor is { } constructor && !isGiven && calls.IsQuiet(constructor) ? passed : Loud(creation, passed);
    }

    /// <summary>Hands values to code that may do anything with them.</summary>
    /// <param name="arguments">The values.</param>
    /// <param name="receiver">The object whose method it is.</param>
    /// <param name="operation">The call.</param>
    /// <param name="state">What holds before.</param>
    /// <param name="isGiven">Whether an entry that is known, or what may lead to any, is among them.</param>
    private SnapshotState Pass(ImmutableArray<IArgumentOperation> arguments, IOperation? receiver, IOperation operation, SnapshotState state, out bool isGiven)
    {
        var before = state;
        var tree = operation.Syntax.SyntaxTree;
        if (receiver is not null)
            state = Give(receiver, state);

        foreach (var argument in arguments)
        {
            var value = argument.Value;
            if (argument.Parameter is { RefKind: RefKind.Ref or RefKind.Out })
                state = Assign(value, null, argument, state);
            else if (argument.Parameter is { } parameter && EntryFacts.ReadsEntry(parameter))
                continue;
            else if ((value.Unconverted().Type ?? value.Type) is { } type && (calls.IsLock(type) || (IsAddress(type) && calls.LeadsToEntries(type, tree))))
                state = state.ForgetAll();
            else if (value.Type is not { IsUnmanagedType: true, IsReferenceType: false } || value.Type is IPointerTypeSymbol)
                state = Give(value, state);
        }

        isGiven = state.Snapshots.Count < before.Snapshots.Count;
        return state;
    }

    private static bool IsAddress(ITypeSymbol type) =>
        type is IPointerTypeSymbol or { SpecialType: SpecialType.System_IntPtr or SpecialType.System_UIntPtr };

    /// <summary>Forgets the entries whose pointers come from a value.</summary>
    private SnapshotState Give(IOperation value, SnapshotState state)
    {
        if (state.Snapshots.IsEmpty || value.Type?.SpecialType == SpecialType.System_String)
            return state;

        foreach (var operation in value.DescendantsAndSelf())
        {
            if (operation.Type is { IsUnmanagedType: true, IsReferenceType: false } and not IPointerTypeSymbol && !IsAddress(operation.Type))
                continue;

            if (_pointers.Of(operation, state) is { } number)
                state = state.Forget((key, _) => key.Pointer.Roots.Overlaps(number.Roots));
        }

        return state;
    }
}
