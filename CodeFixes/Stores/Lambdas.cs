using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.CodeFixes.Stores;

/// <summary>Writes the functions that modifiers are given.</summary>
internal static class Lambdas
{
    private static SyntaxTriviaList Space => SyntaxFactory.TriviaList(SyntaxFactory.Space);

    /// <summary><c>static pte => body</c></summary>
    public static SimpleLambdaExpressionSyntax Make(string parameter, CSharpSyntaxNode body, bool isStatic) => SyntaxFactory.SimpleLambdaExpression(
        default,
        isStatic ? SyntaxFactory.TokenList(SyntaxFactory.Token(default, SyntaxKind.StaticKeyword, Space)) : default,
        SyntaxFactory.Parameter(SyntaxFactory.Identifier(parameter).WithTrailingTrivia(Space)),
        SyntaxFactory.Token(default, SyntaxKind.EqualsGreaterThanToken, Space),
        body as BlockSyntax,
        body as ExpressionSyntax);

    /// <summary><c>{ change; return pte; }</c></summary>
    public static BlockSyntax Block(ExpressionSyntax change, string parameter) => SyntaxFactory.Block(
        SyntaxFactory.Token(default, SyntaxKind.OpenBraceToken, Space),
        SyntaxFactory.List<StatementSyntax>(
        [
            SyntaxFactory.ExpressionStatement(change.WithoutTrivia(), Semicolon),
            SyntaxFactory.ReturnStatement(
                SyntaxFactory.Token(default, SyntaxKind.ReturnKeyword, Space),
                SyntaxFactory.IdentifierName(parameter),
                Semicolon),
        ]),
        SyntaxFactory.Token(SyntaxKind.CloseBraceToken));

    private static SyntaxToken Semicolon => SyntaxFactory.Token(default, SyntaxKind.SemicolonToken, Space);
}
