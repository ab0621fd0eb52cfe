namespace PteGuard.Mutation;

internal enum Verdict
{
    /// <summary>A test failed that passes without the mutant.</summary>
    Killed,

    /// <summary>A test did not end, or took its process with it.</summary>
    Broken,

    /// <summary>Every test that passes it was run, or as many as there was time for.</summary>
    Survived,

    /// <summary>No test passes it.</summary>
    NotCovered,
}

/// <summary>What became of a mutant.</summary>
/// <param name="Run">How many tests were run.</param>
/// <param name="Covering">How many pass the mutant.</param>
internal sealed record Outcome(Mutant Mutant, Verdict Verdict, int Run, int Covering);

/// <summary>Tries mutants, each with the tests first that are the most likely to notice it.</summary>
internal sealed class Trial(IReadOnlyList<Mutant> mutants, Coverage coverage)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string File, int Test), int> _kills = [];
    private readonly Dictionary<string, Dictionary<int, double>> _rarity = RarityOf(mutants, coverage);

    /// <param name="mutant">Which.</param>
    /// <param name="budget">How long tests may run, all together.</param>
    /// <param name="worker">Where.</param>
    public async Task<Outcome> Try(Mutant mutant, TimeSpan budget, WorkerProcess worker)
    {
        IReadOnlyCollection<int> covering = coverage.TestsOf(mutant);
        if (covering.Count == 0)
            return new(mutant, Verdict.NotCovered, 0, 0);

        // What runs once in a process is seen in the test that happens to be the first; any test of the file may notice it.
        bool isInitial = coverage.IsInitial(mutant);
        if (isInitial)
            covering = _rarity[mutant.File].Keys;
        if (isInitial && !await worker.TryStart(mutant.Id))
            return new(mutant, Verdict.Broken, 0, covering.Count);
        try
        {
            int run = 0;
            double spent = 0;
            foreach (int test in Order(mutant, covering))
            {
                if (spent > budget.TotalMilliseconds)
                    break;
                run++;
                TestRun result = await worker.Run(test, mutant.Id, Patience(test));
                spent += result.Milliseconds;
                if (result.Passed == true || (result.Passed == false && !isInitial && await IsDisturbed(test, mutant, worker)))
                    continue;

                Count(mutant, test);
                return new(mutant, result.Passed is null ? Verdict.Broken : Verdict.Killed, run, covering.Count);
            }

            return new(mutant, Verdict.Survived, run, covering.Count);
        }
        finally
        {
            if (isInitial)
                await worker.Start();
        }
    }

    /// <summary>Whether a test fails for what an earlier mutant has left behind in the process.</summary>
    private async Task<bool> IsDisturbed(int test, Mutant mutant, WorkerProcess worker)
    {
        if ((await worker.Run(test, MutantControl.None, Patience(test))).Passed == true)
            return false;
        await worker.Start();
        return (await worker.Run(test, mutant.Id, Patience(test))).Passed == true;
    }

    private void Count(Mutant mutant, int test)
    {
        lock (_gate)
        {
            _kills[(mutant.File, test)] = _kills.GetValueOrDefault((mutant.File, test)) + 1;
        }
    }

    private List<int> Order(Mutant mutant, IReadOnlyCollection<int> covering)
    {
        lock (_gate)
        {
            return [.. covering
                .OrderByDescending(test => _kills.GetValueOrDefault((mutant.File, test)))
                .ThenByDescending(test => _rarity[mutant.File][test] / coverage.Breadth(test) / (coverage.Milliseconds(test) + 5))];
        }
    }

    private TimeSpan Patience(int test) => TimeSpan.FromMilliseconds(10_000 + (10 * coverage.Milliseconds(test)));

    /// <summary>How much of each file a test passes that few tests do: one that passes little else is about the file.</summary>
    private static Dictionary<string, Dictionary<int, double>> RarityOf(IReadOnlyList<Mutant> mutants, Coverage coverage)
    {
        var rarity = mutants.Select(mutant => mutant.File).Distinct().ToDictionary(file => file, _ => new Dictionary<int, double>());
        foreach (Mutant mutant in mutants)
        {
            IReadOnlyList<int> tests = coverage.TestsOf(mutant);
            foreach (int test in tests)
                rarity[mutant.File][test] = rarity[mutant.File].GetValueOrDefault(test) + (1.0 / tests.Count);
        }

        return rarity;
    }
}
