using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Access;

/// <summary>Tells what the operations of a body do to the entry that a store is about.</summary>
internal sealed class SlotReads
{
    private readonly Dictionary<IOperation, EntryAccess> _slots = [];

    public SlotReads(IEnumerable<EntryAccess> accesses)
    {
        foreach (var access in accesses)
            _slots[access.Operation] = access;
    }

    /// <summary>The read of the entry that an operation is, directly or by a reader's call; null if it is none.</summary>
    public SyntaxNode? Of(IOperation operation, EntryAccess store)
    {
        if (_slots.TryGetValue(operation, out var access))
            return access.Kind is EntryAccessKind.Read or EntryAccessKind.LocklessRead or EntryAccessKind.None && SlotIdentity.AreSame(operation, store.Operation) ? access.Slot : null;

        return operation is IInvocationOperation call && IsReader(call, store) && SlotIdentity.PointsTo(call.Arguments[0].Value, store.Operation) ? call.Syntax : null;
    }

    /// <summary>Whether an operation may change the entry, or which entry its address denotes.</summary>
    public bool Disturbs(IOperation operation, EntryAccess store)
    {
        if (_slots.TryGetValue(operation, out var access) && access.Kind is EntryAccessKind.Write or EntryAccessKind.ReadModifyWrite)
            return SlotIdentity.AreSame(operation, store.Operation);

        if (operation is IInvocationOperation call && !IsReader(call, store) && call.Arguments.Any(argument => SlotIdentity.PointsTo(argument.Value, store.Operation)))
            return true;

        return BodyVariables.Written(operation) is { } written
            && store.Operation.DescendantsAndSelf().Any(part => SymbolEqualityComparer.Default.Equals(BodyVariables.OrMember(part), written));
    }

    public static bool IsReader(IInvocationOperation call, EntryAccess store) =>
        call.Arguments.Length > 0
        && (store.Contract.Read?.Includes(call.TargetMethod) == true || store.Contract.ReadLockless?.Includes(call.TargetMethod) == true);
}
