using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.Agreement.Tests.Compiling;

/// <summary>Fixes all that has a fix, rule by rule.</summary>
internal static class Fixing
{
    public static async Task<Batch> AllAsync(Batch batch)
    {
        Document document = batch.ToDocument();
        foreach (PlannedFixProvider fix in Rules.Fixes)
        {
            Compilation compilation = (await document.Project.GetCompilationAsync())!;
            ImmutableArray<Diagnostic> reports = [.. Analysis.Diagnostics(compilation, Rules.AnalyzersFor(fix)).Where(d => fix.FixableDiagnosticIds.Contains(d.Id))];
            if (!reports.IsEmpty)
                document = await fix.FixAllAsync(document, reports, key: null, CancellationToken.None);
        }

        return Batch.Parse((await document.GetTextAsync()).ToString());
    }
}
