using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.CodeFixes.Leaks;

/// <summary>Writes releases where they were found to be missing.</summary>
internal sealed class LeakEdits(TreeEdits edits, SemanticModel model)
{
    public void Apply(LeakRepair repair)
    {
        foreach (var (place, releases) in repair.Releases)
            Write(place, releases);
    }

    private void Write(ReleasePlace place, ImmutableArray<MappingRelease> releases)
    {
        switch (place.Position)
        {
            case ReleasePosition.Before:
                if (place.Statement is ReturnStatementSyntax { Expression: { } value } && !new Inertness(model).Is(value))
                    KeepResult(place.Statement, value);

                foreach (var statement in Statements(releases, place.Statement))
                    edits.InsertBefore(place.Statement, statement);

                break;

            case ReleasePosition.After:
                foreach (var statement in Statements(releases, place.Statement))
                    edits.InsertAfter(place.Statement, statement);

                break;

            case ReleasePosition.Else:
                edits.Replace((IfStatementSyntax)place.Statement, current => WithElse((IfStatementSyntax)place.Statement, current, releases));
                break;
        }
    }

    /// <summary>What is returned may come from the table, or need its lock: it is found out first.</summary>
    private void KeepResult(StatementSyntax leaving, ExpressionSyntax value)
    {
        var type = model.GetTypeInfo(value);
        var saysItself = SymbolEqualityComparer.Default.Equals(type.Type, type.ConvertedType) && Expressions.WithoutParentheses(value) is not ImplicitObjectCreationExpressionSyntax;
        var name = saysItself ? "var" : type.ConvertedType!.ToMinimalDisplayString(model, value.SpanStart);
        var local = edits.Names.Invent(leaving, "result");
        edits.InsertBefore(leaving, SyntaxFactory.ParseStatement($"{name} {local} = {value};", options: leaving.SyntaxTree.Options));
        edits.Replace(value, current => SyntaxFactory.IdentifierName(local).WithTriviaFrom(current));
    }

    private IEnumerable<StatementSyntax> Statements(ImmutableArray<MappingRelease> releases, StatementSyntax anchor)
    {
        var (isOnLines, outer) = Lines(anchor);
        return releases.SelectMany(release => Statements(release, isOnLines, outer, anchor));
    }

    private IEnumerable<StatementSyntax> Statements(MappingRelease release, bool isOnLines, string outer, StatementSyntax anchor)
    {
        var options = anchor.SyntaxTree.Options;
        if (release.IsSure)
            return release.Statements.Select(s => SyntaxFactory.ParseStatement(s, options: options));

        var condition = $"{Expressions.Name(release.Pointer)} != null";
        return isOnLines
            ? [Guarded.OnLines(condition, release.Statements, outer, Step(anchor, outer), edits.EndOfLine, options)]
            : [Guarded.OnOneLine(condition, release.Statements, options)];
    }

    /// <summary>One step of indentation, as the block around a statement shows it.</summary>
    private static string Step(StatementSyntax anchor, string outer)
    {
        var block = anchor.Ancestors().OfType<BlockSyntax>().FirstOrDefault(b => b.Statements.Any(s => Layout.StartsLine(s.GetFirstToken())));
        return block is null ? Layout.IndentStep(outer, null)
            : Layout.IndentStep(Layout.LineIndentationOf(block.CloseBraceToken), Layout.LineIndentationOf(block.Statements.First(s => Layout.StartsLine(s.GetFirstToken())).GetFirstToken()));
    }

    /// <summary>Whether what is inserted at a statement stands on lines of its own, and how far in.</summary>
    private static (bool IsOnLines, string Outer) Lines(StatementSyntax anchor)
    {
        if (TreeEdits.StandsInList(anchor))
            return (Layout.IsOnOwnLine(anchor), Layout.LineIndentationOf(anchor.GetFirstToken()));

        // A block is made around it.
        var outer = Layout.LineIndentationOf(anchor.Parent!.GetFirstToken());
        return (true, Layout.StartsLine(anchor.GetFirstToken()) ? Layout.LineIndentationOf(anchor.GetFirstToken()) : outer + Step(anchor, outer));
    }

    private IfStatementSyntax WithElse(IfStatementSyntax original, IfStatementSyntax current, ImmutableArray<MappingRelease> releases)
    {
        var isOnLines = Layout.IsOnOwnLine(original) || (original.Parent is ElseClauseSyntax && original.GetTrailingTrivia().Any(SyntaxKind.EndOfLineTrivia));
        var outer = isOnLines ? Layout.LineIndentationOf(original.GetFirstToken()) : "";
        var inner = outer + Step(original, outer);
        var isElseIf = releases is [{ IsSure: false }];
        var statements = releases.SelectMany(r => Statements(r, isOnLines, isElseIf ? outer : inner, original)).Select(s => s.ToString()).ToList();
        var end = edits.EndOfLine;
        var text = (isOnLines, isElseIf, statements.Count) switch
        {
            (true, false, 1) => $"else{end}{inner}{statements[0]}",
            (true, false, _) => $"else{end}{outer}{{{end}{string.Concat(statements.Select(s => inner + s + end))}{outer}}}",
            (false, false, > 1) => $"else {{ {string.Join(" ", statements)} }}",
            _ => $"else {statements[0]}",
        };
        var parsed = ((IfStatementSyntax)SyntaxFactory.ParseStatement($"if (true) ;{end}{outer}{text}", options: original.SyntaxTree.Options)).Else!;
        return isOnLines
            ? current.WithElse(parsed.WithTrailingTrivia(SyntaxFactory.EndOfLine(end)))
            : current.WithTrailingTrivia(SyntaxFactory.Space).WithElse(parsed.WithTrailingTrivia(current.GetTrailingTrivia()));
    }
}
