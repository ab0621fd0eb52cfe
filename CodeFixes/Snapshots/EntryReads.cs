using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Snapshots;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Snapshots;

/// <summary>Sees which reads a call of the reader can take the place of.</summary>
internal sealed class EntryReads(SemanticModel model, IReaderChoice readers)
{
    private readonly AccessorCalls _calls = new(model);
    private readonly EntryAddresses _addresses = new(model);
    private readonly PointerValues _pointers = new(model);

    /// <summary>The read that a report is about; null if no call of a reader can stand for it.</summary>
    public EntryRead? Of(EntryAccess access)
    {
        if (readers.Choose(access)?.Method is not { } reader || _addresses.Of(access) is not { } address || IsPinned(address.Place) || IsLostChange(address.Place))
            return null;

        var target = _calls.Bind(reader, access.Site.SpanStart, address.Argument);
        return target is not null && Word(target.Method.ReturnType, address, out var word)
            ? new EntryRead(access.Site.Span, address, address.ValueBy(_pointers), target, word) { Site = access.Site.Span, IsComparison = Comparisons.Compares(access.Operation) }
            : null;
    }

    /// <summary>A call of the reader as a read like others; null if it is not one.</summary>
    public EntryRead? Of(InvocationExpressionSyntax call, EntryFacts facts)
    {
        if (call.ArgumentList.Arguments is not [{ Expression: var pointer }] || model.GetOperation(call) is not IInvocationOperation { TargetMethod: var method } operation || new ReaderCalls(facts).ReaderOf(operation) is null)
            return null;

        var address = new EntryAddress(call, pointer, method.ReturnType, AddressForm.Argument);
        return new EntryRead(null, address, address.ValueBy(_pointers), new AccessorCalls.Target(call.Expression, method), null) { Site = call.Span, IsComparison = Comparisons.Compares(operation) };
    }

    /// <summary>
    /// Whether what is read is as the code names it: the entry, or the word that an entry's only field is
    /// (<paramref name="word"/>).
    /// </summary>
    private bool Word(ITypeSymbol entry, EntryAddress address, out IFieldSymbol? word)
    {
        word = null;
        if (address.Type is null || SymbolEqualityComparer.Default.Equals(address.Type, entry))
            return true;

        word = EntryWords.Of(entry);
        return word is not null && SymbolEqualityComparer.Default.Equals(word.Type, address.Type)
            && model.IsAccessible(address.Place.SpanStart, word) && address.Form != AddressForm.Receiver;
    }

    /// <summary>
    /// Whether a member that may change the entry is called through a readonly reference: the compiler makes it
    /// change a copy, and writing that down would look as if it was meant.
    /// </summary>
    private bool IsLostChange(ExpressionSyntax place) =>
        model.GetSymbolInfo(place).Symbol is ILocalSymbol { RefKind: RefKind.In }
        && Expressions.WithParentheses(place).Parent is MemberAccessExpressionSyntax access
        && model.GetSymbolInfo(access).Symbol is IMethodSymbol { IsReadOnly: false, ContainingType.IsReadOnly: false };

    /// <summary>Whether a part is used that only exists in memory: a fixed buffer or inline array inside the entry.</summary>
    private bool IsPinned(ExpressionSyntax place) =>
        Expressions.WithParentheses(place).Parent is MemberAccessExpressionSyntax access
        && model.GetSymbolInfo(access).Symbol is IFieldSymbol field
        && (field.IsFixedSizeBuffer || field.Type.GetAttributes().Any(a => a.AttributeClass?.Name == "InlineArrayAttribute"));
}
