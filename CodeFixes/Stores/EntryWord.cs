using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.Analyzers.Access;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Stores;

/// <summary>The value of a whole entry as the code has it: the entry itself, or the word that is its only field.</summary>
/// <param name="Entry">The entry's type.</param>
/// <param name="Word">The type that the code stores: the entry's, or its field's.</param>
/// <param name="TypeName">How the entry's type is called here; null if no entry needs to be made from a word.</param>
/// <param name="Field">The field; null if the code stores entries.</param>
internal sealed record EntryWord(ITypeSymbol Entry, ITypeSymbol Word, TypeSyntax? TypeName, IFieldSymbol? Field)
{
    /// <param name="access">A store or read-modify-write.</param>
    /// <param name="address">Where the entry is.</param>
    /// <param name="target">What the code assigns to.</param>
    /// <param name="model">The semantic model.</param>
    /// <returns>Null if only a part of the entry is stored, or something that no entry can be made from.</returns>
    public static EntryWord? Of(EntryAccess access, EntryAddress address, ExpressionSyntax target, SemanticModel model)
    {
        if (access.Extent == EntryExtent.Part || model.GetTypeInfo(target).Type is not { } stored)
            return null;

        target = Expressions.WithoutParentheses(target);
        var entry = access.EntryType ?? stored;
        if (target == Expressions.WithoutParentheses(address.Place) && SymbolEqualityComparer.Default.Equals(stored, entry))
            return new EntryWord(entry, entry, null, null);

        if (EntryWords.Of(entry) is not { IsReadOnly: false } field
            || !SymbolEqualityComparer.Default.Equals(field.Type, stored)
            || !model.IsAccessible(target.SpanStart, field)
            || (target != Expressions.WithoutParentheses(address.Place) && !SymbolEqualityComparer.Default.Equals(model.GetSymbolInfo(target).Symbol?.OriginalDefinition, field.OriginalDefinition)))
            return null;

        return new EntryWord(entry, stored, SyntaxFactory.ParseTypeName(entry.ToMinimalDisplayString(model, target.SpanStart)), field);
    }

    public ExpressionSyntax Zero => Field is null && Word.SpecialType != SpecialType.None
        ? SyntaxFactory.LiteralExpression(SyntaxKind.NumericLiteralExpression, SyntaxFactory.Literal(0))
        : SyntaxFactory.LiteralExpression(SyntaxKind.DefaultLiteralExpression);

    /// <summary>The entry made from a value of the type that the code stores: <c>new Pte { Value = v }</c>.</summary>
    public ExpressionSyntax Wrap(ExpressionSyntax value)
    {
        if (Field is null)
            return value;

        var spaced = SyntaxFactory.TriviaList(SyntaxFactory.Space);
        return SyntaxFactory.ObjectCreationExpression(
            SyntaxFactory.Token(default, SyntaxKind.NewKeyword, spaced),
            TypeName!.WithTrailingTrivia(spaced),
            null,
            SyntaxFactory.InitializerExpression(
                SyntaxKind.ObjectInitializerExpression,
                SyntaxFactory.Token(default, SyntaxKind.OpenBraceToken, spaced),
                SyntaxFactory.SingletonSeparatedList<ExpressionSyntax>(SyntaxFactory.AssignmentExpression(
                    SyntaxKind.SimpleAssignmentExpression,
                    SyntaxFactory.IdentifierName(Expressions.Identifier(Field)).WithTrailingTrivia(spaced),
                    SyntaxFactory.Token(default, SyntaxKind.EqualsToken, spaced),
                    value.WithTrailingTrivia(spaced))),
                SyntaxFactory.Token(SyntaxKind.CloseBraceToken)));
    }
}
