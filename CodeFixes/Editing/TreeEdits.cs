using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.CodeFixes.Editing;

/// <summary>
/// All edits of one document, applied inner-first in a single walk. A rewrite is given its node with the
/// edits inside it already made.
/// </summary>
/// <remarks>SyntaxEditor forks the tree once an edit, which is quadratic; this is linear in tree and edits.</remarks>
internal sealed class TreeEdits(string endOfLine, LocalNames names)
{
    private readonly Dictionary<SyntaxNode, Func<SyntaxNode, SyntaxNode>> _rewrites = [];
    private readonly Dictionary<SyntaxNode, StatementListEdits> _lists = [];
    private readonly Dictionary<StatementSyntax, StatementListEdits.ItemEdits> _blocks = [];

    public string EndOfLine { get; } = endOfLine;

    /// <summary>The names of the locals that the edits declare.</summary>
    public LocalNames Names { get; } = names;

    public void Replace<TNode>(TNode node, Func<TNode, SyntaxNode> rewrite)
        where TNode : SyntaxNode
    {
        _rewrites[node] = _rewrites.TryGetValue(node, out var earlier)
            ? current => rewrite((TNode)earlier(current))
            : current => rewrite((TNode)current);
    }

    /// <summary>
    /// Puts a statement in front of another: into the same list, behind its label, or, where there is no
    /// list, into a block made around it.
    /// </summary>
    public void InsertBefore(StatementSyntax anchor, StatementSyntax inserted) => At(anchor).Before.Add(inserted);

    /// <summary>Puts a statement behind another: into the same list, or, where there is none, into a block made around both.</summary>
    /// <param name="anchor">The other.</param>
    /// <param name="inserted">What is put behind it.</param>
    /// <param name="blankLine">Whether a blank line follows.</param>
    public void InsertAfter(StatementSyntax anchor, StatementSyntax inserted, bool blankLine = false) => At(anchor).After.Add((inserted, blankLine));

    /// <summary>Removes a statement of a list; comments in front of it stay.</summary>
    public void Remove(StatementSyntax statement) => ListOf(statement, out var item)!.At(item).Removed = true;

    /// <summary>Whether the statement, or the label in front of it, stands in a list of statements.</summary>
    public static bool StandsInList(StatementSyntax statement) =>
        Unlabelled(statement).Parent is BlockSyntax or SwitchSectionSyntax or GlobalStatementSyntax;

    public SyntaxNode Apply(SyntaxNode root) => new Walk(this).Visit(root);

    private static StatementSyntax Unlabelled(StatementSyntax statement)
    {
        while (statement.Parent is LabeledStatementSyntax label)
            statement = label;

        return statement;
    }

    private StatementListEdits.ItemEdits At(StatementSyntax anchor)
    {
        if (ListOf(anchor, out var item) is { } list)
            return list.At(item);

        if (!_blocks.TryGetValue(item, out var edits))
            _blocks.Add(item, edits = new StatementListEdits.ItemEdits());

        return edits;
    }

    private StatementListEdits? ListOf(StatementSyntax anchor, out StatementSyntax item)
    {
        item = Unlabelled(anchor);
        var parent = item.Parent is GlobalStatementSyntax global ? global.Parent : item.Parent;
        if (parent is not (BlockSyntax or SwitchSectionSyntax or CompilationUnitSyntax))
            return null;

        if (!_lists.TryGetValue(parent, out var edits))
            _lists.Add(parent, edits = new StatementListEdits(EndOfLine));

        return edits;
    }

    private sealed class Walk : CSharpSyntaxRewriter
    {
        private readonly TreeEdits _edits;
        private readonly HashSet<SyntaxNode> _touched = [];

        public Walk(TreeEdits edits)
        {
            _edits = edits;
            foreach (var node in edits._rewrites.Keys.Concat(edits._lists.Keys).Concat(edits._blocks.Keys))
            {
                for (var touched = node; touched is not null && _touched.Add(touched); touched = touched.Parent)
                {
                }
            }
        }

        public override SyntaxToken VisitToken(SyntaxToken token) => token;

        [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(node))]
        public override SyntaxNode? Visit(SyntaxNode? node)
        {
            if (node is null || !_touched.Contains(node))
                return node;

            var current = base.Visit(node)!;
            if (_edits._lists.TryGetValue(node, out var list))
                current = list.Apply(node, current);

            current = EmbeddedBlocks(node, current);
            return _edits._rewrites.TryGetValue(node, out var rewrite) ? rewrite(current) : current;
        }

        // A block is made from its parent's side, since the line break in front of its brace belongs to the parent.
        private SyntaxNode EmbeddedBlocks(SyntaxNode node, SyntaxNode current)
        {
            if (_edits._blocks.Count == 0)
                return current;

            foreach (var (child, now) in EmbeddedStatements(node).Zip(EmbeddedStatements(current), (child, now) => (child, now)).ToList())
            {
                if (_edits._blocks.TryGetValue(child, out var inserted))
                    current = EmbeddedBlock.Make(node, current, child, now, inserted, _edits.EndOfLine);
            }

            return current;
        }

        private static IEnumerable<StatementSyntax> EmbeddedStatements(SyntaxNode node) => node.ChildNodes().OfType<StatementSyntax>();
    }
}
