using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Snapshots;

namespace PteGuard.Analyzers.Rules;

/// <summary>PTE0005: an entry is read again where nothing can have changed it on purpose.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RepeatedEntryReadAnalyzer : PteGuardAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.RepeatedEntryRead);

    private protected override bool ShouldAnalyze(EntryFacts facts) => facts.KnowsEntries;

    private protected override void AnalyzeCompilation(CompilationStartAnalysisContext context, EntryFacts facts)
    {
        var repeats = new RepeatedReads(context.Compilation, facts);
        ReportedBodies.Register(context, facts, (bodies, root, block) =>
        {
            if (root.Syntax.ContainsErrors())
                return;

            var reads = repeats.ReadsOf(root, bodies.CancellationToken);
            if (reads.Length > 1)
                Report(repeats, reads, bodies, block);
        });
    }

    private static void Report(RepeatedReads repeats, ImmutableArray<SnapshotRead> reads, OperationBlockAnalysisContext bodies, IOperation block)
    {
        foreach (var repeated in repeats.Find(reads, () => bodies.GetControlFlowGraph(block), bodies.OwningSymbol, bodies.CancellationToken))
            bodies.ReportDiagnostic(ReportOf(repeated));
    }

    private static Diagnostic ReportOf(RepeatedRead repeated)
    {
        var first = repeated.Sources[0].Site;
        var advice = repeated.Holders.Count > 0
            ? $"use '{repeated.Holders.OrderBy(holder => holder.Name, StringComparer.Ordinal).First().Name}', which holds what was read"
            : "read it once, into a local";
        return Diagnostic.Create(
            Descriptors.RepeatedEntryRead,
            repeated.Read.Site.GetLocation(),
            repeated.Sources.Select(source => source.Site.GetLocation()),
            SiteText.Of(repeated.Read.Site),
            SiteText.Line(first),
            advice);
    }
}
