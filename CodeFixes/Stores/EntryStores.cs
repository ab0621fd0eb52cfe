using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Stores;

/// <summary>Turns a plain store of a whole entry into a call of the writer.</summary>
internal sealed class EntryStores(SemanticModel model)
{
    private readonly AccessorCalls _calls = new(model);
    private readonly EntryAddresses _addresses = new(model);

    /// <summary>The edit; null if no call of the writer means the same.</summary>
    public Action<TreeEdits>? Of(EntryAccess access)
    {
        if (access is not { Kind: EntryAccessKind.Write, Site: AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SimpleAssignmentExpression } store }
            || access.Contract.Write is not { Method: { } writer, Form: AccessorForm.Write }
            || !StatementPosition.Is(store, model)
            || _addresses.Of(access) is not { } address
            || EntryWord.Of(access, address, store.Left, model) is not { } word)
            return null;

        if (_calls.Bind(writer, store.SpanStart, address.Argument, word.Wrap(store.Right)) is not { } target
            || !SymbolEqualityComparer.Default.Equals(target.Method.Parameters[1].Type, word.Entry))
            return null;

        return edits => edits.Replace(store, current => Expressions.InPlaceOf(
            Expressions.Call(target.Name, address.ArgumentIn(store, current), word.Wrap(Value(current))),
            current,
            store.GetFirstToken().GetPreviousToken()));
    }

    // What stands behind the value stands behind the whole store, and stays there.
    private static ExpressionSyntax Value(AssignmentExpressionSyntax store) =>
        Expressions.Trimmed(store.Right.WithoutTrailingTrivia().WithLeadingTrivia(store.OperatorToken.TrailingTrivia.AddRange(store.Right.GetLeadingTrivia())));
}
