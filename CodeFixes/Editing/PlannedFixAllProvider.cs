using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;

namespace PteGuard.CodeFixes.Editing;

/// <summary>Fixes all reports of a document at once, in every scope that an editor or dotnet format knows.</summary>
internal sealed class PlannedFixAllProvider(PlannedFixProvider provider) : DocumentBasedFixAllProvider(s_scopes)
{
    private static readonly ImmutableArray<FixAllScope> s_scopes = ImmutableArray.Create(
        FixAllScope.Document,
        FixAllScope.Project,
        FixAllScope.Solution,
        FixAllScope.ContainingMember,
        FixAllScope.ContainingType);

    protected override async Task<Document?> FixAllAsync(FixAllContext fixAllContext, Document document, ImmutableArray<Diagnostic> diagnostics) =>
        await provider.FixAllAsync(document, diagnostics, fixAllContext.CodeActionEquivalenceKey, fixAllContext.CancellationToken).ConfigureAwait(false);
}
