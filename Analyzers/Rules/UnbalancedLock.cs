using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers.Access;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Flow;
using PteGuard.Analyzers.Mappings;

namespace PteGuard.Analyzers.Rules;

/// <summary>PTE0019: a page-table lock is still held on some way out, or released where it is not held.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnbalancedLockAnalyzer : PteGuardAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.UnbalancedLock);

    private protected override bool ShouldAnalyze(EntryFacts facts) => facts.KnowsMappings;

    private protected override void AnalyzeCompilation(CompilationStartAnalysisContext context, EntryFacts facts) =>
        MappingTraces.Register(context, facts, static (block, trace) =>
        {
            foreach (var release in trace.Once(MappingEventKind.Unlock, e => e.State.IsUnlocked()))
                Report(block, release.Syntax, [], $"The page-table lock '{SiteText.Of(release.Syntax)}' is released where it is not held; release it once on every path that took it");

            HashSet<Site>? balanced = null;
            var held = trace.Of(MappingEventKind.Exit, MappingEventKind.Overwrite).Where(e => e.State.IsLocked() && (e.Site.Acquisition is not null || (balanced ??= Balanced(trace)).Contains(e.Site)));
            foreach (var ways in held.GroupBy(e => e.Site))
            {
                var taken = trace.Of(MappingEventKind.Lock).FirstOrDefault(e => e.Site == ways.Key)?.Syntax ?? ways.Key.Syntax!;
                var name = taken is InvocationExpressionSyntax ? $"that '{SiteText.Of(taken)}' takes" : $"'{SiteText.Of(taken)}'";
                Report(block, taken, ways.Select(w => w.Syntax.GetLocation()).Distinct(), $"The page-table lock {name} is still held on the way out in line {SiteText.Line(ways.First().Syntax)}; release it on every way out");
            }
        });

    /// <summary>
    /// The locks of others that the body means to give back as it found them. Who never releases one takes it for its
    /// caller; who releases it first has it from the caller, and gives it back held.
    /// </summary>
    private static HashSet<Site> Balanced(MappingTrace trace) =>
        [.. trace.Of(MappingEventKind.Unlock).GroupBy(u => u.Site).Where(releases => releases.All(u => u.State.States != 0)).Select(releases => releases.Key)];

    private static void Report(OperationBlockAnalysisContext block, SyntaxNode at, IEnumerable<Location> others, string message) =>
        block.ReportDiagnostic(Diagnostic.Create(Descriptors.UnbalancedLock, at.GetLocation(), others, message));
}
