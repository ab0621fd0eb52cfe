using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Mappings;

/// <summary>Writes null checks.</summary>
internal static class NullChecks
{
    public static void Insert(TreeEdits edits, MappingStatement mapping, ImmutableArray<string> releases, Reaction reaction)
    {
        var blankLine = GuardStyle.WantsBlankLine(mapping.Statement);
        if (!mapping.IsTry)
        {
            edits.InsertAfter(mapping.Statement, Check($"{Expressions.Name(mapping.Variable)} == null", mapping, releases, reaction, edits.EndOfLine), blankLine);
            return;
        }

        edits.Replace(mapping.Statement, current => Check($"!{((ExpressionStatementSyntax)current).Expression.WithoutTrivia()}", mapping, releases, reaction, edits.EndOfLine)
            .WithLeadingTrivia(current.GetLeadingTrivia())
            .WithTrailingTrivia(blankLine ? current.GetTrailingTrivia().Add(SyntaxFactory.EndOfLine(edits.EndOfLine)) : current.GetTrailingTrivia()));
    }

    private static StatementSyntax Check(string condition, MappingStatement mapping, ImmutableArray<string> releases, Reaction reaction, string endOfLine)
    {
        if (!Layout.IsOnOwnLine(mapping.Statement))
        {
            var statements = string.Join(" ", releases.Add(reaction.Statement));
            return SyntaxFactory.ParseStatement(releases.IsEmpty ? $"if ({condition}) {statements}" : $"if ({condition}) {{ {statements} }}", options: mapping.Statement.SyntaxTree.Options);
        }

        var outer = Layout.LineIndentationOf(mapping.Statement.GetFirstToken());
        var around = mapping.Statement.Parent is BlockSyntax block ? Layout.LineIndentationOf(block.CloseBraceToken) : outer;
        var inner = outer + Layout.IndentStep(around, outer);
        var text = new StringBuilder($"if ({condition})");
        if (!releases.IsEmpty)
            text.Append(endOfLine).Append(outer).Append('{');

        foreach (var statement in releases.Add(reaction.Statement))
            text.Append(endOfLine).Append(inner).Append(statement);

        if (!releases.IsEmpty)
            text.Append(endOfLine).Append(outer).Append('}');

        return SyntaxFactory.ParseStatement(text.ToString(), options: mapping.Statement.SyntaxTree.Options);
    }
}
