using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace PteGuard.Benchmarks;

/// <summary>
/// What the analyzers cost: each rule of ours, other packages over the same files, one method, and a
/// whole compilation. All in one run, by turns, so that ratios hold whatever the machine does.
/// </summary>
internal static class AnalyzerCost
{
    private const string Begin = "<!-- analyzers -->";
    private const string End = "<!-- /analyzers -->";
    private const int Rounds = 5;
    private const int Bodies = 400;
    private const int LongBodies = 10;

    private static readonly Corpus[] s_corpora = [Corpus.Hit, Corpus.Miss, Corpus.Foreign];
    private static readonly EmptyInvocation s_empty = new();

    /// <param name="file">The file to write the tables into, between its two marks; null: none.</param>
    public static int Run(string? file)
    {
        if (file is not null && Between(File.ReadAllText(file)) is null)
        {
            Console.Error.WriteLine($"{file} has no {Begin} with {End} after it");
            return 1;
        }

        if (!GCSettings.IsServerGC)
            return UnderTheCompilersCollector(file);

        var report = new StringBuilder($"{Machine.Describe(compiler: false)}, Roslyn {typeof(Compilation).Assembly.GetName().Version!.ToString(3)}:\n");
        foreach (Func<string> table in (Func<string>[])[Rules, Packages, Methods, Compilations, Growth])
        {
            Console.Error.WriteLine($"{table.Method.Name} ...");
            report.Append('\n').Append(table());
        }

        Console.WriteLine(report);
        if (file is not null)
        {
            string text = File.ReadAllText(file);
            (int from, int to) = Between(text)!.Value;
            File.WriteAllText(file, $"{text[..from]}\n{report}{text[to..]}");
        }

        return 0;
    }

    /// <summary>Runs once more in a process with the garbage collector that the SDK's compiler has, the one for servers.</summary>
    private static int UnderTheCompilersCollector(string? file)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, file is null ? ["analyzers"] : ["analyzers", "--write", file]);
        start.Environment["DOTNET_gcServer"] = "1";
        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }

    private static (int From, int To)? Between(string text)
    {
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        int end = begin < 0 ? -1 : text.IndexOf(End, begin, StringComparison.Ordinal);
        return end < 0 ? null : (begin + Begin.Length, end);
    }

    private static string Rules()
    {
        var costs = Costs([.. AnalyzerPackage.Ours.Analyzers.Select(static analyzer => new[] { analyzer })]);
        return Table(
            ["rule", .. s_corpora.SelectMany(static c => (string[])[$"{c.Name}: time", "allocated"])],
            AnalyzerPackage.Ours.Analyzers.Select((analyzer, i) => (string[])[Name(analyzer), .. costs[i].SelectMany(static cost => (string[])[Time(cost.Time), Size(cost.Allocated)])]));
    }

    private static string Packages()
    {
        AnalyzerPackage[] packages = [AnalyzerPackage.Ours, .. AnalyzerPackage.Rivals()];
        var costs = Costs([.. packages.Select(static package => package.Analyzers.ToArray())]);
        return Table(
            ["package", "rules on", .. s_corpora.SelectMany(static c => (string[])[$"{c.Name}: time", "a rule", "allocated", "a rule"])],
            packages.Select((package, i) => (string[])[package.Name, $"{package.Rules}", .. costs[i].SelectMany(cost => (string[])
                [Time(cost.Time), Time(cost.Time / package.Rules), Size(cost.Allocated), Size(cost.Allocated / package.Rules)])]));
    }

    private static string Methods()
    {
        (Corpus Corpus, int Count)[] corpora =
        [
            (Corpus.Annotated(Bodies, mappingEvery: 1), Bodies),
            (Corpus.Annotated(Bodies, mappingEvery: int.MaxValue), Bodies),
            (Corpus.Blocks(LongBodies), LongBodies),
        ];
        (string Name, DiagnosticAnalyzer[] Analyzers)[] groups =
        [
            ("Roslyn's control-flow graph", [new EveryGraph()]),
            .. AnalyzerPackage.Ours.Analyzers.Select(static analyzer => (Name(analyzer), new[] { analyzer })),
            ("all together", [.. AnalyzerPackage.Ours.Analyzers]),
        ];
        return Table(
            ["rule", "a method that maps a table", "a method that does not", "a method of 1,000 blocks"],
            groups.Select(group => (string[])[group.Name, .. corpora.Select(corpus => Milliseconds(Median(
                Enumerable.Range(0, Rounds + 1).Select(_ => AnalyzerRun.Over(corpus.Corpus, [s_empty, .. group.Analyzers]).Of(group.Analyzers).TotalMilliseconds / corpus.Count).Skip(1))))]));
    }

    private static string Compilations()
    {
        var rows = new List<string[]>();
        foreach ((string what, int every) in ((string, int)[])[("every tenth maps a table", 10), ("each maps a table", 1)])
        {
            (double empty, double all) = Against(Corpus.Annotated(10_000, every), Rounds);
            rows.Add([$"10,000 methods, {what}", Milliseconds(empty), Milliseconds(all), Ratio(all / empty)]);
        }

        return Table(["compilation", "one empty invocation action", "all rules", "ratio"], rows);
    }

    private static string Growth()
    {
        var rows = new List<string[]>();
        foreach (int count in (int[])[1_000, 10_000, 100_000])
        {
            (double empty, double all) = Against(Corpus.Annotated(count, 10), count < 100_000 ? Rounds : 3);
            rows.Add([count.ToString("N0", CultureInfo.InvariantCulture), Milliseconds(empty), Milliseconds(all), Milliseconds((all - empty) / count * 1000)]);
        }

        return Table(["methods", "one empty invocation action", "all rules", "rules' part for 1,000 methods"], rows);
    }

    /// <summary>What each group of analyzers adds to the empty one, over each corpus: medians.</summary>
    private static (TimeSpan Time, long Allocated)[][] Costs(DiagnosticAnalyzer[][] groups)
    {
        var costs = groups.Select(static _ => s_corpora.Select(static _ => new List<(TimeSpan Time, long Allocated)>()).ToArray()).ToArray();
        for (int round = 0; round <= Rounds; round++)
        {
            for (int corpus = 0; corpus < s_corpora.Length; corpus++)
            {
                AnalyzerRun without = AnalyzerRun.Over(s_corpora[corpus], s_empty);
                for (int group = 0; group < groups.Length; group++)
                {
                    AnalyzerRun with = AnalyzerRun.Over(s_corpora[corpus], [s_empty, .. groups[group]]);
                    if (round > 0)
                        costs[group][corpus].Add((with.Of(groups[group]), Math.Max(0, with.Allocated - without.Allocated)));
                }
            }
        }

        return [.. costs.Select(static group => group.Select(static runs => (Middle(runs.Select(static run => run.Time)), Middle(runs.Select(static run => run.Allocated)))).ToArray())];
    }

    /// <summary>The milliseconds of a compilation with the empty analyzer and with all of ours, by turns: medians.</summary>
    private static (double Empty, double All) Against(Corpus corpus, int rounds)
    {
        var empty = new List<double>();
        var all = new List<double>();
        for (int round = 0; round < rounds; round++)
        {
            empty.Add(AnalyzerRun.Compilation(corpus, s_empty).TotalMilliseconds);
            all.Add(AnalyzerRun.Compilation(corpus, AnalyzerPackage.Ours.Analyzers).TotalMilliseconds);
        }

        return (Median(empty), Median(all));
    }

    private static string Name(DiagnosticAnalyzer analyzer) => string.Join(", ", analyzer.SupportedDiagnostics.Select(static rule => rule.Id).Distinct());

    private static double Median(IEnumerable<double> values) => Middle(values);

    private static T Middle<T>(IEnumerable<T> values)
    {
        T[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static string Time(TimeSpan time) => Milliseconds(time.TotalMilliseconds);

    private static string Milliseconds(double time) => time.ToString(time < 10 ? "0.000 ms" : "0.0 ms", CultureInfo.InvariantCulture);

    private static string Size(long bytes)
        => bytes < 1 << 20 ? (bytes / 1024.0).ToString("0 KiB", CultureInfo.InvariantCulture) : (bytes / 1048576.0).ToString("0.0 MiB", CultureInfo.InvariantCulture);

    private static string Ratio(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Table(string[] head, IEnumerable<string[]> rows)
    {
        var table = new StringBuilder($"| {string.Join(" | ", head)} |\n|---|{string.Concat(Enumerable.Repeat("---:|", head.Length - 1))}\n");
        foreach (string[] row in rows)
            table.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row)} |\n");
        return table.ToString();
    }
}
