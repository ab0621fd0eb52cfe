using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace PteGuard.Benchmarks;

/// <summary>What one run of some analyzers over a corpus took.</summary>
/// <param name="Allocated">In bytes, the binding that they asked for included.</param>
/// <param name="Times">Spent in each analyzer's own code.</param>
internal sealed record AnalyzerRun(long Allocated, ImmutableDictionary<DiagnosticAnalyzer, TimeSpan> Times)
{
    public TimeSpan Of(IEnumerable<DiagnosticAnalyzer> analyzers) => TimeSpan.FromTicks(analyzers.Sum(analyzer => Times[analyzer].Ticks));

    public static AnalyzerRun Over(Corpus corpus, params IEnumerable<DiagnosticAnalyzer> analyzers)
    {
        CompilationWithAnalyzers driver = Driver(corpus, analyzers);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        AnalysisResult result = driver.GetAnalysisResultAsync(CancellationToken.None).GetAwaiter().GetResult();
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        return new AnalyzerRun(allocated, result.AnalyzerTelemetryInfo.ToImmutableDictionary(static pair => pair.Key, static pair => pair.Value.ExecutionTime));
    }

    /// <summary>How long it takes from the parsed files to all diagnostics, the compiler's own included.</summary>
    public static TimeSpan Compilation(Corpus corpus, params IEnumerable<DiagnosticAnalyzer> analyzers)
    {
        CompilationWithAnalyzers driver = Driver(corpus, analyzers);
        long start = Stopwatch.GetTimestamp();
        ImmutableArray<Diagnostic> diagnostics = driver.GetAllDiagnosticsAsync(CancellationToken.None).GetAwaiter().GetResult();
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        return diagnostics.FirstOrDefault(static d => d.Severity == DiagnosticSeverity.Error && d.Id.StartsWith("CS", StringComparison.Ordinal)) is { } error
            ? throw new InvalidOperationException($"The corpus does not compile: {error}")
            : time;
    }

    private static CompilationWithAnalyzers Driver(Corpus corpus, IEnumerable<DiagnosticAnalyzer> analyzers)
    {
        CompilationWithAnalyzers driver = corpus.Compile().WithAnalyzers(
            [.. analyzers],
            new CompilationWithAnalyzersOptions(
                new AnalyzerOptions([]),
                static (exception, analyzer, _) => throw new InvalidOperationException($"{analyzer} failed: {exception.Message}", exception),
                concurrentAnalysis: false,
                logAnalyzerExecutionTime: true));

        // What an earlier run has left must not be collected at the cost of this one.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return driver;
    }
}
