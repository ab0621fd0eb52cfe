using System.Collections.Immutable;
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
        var statements = releases.Add(reaction.Statement);
        var options = mapping.Statement.SyntaxTree.Options;
        if (!Layout.IsOnOwnLine(mapping.Statement))
            return Guarded.OnOneLine(condition, statements, options);

        var outer = Layout.LineIndentationOf(mapping.Statement.GetFirstToken());
        var around = mapping.Statement.Parent is BlockSyntax block ? Layout.LineIndentationOf(block.CloseBraceToken) : outer;
        return Guarded.OnLines(condition, statements, outer, Layout.IndentStep(around, outer), endOfLine, options);
    }
}
