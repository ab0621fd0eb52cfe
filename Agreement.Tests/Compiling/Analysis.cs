using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace PteGuard.Agreement.Tests.Compiling;

/// <summary>What the analyzers report, by method.</summary>
internal static class Analysis
{
    public static ILookup<string, string> Of(Batch batch, ImmutableArray<DiagnosticAnalyzer> analyzers) =>
        Diagnostics(batch.Compilation, analyzers).ToLookup(d => batch.MethodAt(d.Location) ?? "", d => d.Id);

    public static ImmutableArray<Diagnostic> Diagnostics(Compilation compilation, ImmutableArray<DiagnosticAnalyzer> analyzers)
    {
        if (analyzers.IsEmpty)
            return [];
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]),
            onAnalyzerException: static (e, analyzer, _) => throw new InvalidOperationException($"{analyzer} threw.", e),
            concurrentAnalysis: false,
            logAnalyzerExecutionTime: false);
        return compilation.WithAnalyzers(analyzers, options).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
    }
}
