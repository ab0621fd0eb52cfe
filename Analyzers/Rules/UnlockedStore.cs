using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Mappings;

namespace PteGuard.Analyzers.Rules;

/// <summary>PTE0011: an entry is stored to through a mapping whose lock is not held.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnlockedStoreAnalyzer : PteGuardAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.UnlockedStore);

    private protected override bool ShouldAnalyze(EntryFacts facts) => facts.KnowsMappings;

    private protected override void AnalyzeCompilation(CompilationStartAnalysisContext context, EntryFacts facts) =>
        MappingTraces.Register(context, facts, static (block, trace) =>
        {
            foreach (var store in trace.Once(MappingEventKind.Store, e => e.State.IsUnlocked()))
            {
                block.ReportDiagnostic(Diagnostic.Create(
                    Descriptors.UnlockedStore,
                    store.Syntax.GetLocation(),
                    [store.Site.Syntax!.GetLocation()],
                    SiteText.Of(store.Syntax),
                    MappingLock.Variable(store.Site) is { } ptl ? $"'{ptl.Name}'" : "the lock that came with the mapping"));
            }
        });
}
