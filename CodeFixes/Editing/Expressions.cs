using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.CodeFixes.Editing;

/// <summary>Expressions put in the place of others: parentheses, white space and comments.</summary>
internal static class Expressions
{
    public static ExpressionSyntax WithoutParentheses(ExpressionSyntax expression)
    {
        while (expression is ParenthesizedExpressionSyntax parenthesized)
            expression = parenthesized.Expression;

        return expression;
    }

    /// <summary>The name of a variable as code writes it.</summary>
    public static string Name(ISymbol variable) =>
        SyntaxFacts.GetKeywordKind(variable.Name) == SyntaxKind.None ? variable.Name : "@" + variable.Name;

    /// <inheritdoc cref="Name"/>
    public static SyntaxToken Identifier(ISymbol variable) =>
        SyntaxFactory.Identifier(default, SyntaxKind.IdentifierToken, Name(variable), variable.Name, default);

    /// <summary>The expression together with the parentheses around it.</summary>
    public static ExpressionSyntax WithParentheses(ExpressionSyntax expression)
    {
        while (expression.Parent is ParenthesizedExpressionSyntax parenthesized)
            expression = parenthesized;

        return expression;
    }

    /// <summary>An operand of <c>&amp;&amp;</c>, parenthesised if it binds less tightly.</summary>
    public static ExpressionSyntax AsConjunct(ExpressionSyntax expression) =>
        expression is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalOrExpression or (int)SyntaxKind.CoalesceExpression }
            or ConditionalExpressionSyntax or AssignmentExpressionSyntax or AnonymousFunctionExpressionSyntax
            or SwitchExpressionSyntax or ThrowExpressionSyntax
            ? SyntaxFactory.ParenthesizedExpression(expression.WithoutTrivia()).WithTriviaFrom(expression)
            : expression;

    /// <summary>An operand of an operator that binds tighter than every binary one.</summary>
    public static ExpressionSyntax AsOperand(ExpressionSyntax expression) => expression is
        IdentifierNameSyntax or LiteralExpressionSyntax or ParenthesizedExpressionSyntax or MemberAccessExpressionSyntax
        or InvocationExpressionSyntax or ElementAccessExpressionSyntax or ThisExpressionSyntax or DefaultExpressionSyntax
        or BaseObjectCreationExpressionSyntax or CheckedExpressionSyntax or SizeOfExpressionSyntax
            ? expression
            : SyntaxFactory.ParenthesizedExpression(expression.WithoutTrivia()).WithTriviaFrom(expression);

    /// <summary><c>f(a, b)</c>, with one space behind each comma.</summary>
    public static InvocationExpressionSyntax Call(ExpressionSyntax function, params ExpressionSyntax[] arguments) =>
        Call(function, [.. arguments.Select(SyntaxFactory.Argument)]);

    /// <inheritdoc cref="Call(ExpressionSyntax, ExpressionSyntax[])"/>
    public static InvocationExpressionSyntax Call(ExpressionSyntax function, ArgumentSyntax[] arguments) =>
        Plain(SyntaxFactory.InvocationExpression(function, SyntaxFactory.ArgumentList(SyntaxFactory.SeparatedList(
            arguments,
            Enumerable.Repeat(SyntaxFactory.Token(default, SyntaxKind.CommaToken, SyntaxFactory.TriviaList(SyntaxFactory.Space)), arguments.Length - 1)))));

    /// <summary>The node without the elastic trivia of new nodes, which would let the formatter change the lines around.</summary>
    public static TNode Plain<TNode>(TNode node)
        where TNode : SyntaxNode =>
        node.ReplaceTokens(
            node.DescendantTokens().Where(token => token.ContainsAnnotations && token.GetAllTrivia().Any(IsElastic)),
            (_, token) => token.WithLeadingTrivia(token.LeadingTrivia.Where(t => !IsElastic(t))).WithTrailingTrivia(token.TrailingTrivia.Where(t => !IsElastic(t))));

    /// <summary>Without white space around, but with the comments there.</summary>
    public static ExpressionSyntax Trimmed(ExpressionSyntax expression) =>
        expression.WithLeadingTrivia(Trim(expression.GetLeadingTrivia())).WithTrailingTrivia(Layout.TrimEnd(Trim(expression.GetTrailingTrivia())));

    /// <summary>
    /// <paramref name="replacement"/> with the trivia around <paramref name="original"/>, and a space where a
    /// word would run into it: <c>return*p</c>. Comments that it has no place for stand in front of it.
    /// </summary>
    public static TNode InPlaceOf<TNode>(TNode replacement, SyntaxNode original, SyntaxToken before)
        where TNode : SyntaxNode
    {
        var placed = Plain(replacement).WithTriviaFrom(original);
        if (LostComments(placed, original, before) is { Count: > 0 } comments)
            return placed.WithLeadingTrivia(placed.GetLeadingTrivia().AddRange(comments));

        var touches = !placed.HasLeadingTrivia && before.Span.Length > 0 && !before.HasTrailingTrivia
            && IsWord(before.Text[before.Text.Length - 1]) && IsWord(placed.GetFirstToken().Text[0]);
        return touches ? placed.WithLeadingTrivia(SyntaxFactory.Space) : placed;
    }

    private static SyntaxTriviaList LostComments(SyntaxNode replacement, SyntaxNode original, SyntaxToken before)
    {
        var kept = replacement.DescendantTrivia().Where(IsComment).Select(t => t.ToString()).ToList();
        var lost = SyntaxFactory.TriviaList();
        var inside = original.DescendantTrivia().Where(t => original.Span.Contains(t.Span)).ToList();
        foreach (var comment in inside.Where(IsComment))
        {
            if (kept.Remove(comment.ToString()))
                continue;

            lost = lost.Add(comment);
            lost = comment.IsKind(SyntaxKind.SingleLineCommentTrivia)
                ? lost.Add(inside.First(t => t.IsKind(SyntaxKind.EndOfLineTrivia))).AddRange(Layout.Whitespace(before.Parent is null ? "" : Layout.LineIndentationOf(before.GetNextToken())))
                : lost.Add(SyntaxFactory.Space);
        }

        return lost;
    }

    private static bool IsComment(SyntaxTrivia trivia) => trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia;

    private static bool IsElastic(SyntaxTrivia trivia) => trivia.HasAnnotation(SyntaxAnnotation.ElasticAnnotation);

    private static SyntaxTriviaList Trim(SyntaxTriviaList trivia) => SyntaxFactory.TriviaList(trivia.Any(Layout.IsText) ? trivia.SkipWhile(t => !Layout.IsText(t)) : []);

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c is '_' or '@';
}
