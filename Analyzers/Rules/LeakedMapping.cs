using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Mappings;

namespace PteGuard.Analyzers.Rules;

/// <summary>PTE0007: a way out of the code leaves a page table mapped.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LeakedMappingAnalyzer : PteGuardAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.LeakedMapping);

    private protected override bool ShouldAnalyze(EntryFacts facts) => facts.KnowsMappings;

    private protected override void AnalyzeCompilation(CompilationStartAnalysisContext context, EntryFacts facts) =>
        MappingTraces.Register(context, facts, static (block, trace) =>
        {
            var leaks = trace.Of(MappingEventKind.Exit, MappingEventKind.Overwrite).Where(e => e.State.IsMapped() && e.Site.Acquisition?.Tag is MapperFacts);
            foreach (var mapping in leaks.GroupBy(e => e.Site))
                block.ReportDiagnostic(Diagnose(mapping.Key.Operation!, mapping.ToList()));
        });

    private static Diagnostic Diagnose(IOperation mapping, List<MappingEvent> leaks)
    {
        var unmapper = ((MapperFacts)leaks[0].Site.Acquisition!.Tag!).Unmappers[0].Name;
        var ways = leaks.Select(e => e.Syntax).Distinct().ToList();
        var isLost = leaks[0].Kind == MappingEventKind.Overwrite;
        return Diagnostic.Create(
            Descriptors.LeakedMapping,
            mapping.Syntax.GetLocation(),
            ways.Select(w => w.GetLocation()),
            SiteText.Of(mapping.Syntax),
            isLost ? "is still mapped when this is done again" : $"is still mapped on the way out in line {SiteText.Line(ways[0])}",
            isLost ? $"call '{unmapper}' before" : $"call '{unmapper}' on every way out");
    }
}
