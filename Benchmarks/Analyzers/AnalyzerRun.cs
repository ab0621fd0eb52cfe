using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace PteGuard.Benchmarks;

/// <summary>What one run of some analyzers over a corpus took.</summary>
/// <param name="Wall">From the parsed files to all diagnostics, the compiler's included.</param>
/// <param name="Allocated">In bytes, of all of it.</param>
/// <param name="Times">Spent in each analyzer's own code.</param>
/// <param name="Found">How many diagnostics the analyzers reported.</param>
internal sealed record AnalyzerRun(TimeSpan Wall, long Allocated, ImmutableDictionary<DiagnosticAnalyzer, TimeSpan> Times, int Found)
{
    public TimeSpan Of(IEnumerable<DiagnosticAnalyzer> analyzers) => TimeSpan.FromTicks(analyzers.Sum(analyzer => Times[analyzer].Ticks));

    public static AnalyzerRun Over(Corpus corpus, params IEnumerable<DiagnosticAnalyzer> analyzers)
    {
        CSharpCompilation compilation = corpus.Compile();
        ImmutableArray<DiagnosticAnalyzer> all = [.. analyzers];
        CompilationWithAnalyzers driver = Driver(compilation, all);
        Collect();
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        long start = Stopwatch.GetTimestamp();
        ImmutableArray<Diagnostic> diagnostics = driver.GetAllDiagnosticsAsync(CancellationToken.None).GetAwaiter().GetResult();
        TimeSpan wall = Stopwatch.GetElapsedTime(start);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        if (diagnostics.FirstOrDefault(static d => d.Severity == DiagnosticSeverity.Error && d.Id.StartsWith("CS", StringComparison.Ordinal)) is { } error)
            throw new InvalidOperationException($"The corpus '{corpus.Name}' does not compile: {error}");

        return new AnalyzerRun(
            wall,
            allocated,
            all.ToImmutableDictionary(static analyzer => analyzer, analyzer => Time(driver, analyzer)),
            diagnostics.Count(static d => !d.Id.StartsWith("CS", StringComparison.Ordinal)));
    }

    /// <summary>What an analyzer takes for each method of a corpus, after one that it has seen before.</summary>
    public static IReadOnlyList<TimeSpan> Bodies(Corpus corpus, DiagnosticAnalyzer analyzer)
    {
        CSharpCompilation compilation = corpus.Compile();
        CompilationWithAnalyzers driver = Driver(compilation, [analyzer]);
        var times = new List<TimeSpan>();
        TimeSpan before = default;
        foreach (SyntaxTree tree in compilation.SyntaxTrees.Skip(2))
        {
            SemanticModel model = compilation.GetSemanticModel(tree);
            foreach (MethodDeclarationSyntax method in tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>())
            {
                driver.GetAnalyzerSemanticDiagnosticsAsync(model, method.Span, CancellationToken.None).GetAwaiter().GetResult();
                TimeSpan after = Time(driver, analyzer);
                times.Add(after - before);
                before = after;
            }
        }

        return times;
    }

    private static CompilationWithAnalyzers Driver(CSharpCompilation compilation, ImmutableArray<DiagnosticAnalyzer> analyzers) => compilation.WithAnalyzers(
        analyzers,
        new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]),
            static (exception, analyzer, _) => throw new InvalidOperationException($"{analyzer} failed: {exception.Message}", exception),
            concurrentAnalysis: false,
            logAnalyzerExecutionTime: true));

    private static TimeSpan Time(CompilationWithAnalyzers driver, DiagnosticAnalyzer analyzer)
        => driver.GetAnalyzerTelemetryInfoAsync(analyzer, CancellationToken.None).GetAwaiter().GetResult().ExecutionTime;

    /// <summary>What an earlier run has left must not be collected at the cost of this one.</summary>
    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
