using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Access;

/// <summary>
/// Finds the stores whose value comes from the same entry: <c>*p = *p | x</c> is one read-modify-write, not a
/// read and a store, and so is <c>*p = PtepGet(p).MkOld()</c>.
/// </summary>
internal static class ReadModifyWrites
{
    public static void Apply(List<EntryAccess> accesses)
    {
        var stores = Stores(accesses);
        if (stores.Count == 0)
            return;

        for (var i = 0; i < accesses.Count; i++)
        {
            // A sanctioned read, such as a volatile one, makes the store no better.
            if (accesses[i].Kind is EntryAccessKind.Read or EntryAccessKind.LocklessRead or EntryAccessKind.None && Store(accesses, stores, accesses[i].Operation) is { } store)
                Merge(accesses, store, i);
        }

        foreach (var indices in stores)
        {
            foreach (var store in indices.Value)
                MergeReaderCalls(accesses, store, Value(indices.Key));
        }
    }

    /// <summary>The indices of the stores by their assignment.</summary>
    private static Dictionary<IOperation, List<int>> Stores(List<EntryAccess> accesses)
    {
        var stores = new Dictionary<IOperation, List<int>>();
        for (var i = 0; i < accesses.Count; i++)
        {
            if (accesses[i].Kind != EntryAccessKind.Write || Assignment(accesses[i].Operation) is not { } assignment)
                continue;

            if (!stores.TryGetValue(assignment, out var indices))
                stores.Add(assignment, indices = []);
            indices.Add(i);
        }

        return stores;
    }

    private static IOperation? Assignment(IOperation slot)
    {
        var target = slot;
        while (target.Parent is IFieldReferenceOperation or IInlineArrayAccessOperation || target.Parent?.DereferencedPointer() == target)
            target = target.Parent!;

        return target.Parent switch
        {
            ISimpleAssignmentOperation { IsRef: false } assignment when assignment.Target == target => assignment,
            IDeconstructionAssignmentOperation assignment when assignment.Target == target => assignment,
            ITupleOperation tuple => AccessClassifier.Assigner(tuple),
            _ => null,
        };
    }

    private static IOperation Value(IOperation assignment) =>
        assignment is ISimpleAssignmentOperation simple ? simple.Value : ((IDeconstructionAssignmentOperation)assignment).Value;

    /// <summary>The store of the same entry in whose value the read stands.</summary>
    private static int? Store(List<EntryAccess> accesses, Dictionary<IOperation, List<int>> stores, IOperation read)
    {
        var operation = read;
        for (; operation.Parent is { } parent and not IAnonymousFunctionOperation and not IBlockOperation; operation = parent)
        {
            if (!stores.TryGetValue(parent, out var candidates) || Value(parent) != operation)
                continue;

            foreach (var candidate in candidates)
            {
                if (SlotIdentity.AreSame(accesses[candidate].Operation, read))
                    return candidate;
            }
        }

        return null;
    }

    private static void MergeReaderCalls(List<EntryAccess> accesses, int store, IOperation value)
    {
        var contract = accesses[store].Contract;
        if (contract.Read is null && contract.ReadLockless is null)
            return;

        foreach (var operation in value.DescendantsAndSelf())
        {
            if (operation is IInvocationOperation { Arguments: [{ Value: var pointer }, ..] } call
                && (contract.Read?.Includes(call.TargetMethod) == true || contract.ReadLockless?.Includes(call.TargetMethod) == true)
                && SlotIdentity.PointsTo(pointer, accesses[store].Operation))
            {
                accesses[store] = WithRead(accesses[store], call.Syntax);
            }
        }
    }

    private static void Merge(List<EntryAccess> accesses, int store, int read)
    {
        accesses[store] = WithRead(accesses[store], accesses[read].Slot);
        accesses[read] = accesses[read] with { Kind = EntryAccessKind.None };
    }

    private static EntryAccess WithRead(EntryAccess store, SyntaxNode read) =>
        store with { Kind = EntryAccessKind.ReadModifyWrite, MergedReads = store.MergedReads.Add(read) };
}
