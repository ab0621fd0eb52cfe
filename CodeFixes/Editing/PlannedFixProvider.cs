using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;
using PteGuard.Analyzers.Access;

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
            foreach (var fix in Plan(known, ImmutableArray.Create(diagnostic)))
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

        var wanted = diagnostics.Select(d => d.Location.SourceSpan).ToImmutableHashSet();
        var settled = new HashSet<TextSpan>();
        var chosen = new List<PlannedFix>();
        foreach (var fix in Plan(known, diagnostics))
        {
            if (key is not null && fix.Key != key || !fix.Reports.Any(wanted.Contains) || fix.Reports.Any(settled.Contains))
                continue;

            settled.UnionWith(fix.Reports);
            chosen.Add(fix);
        }

        return Apply(known, chosen);
    }

    /// <summary>
    /// The edits for the reports, in source order, the safest of several for one report first. Edits for other
    /// reports may be among them.
    /// </summary>
    private protected abstract IEnumerable<PlannedFix> Plan(FixContext context, ImmutableArray<Diagnostic> reports);

    /// <summary>The bodies in which the reports stand.</summary>
    private protected static IEnumerable<Body> BodiesAt(FixContext context, ImmutableArray<Diagnostic> reports)
    {
        var seen = new HashSet<IOperation>();
        foreach (var report in reports.Select(r => r.Location.SourceSpan).OrderBy(span => span.Start))
        {
            if (report.End <= context.Root.FullSpan.End && EntryAccesses.BodyAt(context.Model, report, context.CancellationToken) is { } root && seen.Add(root))
                yield return new Body(root, EntryAccesses.Of(root, context.Facts, context.CancellationToken));
        }
    }

    /// <param name="Root">The topmost operation.</param>
    /// <param name="Accesses">All accesses of entries in it.</param>
    private protected sealed record Body(IOperation Root, ImmutableArray<EntryAccess> Accesses);

    private static Document Apply(FixContext context, IEnumerable<PlannedFix> fixes)
    {
        var edits = new TreeEdits(Layout.EndOfLineOf(context.Text), new LocalNames(context.Model));
        foreach (var fix in fixes)
            fix.Apply(edits);

        return context.Document.WithSyntaxRoot(edits.Apply(context.Root));
    }
}
