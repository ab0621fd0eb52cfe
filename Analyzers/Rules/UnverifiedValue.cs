using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Mappings;

namespace PteGuard.Analyzers.Rules;

/// <summary>PTE0012: a value read before the lock was taken is used after it without a comparison.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnverifiedValueAnalyzer : PteGuardAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.UnverifiedValue);

    private protected override bool ShouldAnalyze(EntryFacts facts) => facts.KnowsMappings;

    private protected override void AnalyzeCompilation(CompilationStartAnalysisContext context, EntryFacts facts) =>
        MappingTraces.Register(context, facts, static (block, trace) =>
        {
            foreach (var use in trace.Once(MappingEventKind.StaleUse))
            {
                block.ReportDiagnostic(Diagnostic.Create(
                    Descriptors.UnverifiedValue,
                    use.Syntax.GetLocation(),
                    [use.Site.Syntax!.GetLocation()],
                    SiteText.Of(use.Operand!.Syntax)));
            }
        });
}
