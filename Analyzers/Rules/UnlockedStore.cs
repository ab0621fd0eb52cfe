using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
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
        MappingTraces.Register(context, facts, (block, trace) =>
        {
            bool? releasesForCaller = null;
            foreach (var store in trace.Once(MappingEventKind.Store, e => e.State.IsUnlocked()))
            {
                if (store.Other is not null && (releasesForCaller ??= ReleasesForCaller(trace, facts)) == true)
                    continue;

                block.ReportDiagnostic(Diagnostic.Create(
                    Descriptors.UnlockedStore,
                    store.Syntax.GetLocation(),
                    [store.Site.Syntax!.GetLocation()],
                    SiteText.Of(store.Syntax),
                    store.Other is { } lookup ? $"'{MappingLock.Name(lookup)}'" : MappingLock.Variable(store.Site) is { } ptl ? $"'{ptl.Name}'" : "the lock that came with the mapping"));
            }
        });

    /// <summary>Whether a lock is released that the caller must have taken: a looked-up one may be held, too.</summary>
    private static bool ReleasesForCaller(MappingTrace trace, EntryFacts facts) => trace.Of(MappingEventKind.Unlock).Any(e =>
        e.State.States == 0 && !(e.Operand is { Parent: IArgumentOperation { Parent: IInvocationOperation call } } && facts.Unmapper(call.TargetMethod) is not null));
}
