using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.CodeFixes.Editing;

/// <summary>How the pointer stands in the expression that denotes an entry.</summary>
internal enum AddressForm
{
    /// <summary><c>*p</c></summary>
    Operand,

    /// <summary><c>p[i]</c>: the pointer is <c>&amp;p[i]</c>.</summary>
    Element,

    /// <summary>The <c>p</c> of <c>p->f</c>.</summary>
    Receiver,

    /// <summary><c>Unsafe.Read(p)</c></summary>
    Argument,
}

/// <summary>The pointer through which code gets at an entry.</summary>
/// <param name="Place">What denotes the entry: <c>*p</c>, <c>p[i]</c>, a ref local, the <c>p</c> of <c>p->f</c>.</param>
/// <param name="Pointer">The pointer to it, or the element of a table that it is.</param>
/// <param name="Type">As what the code sees it.</param>
/// <param name="Form">How the one stands in the other.</param>
internal sealed record EntryAddress(ExpressionSyntax Place, ExpressionSyntax Pointer, ITypeSymbol? Type, AddressForm Form)
{
    /// <summary>The pointer as an argument of an accessor.</summary>
    public ExpressionSyntax Argument => ArgumentOf(Pointer);

    /// <summary>The pointer as an argument, with the edits inside it made.</summary>
    /// <param name="original">The node that contains the place, as it was.</param>
    /// <param name="current">The same node with the edits inside it made.</param>
    public ExpressionSyntax ArgumentIn(SyntaxNode original, SyntaxNode current) =>
        ArgumentOf(original.Span.Contains(Pointer.Span) ? (ExpressionSyntax)SyntaxPaths.Follow(original, Pointer, current) : Pointer);

    public PointerValue ValueBy(PointerValues values) => Form == AddressForm.Element ? values.OfSlot(Pointer) : values.OfPointer(Pointer);

    private ExpressionSyntax ArgumentOf(ExpressionSyntax pointer) => Form == AddressForm.Element
        ? SyntaxFactory.PrefixUnaryExpression(SyntaxKind.AddressOfExpression, pointer.WithoutTrivia())
        : Expressions.Trimmed(pointer.WithLeadingTrivia(LeadingOf(pointer)).WithTrailingTrivia(Pointer.GetLastToken() == Place.GetLastToken() ? default : pointer.GetTrailingTrivia()));

    // What stands around the whole place stays there; what stands behind the star moves in front of the pointer.
    private SyntaxTriviaList LeadingOf(ExpressionSyntax pointer) =>
        Pointer.GetFirstToken() == Place.GetFirstToken() ? default
        : Place is PrefixUnaryExpressionSyntax dereference ? dereference.OperatorToken.TrailingTrivia.AddRange(pointer.GetLeadingTrivia())
        : pointer.GetLeadingTrivia();
}
