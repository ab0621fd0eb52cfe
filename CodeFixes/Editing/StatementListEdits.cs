using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.CodeFixes.Editing;

/// <summary>What is inserted into, and removed from, one list of statements.</summary>
internal sealed class StatementListEdits(string endOfLine)
{
    private readonly Dictionary<StatementSyntax, ItemEdits> _items = [];

    public ItemEdits At(StatementSyntax item)
    {
        if (!_items.TryGetValue(item, out var edits))
            _items.Add(item, edits = new ItemEdits());

        return edits;
    }

    /// <param name="original">The node that owns the list, as it was.</param>
    /// <param name="current">The same node with the statements themselves rewritten.</param>
    public SyntaxNode Apply(SyntaxNode original, SyntaxNode current) => (original, current) switch
    {
        (BlockSyntax before, BlockSyntax block) => block.WithStatements(SyntaxFactory.List(Splice(before.Statements, block.Statements))),
        (SwitchSectionSyntax before, SwitchSectionSyntax section) => section.WithStatements(SyntaxFactory.List(Splice(before.Statements, section.Statements))),
        (CompilationUnitSyntax before, CompilationUnitSyntax unit) => unit.WithMembers(SyntaxFactory.List(Splice(before.Members, unit.Members))),
        _ => current,
    };

    private IEnumerable<MemberDeclarationSyntax> Splice(SyntaxList<MemberDeclarationSyntax> original, SyntaxList<MemberDeclarationSyntax> current)
    {
        for (var i = 0; i < original.Count; i++)
        {
            if (original[i] is GlobalStatementSyntax global && _items.TryGetValue(global.Statement, out var edits))
            {
                foreach (var statement in Expand(edits, global.Statement, ((GlobalStatementSyntax)current[i]).Statement))
                    yield return SyntaxFactory.GlobalStatement(statement);
            }
            else
            {
                yield return current[i];
            }
        }
    }

    private IEnumerable<StatementSyntax> Splice(SyntaxList<StatementSyntax> original, SyntaxList<StatementSyntax> current)
    {
        var carried = default(SyntaxTriviaList);
        for (var i = 0; i < original.Count; i++)
        {
            var statement = current[i];
            if (carried.Count > 0)
            {
                var leading = statement.GetLeadingTrivia();
                var isBlankTwice = !carried.Any(Layout.IsText) && leading.Any(SyntaxKind.EndOfLineTrivia);
                statement = isBlankTwice ? statement : statement.WithLeadingTrivia(carried.AddRange(leading));
                carried = default;
            }

            if (!_items.TryGetValue(original[i], out var edits))
            {
                yield return statement;
                continue;
            }

            if (edits.Removed)
            {
                // The comments of the last statement of a list have nothing to move to, and stay on an empty line.
                if (i + 1 < original.Count)
                    carried = Layout.CommentsOf(statement);
            }

            foreach (var expanded in Expand(edits, original[i], statement))
                yield return expanded;
        }
    }

    private IEnumerable<StatementSyntax> Expand(ItemEdits edits, StatementSyntax original, StatementSyntax statement)
    {
        var before = Layout.InFrontOf(statement, Layout.StartsLine(original.GetFirstToken()), edits.Before, endOfLine, out var rest);
        foreach (var expanded in before)
            yield return expanded;

        if (edits.After.Count > 0 && !edits.Removed && !Layout.IsOnOwnLine(original))
        {
            foreach (var line in OnSameLine(edits, rest))
                yield return line;

            yield break;
        }

        if (!edits.Removed)
            yield return edits.After.Count > 0 ? Layout.EndLine(rest, endOfLine) : rest;

        foreach (var (after, blankLine) in edits.After)
        {
            var line = Layout.OnOwnLine(after, Layout.IndentationOf(statement), endOfLine);
            yield return blankLine ? line.WithTrailingTrivia(line.GetTrailingTrivia().Add(SyntaxFactory.EndOfLine(endOfLine))) : line;
        }
    }

    private static IEnumerable<StatementSyntax> OnSameLine(ItemEdits edits, StatementSyntax statement)
    {
        var space = SyntaxFactory.TriviaList(SyntaxFactory.Space);
        yield return statement.WithTrailingTrivia(space);
        for (var i = 0; i < edits.After.Count; i++)
            yield return edits.After[i].Statement.WithTrailingTrivia(i + 1 == edits.After.Count && statement.HasTrailingTrivia ? statement.GetTrailingTrivia() : space);
    }

    public sealed class ItemEdits
    {
        public List<StatementSyntax> Before { get; } = [];

        public List<(StatementSyntax Statement, bool BlankLine)> After { get; } = [];

        public bool Removed { get; set; }
    }
}
