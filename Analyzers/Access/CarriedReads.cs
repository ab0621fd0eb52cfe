using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace PteGuard.Analyzers.Access;

/// <summary>
/// Finds the stores whose value was made of the same entry's in an earlier statement: <c>e = *p; … *p = e | x;</c> loses what
/// is written to the entry in between.
/// </summary>
/// <remarks>
/// What a variable holds is looked for backwards, through statements that surely ran before. Where a branch may have changed
/// the variable, the entry or its address, nothing is said.
/// </remarks>
internal sealed class CarriedReads
{
    /// <summary>How many operations may be looked at in one body.</summary>
    private const int Budget = 100_000;

    private const int LongestChain = 16;

    private readonly Dictionary<IOperation, EntryAccess> _slots = [];
    private int _left = Budget;

    private readonly QuietOperations _quiet;

    private CarriedReads(List<EntryAccess> accesses, MemberEffects effects)
    {
        _quiet = new QuietOperations(effects);
        foreach (var access in accesses)
            _slots[access.Operation] = access;
    }

    public static void Apply(List<EntryAccess> accesses, MemberEffects effects)
    {
        CarriedReads? reads = null;
        for (var i = 0; i < accesses.Count; i++)
        {
            if (accesses[i] is not { Kind: EntryAccessKind.Write, Site: var site, Operation: var slot }
                || Assignment(slot) is not { } store || store.Syntax != site || !IsPlain(slot) || !ValueOperands.Of(store.Value).Any(BodyVariables.IsOwn))
                continue;

            reads ??= new CarriedReads(accesses, effects);
            if (reads.Source(store.Value, store, accesses[i], 0) is { } read)
                accesses[i] = accesses[i] with { Kind = EntryAccessKind.ReadModifyWrite, CarriedRead = read, Copy = reads.CopyIn(store, accesses[i]) };
        }
    }

    private static ISimpleAssignmentOperation? Assignment(IOperation slot)
    {
        var target = slot;
        while (target.Parent is { } parent and not ISimpleAssignmentOperation and not IBlockOperation)
            target = parent;

        return target.Parent is ISimpleAssignmentOperation { IsRef: false } assignment && assignment.Target == target ? assignment : null;
    }

    /// <summary>Whether an entry's address is the same wherever it is written down again.</summary>
    private static bool IsPlain(IOperation slot) =>
        slot.DescendantsAndSelf().All(part => part is not (IInvocationOperation or IAssignmentOperation or IIncrementOrDecrementOperation or IObjectCreationOperation));

    /// <summary>The read of the entry that a value was made of; null if it was made of something else, or nobody knows.</summary>
    private SyntaxNode? Source(IOperation value, IOperation at, EntryAccess store, int links)
    {
        if (links++ > LongestChain)
            return null;

        foreach (var operand in ValueOperands.Of(value))
        {
            if (links > 1 && ReadOf(operand, store) is { } read)
                return read;

            if (BodyVariables.IsOwn(operand) && BodyVariables.Of(operand) is { } variable && Definition(variable, at, store) is var (assigned, giver)
                && Source(assigned, giver, store, links) is { } earlier)
                return earlier;
        }

        return null;
    }

    /// <summary>The only variable in what is stored, if it holds the entry itself, and nothing can have changed the entry since.</summary>
    private SyntaxNode? CopyIn(ISimpleAssignmentOperation store, EntryAccess access)
    {
        var operands = ValueOperands.Of(store.Value).ToList();
        return operands.FindAll(BodyVariables.IsOwn) is [var copy] && SymbolEqualityComparer.Default.Equals(copy.Type, store.Target.Type)
            && operands.TrueForAll(operand => _quiet.Is(operand, access.EntryType))
            && Definition(BodyVariables.Of(copy)!, store, access, requireQuiet: true) is var (value, _) && IsRead(value, access)
            ? copy.Syntax
            : null;
    }

    private bool IsRead(IOperation value, EntryAccess store)
    {
        var read = value;
        while (read is IFieldReferenceOperation { Instance: { } entry } field && EntryLayout.IsWholeStruct(field.Field))
            read = entry;

        return ReadOf(read, store) is not null;
    }

    private SyntaxNode? ReadOf(IOperation operand, EntryAccess store)
    {
        if (_slots.TryGetValue(operand, out var access))
            return access.Kind is EntryAccessKind.Read or EntryAccessKind.LocklessRead or EntryAccessKind.None && SlotIdentity.AreSame(operand, store.Operation) ? access.Slot : null;

        return operand is IInvocationOperation call && IsReader(call, store) && SlotIdentity.PointsTo(call.Arguments[0].Value, store.Operation) ? call.Syntax : null;
    }

    private static bool IsReader(IInvocationOperation call, EntryAccess store) =>
        call.Arguments.Length > 0
        && (store.Contract.Read?.Includes(call.TargetMethod) == true || store.Contract.ReadLockless?.Includes(call.TargetMethod) == true);

    /// <summary>What a variable was last given, and the operation that did; null if that is not sure, or the entry changed since.</summary>
    private (IOperation Value, IOperation Giver)? Definition(ISymbol variable, IOperation at, EntryAccess store, bool requireQuiet = false)
    {
        foreach (var statement in EarlierStatements.Of(at))
        {
            (IOperation Value, IOperation Giver)? given = null;
            foreach (var operation in statement.DescendantsAndSelf())
            {
                if (_left-- <= 0)
                    return null;

                if (EarlierStatements.LeavesBefore(operation, statement))
                    continue;

                if (Disturbs(operation, store) || (requireQuiet && given is null && !_quiet.Is(operation, store.EntryType)))
                    return null;

                if (BodyVariables.Given(operation, variable) is not { } value)
                    continue;

                if (operation is ICompoundAssignmentOperation or IIncrementOrDecrementOperation && !requireQuiet)
                    continue;

                if (value == operation)
                    return null;

                if (!EarlierStatements.IsConditional(operation, statement))
                    given = (value, operation);
                else if (requireQuiet || !ValueOperands.Of(value).Any(operand => SymbolEqualityComparer.Default.Equals(BodyVariables.Of(operand), variable)))
                    return null;
            }

            if (given is not null)
                return given;
        }

        return null;
    }

    /// <summary>Whether an operation may change the entry, or which entry its address denotes.</summary>
    private bool Disturbs(IOperation operation, EntryAccess store)
    {
        if (_slots.TryGetValue(operation, out var access) && access.Kind is EntryAccessKind.Write or EntryAccessKind.ReadModifyWrite)
            return SlotIdentity.AreSame(operation, store.Operation);

        if (operation is IInvocationOperation call && !IsReader(call, store) && call.Arguments.Any(argument => SlotIdentity.PointsTo(argument.Value, store.Operation)))
            return true;

        return BodyVariables.Written(operation) is { } written
            && store.Operation.DescendantsAndSelf().Any(part => SymbolEqualityComparer.Default.Equals(BodyVariables.OrMember(part), written));
    }
}
