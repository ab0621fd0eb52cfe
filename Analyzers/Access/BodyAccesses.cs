using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Access;

/// <summary>The accesses of one body.</summary>
internal sealed class BodyAccesses(IOperation root, EntryFacts facts, MemberEffects effects, Departures departures)
{
    private readonly SyntaxTree _tree = root.Syntax.SyntaxTree;
    private readonly EntrySlots _slots = new(root, facts);
    private readonly AccessClassifier _classifier = new(effects, departures);
    private readonly List<EntryAccess> _accesses = [];

    /// <param name="operations">All operations of the body.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public ImmutableArray<EntryAccess> Collect(IOperation[] operations, CancellationToken cancellationToken)
    {
        foreach (var operation in operations)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (operation.IsSpread())
                AddEnumeration(operation);

            if (operation.Type.IsSpan() && Departures.MayLeave(operation))
                AddDeparture(operation);

            if (_slots.Of(operation) is { } slot)
                Add(slot);
            else if (operation is IInvocationOperation call)
                AddCall(call);
            else if (operation is IForEachLoopOperation { LoopControlVariable: IVariableDeclaratorOperation { Symbol.IsRef: false } } loop)
                AddEnumeration(loop.Collection.Unconverted());
        }

        ReadModifyWrites.Apply(_accesses);
        CarriedReads.Apply(_accesses, operations, effects);
        LocklessReads.Apply(_accesses, root);
        _accesses.RemoveAll(access => access.Kind == EntryAccessKind.None);
        _accesses.Sort(static (left, right) => left.Slot.Span.CompareTo(right.Slot.Span));
        return _accesses.ToImmutableArray();
    }

    private void Add(in EntrySlot slot)
    {
        if (IsAllowed(slot.Origin, slot.Operation, slot.EntryType, slot.Contract))
            return;

        _accesses.Add(_classifier.Classify(slot));
    }

    /// <summary>A framework method that is given a pointer to an entry, or a span of entries.</summary>
    private void AddCall(IInvocationOperation call)
    {
        if (FrameworkCalls.Operands(call.TargetMethod) is not { } operands)
            return;

        if (call.Instance is { } receiver)
            AddOperand(call, receiver, FrameworkCalls.Role(operands, 0));

        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter is { RefKind: RefKind.None } parameter)
                AddOperand(call, argument.Value, FrameworkCalls.Role(operands, parameter.Ordinal + (call.TargetMethod.IsStatic ? 0 : 1)));
        }
    }

    private void AddOperand(IInvocationOperation call, IOperation operand, OperandRole role)
    {
        var kind = role switch
        {
            OperandRole.Reads => EntryAccessKind.Read,
            OperandRole.Writes => EntryAccessKind.Write,
            OperandRole.Modifies => EntryAccessKind.ReadModifyWrite,
            _ => EntryAccessKind.None,
        };

        if (kind != EntryAccessKind.None && operand.Type is { } && (operand.Unconverted().Type.IsView() || operand.Type.IsView()))
            AddView(kind, call, operand, _slots.Origins.OfPointee(operand, call.TargetMethod.TypeArguments.FirstOrDefault()), call.Syntax);
    }

    private void AddEnumeration(IOperation collection)
    {
        if (collection.Type.IsSpan() || collection.Type is IArrayTypeSymbol { ElementType: not IPointerTypeSymbol })
            AddView(EntryAccessKind.Read, collection, collection, _slots.Origins.Of(collection), collection.Syntax);
        else if (_slots.OfInlineEntries(collection) is { Contract: { } contract } entries)
            AddView(EntryAccessKind.Read, collection, entries, contract, collection.Syntax, collection.Syntax);
    }

    /// <summary>A span of entries where it is passed on, returned or stored.</summary>
    private void AddDeparture(IOperation span)
    {
        var origin = _slots.Origins.Of(span);
        if (origin.Contract is { } contract && departures.Leaves(span, origin.Entry, contract))
            AddView(EntryAccessKind.Escape, span, origin, contract, span.Syntax, span.Syntax);
    }

    private void AddView(EntryAccessKind kind, IOperation operation, IOperation view, Origin origin, SyntaxNode site)
    {
        if (origin.Contract is { } contract)
            AddView(kind, operation, origin, contract, view.Syntax, site);
    }

    private void AddView(EntryAccessKind kind, IOperation operation, Origin origin, EntryContract contract, SyntaxNode slot, SyntaxNode site)
    {
        if (!IsAllowed(origin, operation, origin.Entry, contract))
            _accesses.Add(new(kind, operation, slot, site, origin.Entry, contract, EntryExtent.Whole));
    }

    /// <summary>Whether the entry may be touched directly where it stands.</summary>
    private bool IsAllowed(Origin origin, IOperation operation, ITypeSymbol? entry, EntryContract contract)
    {
        if (_slots.IsPrivate(origin, operation))
            return true;

        var symbol = (operation.SemanticModel ?? root.SemanticModel)?.GetEnclosingSymbol(operation.Syntax.SpanStart);
        return symbol is null || facts.IsExempt(symbol, contract, entry, _tree) || facts.IsUnpublished(symbol, _tree);
    }
}
