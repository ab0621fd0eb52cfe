using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Mappings;

namespace PteGuard.Analyzers.Rules;

/// <summary>PTE0009: mappings are released in another order than last in, first out.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnmapOrderAnalyzer : PteGuardAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.UnmapOrder);

    private protected override bool ShouldAnalyze(EntryFacts facts) => facts.KnowsMappings;

    private protected override void AnalyzeCompilation(CompilationStartAnalysisContext context, EntryFacts facts) =>
        MappingTraces.Register(context, facts, static (block, trace) =>
        {
            foreach (var unmap in trace.Once(MappingEventKind.UnmapBelow))
            {
                var later = unmap.Other!.Syntax!;
                block.ReportDiagnostic(Diagnostic.Create(
                    Descriptors.UnmapOrder,
                    unmap.Syntax.GetLocation(),
                    [later.GetLocation()],
                    SiteText.Of(unmap.Syntax),
                    SiteText.Of(later)));
            }
        });
}
