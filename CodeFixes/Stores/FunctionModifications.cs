using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Stores;

/// <summary>Turns a change of an entry into a call of a modifier that is given a function from the old entry to the new one.</summary>
internal sealed class FunctionModifications(SemanticModel model)
{
    private readonly AccessorCalls _calls = new(model);
    private readonly EntryAddresses _addresses = new(model);
    private readonly PointerValues _pointers = new(model);
    private readonly Captures _captures = new(model);

    /// <summary>The edit; null if no function says the same, whenever and however often it is called.</summary>
    public Action<TreeEdits>? Of(EntryAccess access)
    {
        if (access.Kind is not (EntryAccessKind.ReadModifyWrite or EntryAccessKind.Write) || access.Site is not ExpressionSyntax change
            || access.Contract.Modify is not { Method: { } modifier, Form: AccessorForm.ModifyFunction }
            || !StatementPosition.Is(change, model)
            || _addresses.Of(access) is not { Form: not AddressForm.Argument } address
            || access.EntryType is not { } entry || !SymbolEqualityComparer.Default.Equals(address.Type, entry)
            || Places(access, address) is not { } places
            || Shape(access, address, change) is not { } shape
            || _captures.Of(shape.Operands, places, entry) is not { } captured)
            return null;

        var probe = SyntaxFactory.SimpleLambdaExpression(SyntaxFactory.Parameter(SyntaxFactory.Identifier("e")), SyntaxFactory.IdentifierName("e"));
        if (_calls.Bind(modifier, change.SpanStart, address.Argument, probe) is not { } target
            || (!target.Method.ReturnsVoid && StatementPosition.GivesLambdaItsType(change, model)))
            return null;

        var isStatic = captured == Captured.Nothing && ((CSharpParseOptions)change.SyntaxTree.Options).LanguageVersion >= LanguageVersion.CSharp9;
        return edits =>
        {
            var parameter = edits.Names.ForParameter(change, shape.Names);
            foreach (var place in places)
                PlaceEdits.Replace(edits, place, _ => SyntaxFactory.IdentifierName(parameter));

            edits.Replace(change, current => Expressions.InPlaceOf(
                Expressions.Call(target.Name, address.Argument, Lambdas.Make(parameter, shape.Body(current, parameter), isStatic)),
                current,
                change.GetFirstToken().GetPreviousToken()));
        };
    }

    /// <summary>All places in the change that denote the entry: the changed one and the reads that go with it.</summary>
    private List<EntryAddress>? Places(EntryAccess access, EntryAddress address)
    {
        var places = new List<EntryAddress> { address };
        if (access.MergedReads.Length > 0 && address.ValueBy(_pointers).Stability != PointerStability.Stable)
            return null;

        foreach (var read in access.MergedReads)
        {
            var place = read == access.Copy ? new EntryAddress((ExpressionSyntax)read, address.Pointer, model.GetTypeInfo(read).Type, AddressForm.Operand)
                : read is InvocationExpressionSyntax { ArgumentList.Arguments: [var pointer] } call
                    ? new EntryAddress(call, pointer.Expression, access.EntryType, AddressForm.Argument)
                    : _addresses.Of(access with { Slot = read });
            if (place is null || !SymbolEqualityComparer.Default.Equals(place.Type, access.EntryType))
                return null;

            places.Add(place);
        }

        return places;
    }

    private ChangeShape? Shape(EntryAccess access, EntryAddress address, ExpressionSyntax change)
    {
        switch (change)
        {
            // *p = f(*p): the value is the body.
            case AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } store when IsEntry(store.Left, address):
                return access.Kind == EntryAccessKind.ReadModifyWrite && HasEntryType(store.Right, access)
                    ? new([store.Right], (current, _) => Expressions.Trimmed(((AssignmentExpressionSyntax)current).Right.WithoutTrailingTrivia()))
                    : null;

            // *p |= x: the operation is the body, if it needs no conversion back.
            case AssignmentExpressionSyntax compound when IsEntry(compound.Left, address):
                return BinaryOperators.Of(compound) is { } kind
                    && model.GetOperation(compound) is ICompoundAssignmentOperation { InConversion.IsIdentity: true, OutConversion.IsIdentity: true, OperatorMethod: null or { IsStatic: true } }
                    ? new([compound.Right], (current, parameter) => BinaryOperators.Make(kind, parameter, (AssignmentExpressionSyntax)current))
                    : null;

            // p->Young = false, p->Clear(), (*p)++: the statement, on the copy.
            case AssignmentExpressionSyntax part:
                return ChangeShape.InBlock(part);

            case InvocationExpressionSyntax or PrefixUnaryExpressionSyntax or PostfixUnaryExpressionSyntax:
                return ChangeShape.InBlock(change);

            default:
                return null;
        }
    }

    private static bool IsEntry(ExpressionSyntax target, EntryAddress address) =>
        address.Form != AddressForm.Receiver && Expressions.WithoutParentheses(target) == Expressions.WithoutParentheses(address.Place);

    private bool HasEntryType(ExpressionSyntax value, EntryAccess access) =>
        SymbolEqualityComparer.Default.Equals(model.GetTypeInfo(value).Type, access.EntryType);

    /// <param name="Operands">What the function computes with.</param>
    /// <param name="Body">The function's body, from the change with its places replaced by the parameter.</param>
    private sealed record ChangeShape(ExpressionSyntax[] Operands, Func<ExpressionSyntax, string, CSharpSyntaxNode> Body)
    {
        /// <summary>What the parameter may be called: the old entry of an expression, the entry that a block changes.</summary>
        public string[] Names { get; init; } = ["old", "entry", "e"];

        public static ChangeShape InBlock(ExpressionSyntax change) => new([change], Lambdas.Block) { Names = ["e", "entry"] };
    }
}
