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
        context.RegisterOperationBlockAction(block =>
        {
            IOperation? seen = null;
            foreach (var operation in block.OperationBlocks)
            {
                // The initializer and the body of a constructor are two blocks of one body.
                var root = operation.Root();
                if (root == seen || !facts.Reports(root.Syntax.SyntaxTree, block.IsGeneratedCode) || root.Syntax.ContainsErrors())
                    continue;

                seen = root;
                var reads = repeats.ReadsOf(root, block.CancellationToken);
                if (reads.Length < 2)
                    continue;

                foreach (var repeated in repeats.Find(reads, () => block.GetControlFlowGraph(operation), block.OwningSymbol, block.CancellationToken))
                    block.ReportDiagnostic(ReportOf(repeated));
            }
        });
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
