using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.CodeFixes.Editing;

/// <summary>Replaces what denotes an entry by a value: <c>*p</c> by <c>v</c>, <c>p->f</c> by <c>v.f</c>.</summary>
internal static class PlaceEdits
{
    /// <param name="edits">The document's edits.</param>
    /// <param name="address">The place.</param>
    /// <param name="value">Makes the value from the pointer as an argument, with the edits inside it made.</param>
    public static void Replace(TreeEdits edits, EntryAddress address, Func<ExpressionSyntax, ExpressionSyntax> value)
    {
        if (address.Form == AddressForm.Receiver)
        {
            var access = (MemberAccessExpressionSyntax)address.Place.Parent!;
            var before = access.GetFirstToken().GetPreviousToken();
            edits.Replace(access, current => SyntaxFactory.MemberAccessExpression(
                SyntaxKind.SimpleMemberAccessExpression,
                Expressions.InPlaceOf(value(address.ArgumentIn(access, current)), current.Expression, before),
                SyntaxFactory.Token(SyntaxKind.DotToken).WithTriviaFrom(current.OperatorToken),
                current.Name));
        }
        else
        {
            var place = Replaced(address.Place);
            var before = place.GetFirstToken().GetPreviousToken();
            edits.Replace(place, current => Expressions.InPlaceOf(value(address.ArgumentIn(place, current)), current, before));
        }
    }

    /// <summary>The place, with the parentheses that only a dereference needs: those of <c>(*p).f</c>.</summary>
    private static ExpressionSyntax Replaced(ExpressionSyntax place)
    {
        var outer = Expressions.WithParentheses(place);
        var isNeedless = outer.Parent is MemberAccessExpressionSyntax or PostfixUnaryExpressionSyntax or PrefixUnaryExpressionSyntax;
        return outer != place && isNeedless && !outer.DescendantTrivia().Any(Layout.IsText) ? outer : place;
    }
}
