using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;
using PteGuard.Analyzers.Mappings;

namespace PteGuard.Analyzers.Rules;

/// <summary>PTE0008: a pointer is used after it was unmapped.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UseAfterUnmapAnalyzer : PteGuardAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.UseAfterUnmap);

    private protected override bool ShouldAnalyze(EntryFacts facts) => facts.KnowsMappings;

    private protected override void AnalyzeCompilation(CompilationStartAnalysisContext context, EntryFacts facts) =>
        MappingTraces.Register(context, facts, static (block, trace) =>
        {
            ILookup<Site, MappingEvent>? unmaps = null;
            foreach (var use in trace.Once(MappingEventKind.Use, e => e.State.IsUnmapped()))
            {
                unmaps ??= trace.Of(MappingEventKind.Unmap).ToLookup(e => e.Site);
                var isUnmap = unmaps[use.Site].Any(e => e.Syntax == use.Syntax);
                block.ReportDiagnostic(Diagnostic.Create(
                    Descriptors.UseAfterUnmap,
                    use.Syntax.GetLocation(),
                    unmaps[use.Site].Where(e => e.Syntax != use.Syntax).Select(e => e.Syntax.GetLocation()),
                    SiteText.Of(use.Syntax),
                    isUnmap ? "unmap it once on every path" : "use it before it is unmapped, or map again"));
            }
        });
}
