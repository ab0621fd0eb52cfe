using System.Collections.Immutable;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Agreement.Tests.Comparison;
using PteGuard.Analyzers.Rules;
using PteGuard.CodeFixes.Editing;

namespace PteGuard.Agreement.Tests.Compiling;

/// <summary>All analyzers and fixes that there are, found where they are.</summary>
internal static class Rules
{
    public static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers =
    [
        .. typeof(UncheckedMappingAnalyzer).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(DiagnosticAnalyzer)) && !type.IsAbstract)
            .Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!),
    ];

    /// <summary>In the order of the rules' numbers.</summary>
    public static readonly ImmutableArray<PlannedFixProvider> Fixes =
    [
        .. typeof(PlannedFixProvider).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(PlannedFixProvider)) && !type.IsAbstract)
            .Select(type => (PlannedFixProvider)Activator.CreateInstance(type)!)
            .OrderBy(fix => fix.FixableDiagnosticIds[0], StringComparer.Ordinal),
    ];

    public static readonly ImmutableArray<string> Ids = [.. Analyzers.SelectMany(analyzer => analyzer.SupportedDiagnostics).Select(d => d.Id).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The rules that both sides know.</summary>
    public static readonly ImmutableArray<string> Compared = [.. Ids.Where(Rule.Shown.Contains)];

    public static readonly ImmutableArray<string> Fixable = [.. Fixes.SelectMany(fix => fix.FixableDiagnosticIds)];

    public static ImmutableArray<DiagnosticAnalyzer> AnalyzersFor(CodeFixProvider fix) =>
        [.. Analyzers.Where(analyzer => analyzer.SupportedDiagnostics.Any(d => fix.FixableDiagnosticIds.Contains(d.Id)))];
}
