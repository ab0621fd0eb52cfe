using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace PteGuard.CodeFixes.Editing;

/// <summary>
/// A fix that first plans all edits of the code around the reports and then makes those it was asked for in
/// one pass, so that fixing one report and fixing all take the same path.
/// </summary>
public abstract class PlannedFixProvider : CodeFixProvider
{
    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => new PlannedFixAllProvider(this);

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var document = context.Document;
        if (await FixContext.CreateAsync(document, context.CancellationToken).ConfigureAwait(false) is not { } known)
            return;

        foreach (var diagnostic in context.Diagnostics)
        {
            var span = diagnostic.Location.SourceSpan;
            foreach (var fix in Plan(known, ImmutableArray.Create(span)))
            {
                if (fix.Reports.Contains(span))
                {
                    context.RegisterCodeFix(
                        CodeAction.Create(fix.Title, _ => Task.FromResult(Apply(known, [fix])), fix.Key),
                        diagnostic);
                }
            }
        }
    }

    /// <summary>The document with all given reports settled by the kind of action that is asked for; null: by each one's first.</summary>
    internal async Task<Document> FixAllAsync(Document document, ImmutableArray<Diagnostic> diagnostics, string? key, CancellationToken cancellationToken)
    {
        if (await FixContext.CreateAsync(document, cancellationToken).ConfigureAwait(false) is not { } known)
            return document;

        var wanted = diagnostics.Where(d => d.Location.IsInSource).Select(d => d.Location.SourceSpan).ToImmutableHashSet();
        var settled = new HashSet<TextSpan>();
        var chosen = new List<PlannedFix>();
        foreach (var fix in Plan(known, wanted.ToImmutableArray()))
        {
            if (key is not null && fix.Key != key || !fix.Reports.Any(wanted.Contains) || fix.Reports.Any(settled.Contains))
                continue;

            settled.UnionWith(fix.Reports);
            chosen.Add(fix);
        }

        return Apply(known, chosen);
    }

    /// <summary>
    /// The edits for the reports at <paramref name="reports"/>, in source order, the safest of several for
    /// one report first. Edits for other reports may be among them.
    /// </summary>
    private protected abstract IEnumerable<PlannedFix> Plan(FixContext context, ImmutableArray<TextSpan> reports);

    /// <summary>The members (or top-level statements) that contain the reports: as much code as must be looked at.</summary>
    private protected static IEnumerable<SyntaxNode> MembersAt(FixContext context, ImmutableArray<TextSpan> reports)
    {
        var members = new HashSet<SyntaxNode>();
        foreach (var report in reports.OrderBy(r => r.Start))
        {
            if (report.End > context.Root.FullSpan.End)
                continue;

            var node = context.Root.FindNode(report, getInnermostNodeForTie: true);
            if (MemberOf(node) is { } member && members.Add(member))
                yield return member;
        }
    }

    private static SyntaxNode? MemberOf(SyntaxNode node)
    {
        for (var current = node; current is not null; current = current.Parent)
        {
            if (current is GlobalStatementSyntax)
                return current.Parent;

            if (current is MemberDeclarationSyntax and not BaseTypeDeclarationSyntax and not BaseNamespaceDeclarationSyntax)
                return current;

            if (current is TypeDeclarationSyntax)
                return current;
        }

        return null;
    }

    private static Document Apply(FixContext context, IEnumerable<PlannedFix> fixes)
    {
        var edits = new TreeEdits(Layout.EndOfLineOf(context.Text));
        foreach (var fix in fixes)
            fix.Apply(edits);

        return context.Document.WithSyntaxRoot(edits.Apply(context.Root));
    }
}
