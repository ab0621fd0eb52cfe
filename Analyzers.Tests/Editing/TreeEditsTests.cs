using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.Analyzers.Tests.Editing;

public class TreeEditsTests
{
    [Fact]
    public void An_outer_rewrite_sees_the_inner_one() => Check(
        "class C { int F() => 1 + 2; }",
        "class C { int F() => (3 + 2); }",
        (edits, root) =>
        {
            var sum = root.DescendantNodes().OfType<BinaryExpressionSyntax>().Single();
            edits.Replace(sum, current => SyntaxFactory.ParenthesizedExpression(current));
            edits.Replace(sum.Left, current => SyntaxFactory.ParseExpression("3").WithTriviaFrom(current));
        });

    [Fact]
    public void Rewrites_of_one_node_build_on_each_other() => Check(
        "class C { int F() => 1; }",
        "class C { int F() => -(1); }",
        (edits, root) =>
        {
            var literal = root.DescendantNodes().OfType<LiteralExpressionSyntax>().Single();
            edits.Replace(literal, current => SyntaxFactory.ParenthesizedExpression(current));
            edits.Replace<ExpressionSyntax>(literal, current => SyntaxFactory.PrefixUnaryExpression(SyntaxKind.UnaryMinusExpression, current));
        });

    [Fact]
    public void Statements_go_in_front_and_behind_and_comments_stay_on_top() => Check(
        """
        class C
        {
            void F()
            {
                // Why.
                A(); // what
                B();
            }
        }
        """,
        """
        class C
        {
            void F()
            {
                // Why.
                x();
                y();
                A(); // what
                z();
                B();
            }
        }
        """,
        (edits, root) =>
        {
            edits.InsertBefore(Statement(root, "A"), Call("x"));
            edits.InsertBefore(Statement(root, "A"), Call("y"));
            edits.InsertAfter(Statement(root, "A"), Call("z"));
        });

    [Fact]
    public void A_removed_statement_leaves_its_comments() => Check(
        """
        class C
        {
            void F()
            {
                A();

                // Kept.
                B(); // too
                C();
            }
        }
        """,
        """
        class C
        {
            void F()
            {
                A();

                // Kept.
                // too
                C();
            }
        }
        """,
        (edits, root) => edits.Remove(Statement(root, "B")));

    [Fact]
    public void A_lone_statement_gets_braces_in_the_style_of_the_lines_around() => Check(
        "class C\n{\n\tvoid F(bool b)\n\t{\n\t\tif (b) A();\n\t\telse\n\t\t\tB();\n\t}\n}\n",
        "class C\n{\n\tvoid F(bool b)\n\t{\n\t\tif (b)\n\t\t{\n\t\t\tx();\n\t\t\tA();\n\t\t}\n\t\telse\n\t\t{\n\t\t\ty();\n\t\t\tB();\n\t\t}\n\t}\n}\n",
        (edits, root) =>
        {
            edits.InsertBefore(Statement(root, "A"), Call("x"));
            edits.InsertBefore(Statement(root, "B"), Call("y"));
        });

    private static ExpressionStatementSyntax Statement(SyntaxNode root, string method) =>
        root.DescendantNodes().OfType<ExpressionStatementSyntax>().Single(s => s.ToString().StartsWith(method + "(", StringComparison.Ordinal));

    private static StatementSyntax Call(string method) => SyntaxFactory.ParseStatement(method + "();");

    private static void Check(string before, string after, Action<TreeEdits, SyntaxNode> edit)
    {
        var tree = CSharpSyntaxTree.ParseText(before);
        var model = CSharpCompilation.Create("Test", [tree]).GetSemanticModel(tree);
        var edits = new TreeEdits("\n", new LocalNames(model));
        edit(edits, tree.GetRoot());
        Assert.Equal(after, edits.Apply(tree.GetRoot()).ToFullString());
    }
}
