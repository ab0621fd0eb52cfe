using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace PteGuard.Benchmarks;

/// <summary>Runs the benchmarks in this process, both sides by turns, so that a ratio is of one run.</summary>
internal static class Speed
{
    public static int Run(string[] filter)
    {
        var config = ManualConfig.CreateEmpty()
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddLogger(ConsoleLogger.Default)
            .AddExporter(MarkdownExporter.GitHub)
            .AddDiagnoser(BenchmarkDotNet.Diagnosers.MemoryDiagnoser.Default)
            .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(5).WithIterationCount(15));
        string[] arguments = filter.Length == 0 ? ["--filter", "*"] : ["--filter", .. filter];
        return BenchmarkSwitcher.FromAssembly(typeof(Speed).Assembly).Run(arguments, config).All(static summary => !summary.HasCriticalValidationErrors) ? 0 : 1;
    }
}
