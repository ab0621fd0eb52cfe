using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Flow;

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

    private readonly MemberEffects _effects;
    private readonly BodyFacts _body;
    private readonly SlotReads _reads;
    private int _left = Budget;

    private CarriedReads(List<EntryAccess> accesses, IOperation[] operations, MemberEffects effects)
    {
        _effects = effects;
        _body = new BodyFacts(operations);
        _reads = new SlotReads(accesses);
    }

    /// <param name="accesses">The accesses of a body.</param>
    /// <param name="operations">All its operations.</param>
    /// <param name="effects">What members of entries do.</param>
    public static void Apply(List<EntryAccess> accesses, IOperation[] operations, MemberEffects effects)
    {
        CarriedReads? carried = null;
        EntryCopies? copies = null;
        for (var i = 0; i < accesses.Count; i++)
        {
            if (accesses[i] is not { Kind: EntryAccessKind.Write, Site: var site, Operation: var slot }
                || Assignment(slot) is not { } store || store.Syntax != site || !IsPlain(slot) || !ValueOperands.Of(store.Value).Any(BodyVariables.IsOwn))
                continue;

            carried ??= new CarriedReads(accesses, operations, effects);
            if (carried.Source(store.Value, store, accesses[i], 0) is not { } read)
                continue;

            copies ??= new EntryCopies(carried._reads, carried._body, new QuietOperations(effects));
            accesses[i] = accesses[i] with { Kind = EntryAccessKind.ReadModifyWrite, CarriedRead = read, Copy = copies.In(store, accesses[i]) };
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
        slot.DescendantsAndSelf().All(part => part is not (IInvocationOperation or IAssignmentOperation or IIncrementOrDecrementOperation or IObjectCreationOperation)
            && (part is not IPropertyReferenceOperation { Property: var property } || property.ContainingType.IsSpan() || AutoProperties.Is(property)));

    /// <summary>The read of the entry that a value was made of; null if it was made of something else, or nobody knows.</summary>
    private SyntaxNode? Source(IOperation value, IOperation at, EntryAccess store, int links)
    {
        if (links++ > LongestChain)
            return null;

        foreach (var operand in ValueOperands.Of(value))
        {
            if (links > 1 && _reads.Of(operand, store) is { } read)
                return read;

            if (BodyVariables.IsOwn(operand) && BodyFacts.Variable(operand) is { } variable && Definition(variable, at, store) is var (assigned, giver)
                && Source(assigned, giver, store, links) is { } earlier)
                return earlier;
        }

        return null;
    }

    /// <summary>What a variable was last given, and the operation that did; null if that is not sure, or the entry changed since.</summary>
    private (IOperation Value, IOperation Giver)? Definition(ISymbol variable, IOperation at, EntryAccess store)
    {
        // A constructor's parameter may be one of the type's, which any method writes.
        if (_body.IsOpaque(variable) || variable.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor })
            return null;

        foreach (var statement in EarlierStatements.Of(at))
        {
            (IOperation Value, IOperation Giver)? given = null;
            foreach (var operation in EarlierStatements.Within(statement))
            {
                if (_left-- <= 0 || _reads.Disturbs(operation, store) || Replaces(operation, variable))
                    return null;

                // What stands in what gives ran before it.
                if (given is { Giver.Syntax.Span: var span } && span.Contains(operation.Syntax.Span))
                    continue;

                if (BodyVariables.Given(operation, variable) is not { } value || operation is ICompoundAssignmentOperation or IIncrementOrDecrementOperation)
                    continue;

                if (value == operation)
                    return null;

                if (!EarlierStatements.IsConditional(operation, statement))
                    given = (value, operation);
                else if (!Mentions(value, variable))
                    return null;
            }

            if (given is not null)
                return given;
        }

        return null;
    }

    /// <summary>Whether a variable's own content is changed where it stands, so that nothing may be left of it: <c>e.Clear()</c>, <c>e.Value = x</c>.</summary>
    private bool Replaces(IOperation operation, ISymbol variable)
    {
        if (!SymbolEqualityComparer.Default.Equals(BodyFacts.Variable(operation), variable))
            return false;

        var part = operation;
        var isWhole = true;
        for (; part.Parent is IFieldReferenceOperation field && field.Instance == part; part = field)
            isWhole &= EntryLayout.IsWholeStruct(field.Field);

        return part.Parent switch
        {
            IInvocationOperation call when call.Instance == part => part.Type is { IsValueType: true, SpecialType: SpecialType.None } && _effects.Of(call.TargetMethod) != MemberEffect.Reads,
            ISimpleAssignmentOperation assignment when assignment.Target == part && part != operation => isWhole && !Mentions(assignment.Value, variable),
            IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } => part != operation,
            ITupleOperation tuple => part != operation && AccessClassifier.Assigner(tuple) is not null,
            _ => false,
        };
    }

    private static bool Mentions(IOperation value, ISymbol variable) =>
        ValueOperands.Of(value).Any(operand => SymbolEqualityComparer.Default.Equals(BodyFacts.Variable(operand), variable));
}
