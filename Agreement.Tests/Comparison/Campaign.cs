using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Agreement.Tests.Programs;
using PteGuard.Agreement.Tests.Running;

namespace PteGuard.Agreement.Tests.Comparison;

/// <summary>Judges many programs on all processors, and shrinks the first that disagree.</summary>
/// <param name="seed">That of the first program.</param>
/// <param name="programs">How many.</param>
/// <param name="analyzers">What they are analyzed by.</param>
/// <param name="shown">How many disagreements of one kind are worth shrinking.</param>
internal sealed class Campaign(long seed, int programs, ImmutableArray<DiagnosticAnalyzer> analyzers, int shown = 2)
{
    private const int BatchSize = 250;

    private readonly object _gate = new();
    private readonly Dictionary<string, int> _found = [];
    private readonly List<string> _disagreements = [];
    private readonly Tally _tally = new();
    private long _taken;

    public IReadOnlyList<string> Disagreements => _disagreements;

    public Tally Run()
    {
        List<Exception> failures = [];
        List<Thread> threads = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Work))];
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return failures.Count == 0 ? _tally : throw new AggregateException(failures);

        // Threads of their own: the stack is short, and the checker records it at each map.
        void Work()
        {
            try
            {
                using var world = new World();
                var judge = new Judge(world, analyzers);
                while (Interlocked.Add(ref _taken, BatchSize) - BatchSize is var first && first < programs)
                    JudgeBatch(judge, seed + first, (int)Math.Min(BatchSize, programs - first));
            }
            catch (Exception e)
            {
                lock (_gate)
                    failures.Add(e);
            }
        }
    }

    private void JudgeBatch(Judge judge, long first, int count)
    {
        List<PageProgram> candidates = [.. Enumerable.Range(0, count).Select(i => ProgramGenerator.Generate(first + i))];
        List<Verdict> verdicts = judge.Compare(candidates, withFixes: true);
        lock (_gate)
        {
            _tally.Refused += count - verdicts.Count;
            verdicts.ForEach(_tally.Add);
        }

        foreach (Verdict verdict in verdicts)
        {
            foreach (string rule in Compiling.Rules.Compared)
            {
                string kind = verdict.Program.IsInterprocedural ? " with helpers" : "";
                Look(judge, verdict, $"{rule} missed{kind}", false, other => other.IsMissed(rule));
                Look(judge, verdict, $"{rule} false alarm{kind}", false, other => other.IsFalseAlarm(rule));
                Look(judge, verdict, $"{rule} broken though fixed", true, other => other.BrokenThoughFixed.Contains(rule));
            }

            Look(judge, verdict, "changed by fixes", true, other => other.IsChangedByFixes);
        }
    }

    private void Look(Judge judge, Verdict verdict, string what, bool withFixes, Func<Verdict, bool> disagrees)
    {
        if (!disagrees(verdict))
            return;
        lock (_gate)
        {
            int before = _found.GetValueOrDefault(what);
            _found[what] = before + 1;
            if (before >= shown)
                return;
        }

        Verdict small = Shrinker.Shrink(judge, verdict, withFixes, other => other.Program.IsInterprocedural == verdict.Program.IsInterprocedural && disagrees(other));
        string text = string.Create(CultureInfo.InvariantCulture, $"{what}, seed {verdict.Program.Seed}:\n{Renderer.Render(small.Program, "P", probed: false)}{(withFixes ? "fixed:\n" + small.Fix!.Text() : "")}");
        lock (_gate)
            _disagreements.Add(text);
    }
}
