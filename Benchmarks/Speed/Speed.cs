using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace PteGuard.Benchmarks;

/// <summary>Runs the benchmarks in this process, both sides by turns, so that a ratio is of one run.</summary>
internal static class Speed
{
    public static int Run(string[] filter)
    {
        using var progress = new StreamWriter(Console.OpenStandardError());
        var config = ManualConfig.CreateEmpty()
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(new StreamLogger(progress))
            .AddDiagnoser(BenchmarkDotNet.Diagnosers.MemoryDiagnoser.Default)
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(5).WithIterationCount(15).WithIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(250)));
        string[] arguments = filter.Length == 0 ? ["--filter", "*"] : ["--filter", .. filter];
        Summary[] summaries = [.. BenchmarkSwitcher.FromAssembly(typeof(Speed).Assembly).Run(arguments, config)];
        progress.Flush();
        Print(summaries);
        return summaries.All(static summary => !summary.HasCriticalValidationErrors) ? 0 : 1;
    }

    private static void Print(Summary[] summaries)
    {
        Console.WriteLine($"""
            {Machine.Describe()}:

            | what is measured | in C | in C# | ratio | ratio of the fastest runs | allocated |
            |---|---:|---:|---:|---:|---:|
            """);
        foreach (var pair in summaries.SelectMany(static summary => summary.Reports).Where(static report => report.Success).GroupBy(static report => report.BenchmarkCase.Descriptor.Categories[0]))
        {
            BenchmarkReport? theirs = pair.FirstOrDefault(static report => report.BenchmarkCase.Descriptor.Baseline);
            BenchmarkReport? ours = pair.FirstOrDefault(static report => !report.BenchmarkCase.Descriptor.Baseline);
            if (theirs?.ResultStatistics is not { } c || ours?.ResultStatistics is not { } sharp)
                continue;
            Console.WriteLine($"| {pair.Key} | {Time(c)} | {Time(sharp)} | {sharp.Median / c.Median:0.00} | {sharp.Min / c.Min:0.00} | {ours.GcStats.GetBytesAllocatedPerOperation(ours.BenchmarkCase)} B |");
        }
    }

    /// <summary>The median, which an interruption by another program moves least, and the standard error of the mean.</summary>
    private static string Time(BenchmarkDotNet.Mathematics.Statistics time) => time.Median switch
    {
        < 1e3 => $"{time.Median:0.00} ± {time.StandardError:0.00} ns",
        < 1e6 => $"{time.Median / 1e3:0.00} ± {time.StandardError / 1e3:0.00} µs",
        _ => $"{time.Median / 1e6:0.00} ± {time.StandardError / 1e6:0.00} ms",
    };
}
