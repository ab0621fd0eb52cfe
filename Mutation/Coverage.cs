using System.Collections.Concurrent;

namespace PteGuard.Mutation;

/// <summary>Which tests pass which mutants, and how long each test takes.</summary>
internal sealed class Coverage
{
    private readonly Dictionary<int, List<int>> _testsOf = [];
    private readonly HashSet<int> _initial = [];
    private readonly Dictionary<int, double> _milliseconds = [];
    private readonly Dictionary<int, int> _breadth = [];

    private Coverage(IEnumerable<string> lines)
    {
        foreach (string[] words in lines.Select(line => line.Split(' ')))
        {
            int test = Numbers.Whole(words[0]);
            _milliseconds[test] = Numbers.Real(words[1]);
            string[] mutants = words[2].Split(',', StringSplitOptions.RemoveEmptyEntries);
            _breadth[test] = mutants.Length;
            foreach (int mutant in mutants.Select(Numbers.Whole))
            {
                int id = mutant < 0 ? ~mutant : mutant;
                if (mutant < 0)
                    _initial.Add(id);
                if (!_testsOf.TryGetValue(id, out List<int>? tests))
                    _testsOf[id] = tests = [];
                tests.Add(test);
            }
        }
    }

    /// <summary>Runs each test once, without a mutant; reads what an earlier call has written.</summary>
    public static async Task<Coverage> Find(IReadOnlyList<WorkerProcess> workers)
    {
        if (!File.Exists(Folders.Coverage))
        {
            await Task.WhenAll(workers.Select(w => w.Start()));
            var lines = new ConcurrentBag<string>();
            int next = -1;
            await Task.WhenAll(workers.Select(async worker =>
            {
                for (int test; (test = Interlocked.Increment(ref next)) < worker.Tests;)
                {
                    TestRun run = await worker.Cover(test);
                    if (run.Passed == true)
                        lines.Add($"{test} {Numbers.Text(run.Milliseconds)} {run.Covered}");
                    else if (run.Passed is null)
                        throw new InvalidOperationException($"Test {test} took its process with it, without any mutant.");
                    else
                        Console.WriteLine($"Test {test} fails without any mutant, and is left out.");
                }
            }));
            await File.WriteAllLinesAsync(Folders.Coverage, lines);
        }

        return new Coverage(File.ReadLines(Folders.Coverage));
    }

    public IReadOnlyList<int> TestsOf(Mutant mutant) => _testsOf.TryGetValue(mutant.Id, out List<int>? tests) ? tests : [];

    /// <summary>Whether it is passed where a type is initialised, once in a process.</summary>
    /// <remarks>Not all such places are marked: what no more tests pass than there were processes may be one.</remarks>
    public bool IsInitial(Mutant mutant) => _initial.Contains(mutant.Id) || TestsOf(mutant).Count <= Environment.ProcessorCount;

    /// <summary>How many mutants a test passes.</summary>
    public int Breadth(int test) => _breadth[test];

    /// <summary>How long a test takes with nothing mutated.</summary>
    public double Milliseconds(int test) => _milliseconds[test];
}
