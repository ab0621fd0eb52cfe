using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Mappings;

namespace PteGuard.Analyzers.Rules;

/// <summary>PTE0013: code may block while a page table is mapped or locked.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class BlockingWhileMappedAnalyzer : PteGuardAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.BlockingWhileMapped);

    private protected override bool ShouldAnalyze(EntryFacts facts) => facts.KnowsMappings;

    private protected override void AnalyzeCompilation(CompilationStartAnalysisContext context, EntryFacts facts) =>
        MappingTraces.Register(context, facts, static (block, trace) =>
        {
            foreach (var waits in trace.Of(MappingEventKind.Block).GroupBy(e => e.Syntax))
            {
                var isLocked = waits.Any(e => e.State.IsLocked());
                block.ReportDiagnostic(Diagnostic.Create(
                    Descriptors.BlockingWhileMapped,
                    waits.Key.GetLocation(),
                    waits.Select(e => e.Site.Syntax?.GetLocation()).OfType<Location>().Distinct(),
                    SiteText.Of(waits.Key),
                    isLocked ? "a page-table lock is held" : "a page table is mapped",
                    isLocked ? "release it first" : "unmap it first"));
            }
        });
}
