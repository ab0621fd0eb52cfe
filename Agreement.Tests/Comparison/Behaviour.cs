using PteGuard.Agreement.Tests.Programs;
using PteGuard.Agreement.Tests.Running;

namespace PteGuard.Agreement.Tests.Comparison;

/// <summary>What all runs of a program together show.</summary>
internal sealed class Behaviour
{
    private Behaviour(PageProgram program, IReadOnlyList<(int Input, Run Run)> runs)
    {
        Runs = runs;
        var executed = new HashSet<int>();
        foreach ((_, Run run) in runs)
        {
            executed.UnionWith(run.Trace);
            Broken.UnionWith(run.Violations.Select(violation => violation.Rule));
            BrokenFirst.UnionWith(FirstIn(program, run));
        }

        // Nobody changes an entry meanwhile, so where two reads are compared, the other way is never taken.
        IsComplete = executed.Count == program.All.Count && runs.All(pair => pair.Run is { End: RunEnd.Returned, IsBeyondSchedule: false })
            && !program.All.Any(node => node.Test?.Kind == TestKind.Same);
    }

    /// <summary>In the order of execution: the inputs, and for each the schedules.</summary>
    public IReadOnlyList<(int Input, Run Run)> Runs { get; }

    /// <summary>The rules that some run breaks.</summary>
    public SortedSet<string> Broken { get; } = [];

    /// <summary>Those of them that are broken where nothing else was before.</summary>
    public SortedSet<string> BrokenFirst { get; } = [];

    /// <summary>Whether every statement was executed, each map found no table once, and every run came to its end.</summary>
    public bool IsComplete { get; }

    /// <summary>Whether some run had to be stopped.</summary>
    public bool IsEndless => Runs.Any(pair => pair.Run.End == RunEnd.Endless);

    /// <summary>The rules that a run breaks while it is what the program means.</summary>
    public static IEnumerable<string> FirstIn(PageProgram program, Run run)
    {
        bool disturbed = false;
        foreach (Violation violation in run.Violations)
        {
            // What was written by hand is found late, and is nobody's consequence.
            if ((!disturbed || violation.Rule == Rule.DirectWrite) && Origins.Counts(program, run, violation))
                yield return violation.Rule;
            disturbed |= Rule.Disturbing.Contains(violation.Rule);
        }
    }

    public static Behaviour Of(PageProgram program, World world, Func<World, int, int> compiled) => new(program, [.. Explorer.Explore(world, compiled, program.Bits)]);
}
