using System.Collections.Concurrent;

namespace PteGuard.Mutation;

/// <summary>Tries the mutants of some files and writes what it found.</summary>
internal static class Campaign
{
    /// <summary>How long tests may run for one mutant, all together, when each is tried for the first time.</summary>
    private static readonly TimeSpan s_quick = TimeSpan.FromSeconds(2);

    /// <summary>The same for those that are left then.</summary>
    private static readonly TimeSpan s_thorough = TimeSpan.FromSeconds(12);

    public static async Task<int> Run(IReadOnlyCollection<string> paths)
    {
        if (!File.Exists(Folders.StrykerReport))
        {
            Console.Error.WriteLine("There are no mutants: run make first.");
            return 2;
        }

        IReadOnlyList<Mutant> mutants = Mutant.Read(paths);
        if (mutants.Count == 0)
        {
            Console.Error.WriteLine($"There are no mutants of {string.Join(", ", paths)}: paths are those below Analyzers.");
            return 2;
        }

        WorkerProcess[] workers = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new WorkerProcess())];
        try
        {
            var trial = new Trial(mutants, await Coverage.Find(workers));
            IReadOnlyCollection<Outcome> outcomes = await TryAll(trial, mutants, s_quick, workers);

            // By now it is known which tests notice things.
            IReadOnlyCollection<Outcome> survived = [.. outcomes.Where(o => o.Verdict == Verdict.Survived && o.Run < o.Covering)];
            outcomes = [.. outcomes.Except(survived), .. await TryAll(trial, [.. survived.Select(o => o.Mutant)], s_thorough, workers)];

            string report = Path.Combine(Folders.Results, string.Join('+', paths).Replace('/', '-') + ".md");
            await File.WriteAllTextAsync(report, Report.Of(outcomes));
            Console.WriteLine(report);
            return 0;
        }
        finally
        {
            foreach (WorkerProcess worker in workers)
                worker.Dispose();
        }
    }

    private static async Task<IReadOnlyCollection<Outcome>> TryAll(Trial trial, IReadOnlyList<Mutant> mutants, TimeSpan budget, WorkerProcess[] workers)
    {
        var waiting = new ConcurrentQueue<Mutant>(mutants);
        var outcomes = new ConcurrentBag<Outcome>();
        await Task.WhenAll(workers.Select(async worker =>
        {
            while (waiting.TryDequeue(out Mutant? mutant))
            {
                Outcome outcome = await trial.Try(mutant, budget, worker);
                outcomes.Add(outcome);
                Console.WriteLine($"{outcomes.Count}/{mutants.Count} {mutant.File}:{mutant.Line} {outcome.Verdict} {outcome.Run}/{outcome.Covering}");
            }
        }));
        return outcomes;
    }
}
