using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Mappings;

namespace PteGuard.Analyzers.Rules;

/// <summary>PTE0010: a mapping is unlocked with a lock other than its own.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ForeignUnlockAnalyzer : PteGuardAnalyzer
{
    /// <summary>The property that holds the name of the variable that received the mapping's own lock.</summary>
    internal const string Lock = "Lock";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.ForeignUnlock);

    private protected override bool ShouldAnalyze(EntryFacts facts) => facts.KnowsMappings;

    private protected override void AnalyzeCompilation(CompilationStartAnalysisContext context, EntryFacts facts) =>
        MappingTraces.Register(context, facts, static (block, trace) =>
        {
            foreach (var unlock in trace.Once(MappingEventKind.UnlockOther))
            {
                var own = MappingLock.Variable(unlock.Site);
                block.ReportDiagnostic(Diagnostic.Create(
                    Descriptors.ForeignUnlock,
                    unlock.Syntax.GetLocation(),
                    [unlock.Site.Syntax!.GetLocation()],
                    own is null ? ImmutableDictionary<string, string?>.Empty : ImmutableDictionary<string, string?>.Empty.Add(Lock, own.Name),
                    SiteText.Of(unlock.Syntax),
                    own is not null ? $"use '{own.Name}', which came with it"
                        : unlock.Site.Acquisition?.Companion is null ? "use the one of its own table" : "use the one that came with it"));
            }
        });
}
