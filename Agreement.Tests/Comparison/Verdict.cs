using PteGuard.Agreement.Tests.Compiling;
using PteGuard.Agreement.Tests.Programs;
using PteGuard.Agreement.Tests.Running;

namespace PteGuard.Agreement.Tests.Comparison;

/// <summary>What is known of one program.</summary>
internal sealed record Verdict(PageProgram Program, SortedSet<string> Reported, Behaviour Behaviour)
{
    public FixedProgram? Fix { get; set; }

    /// <summary>Some run breaks the rule, and nothing is reported.</summary>
    public bool IsMissed(string rule) => Behaviour.BrokenFirst.Contains(rule) && !Reported.Contains(rule) && !IsKnownOtherwise(rule);

    /// <summary>Something is reported, and no run breaks the rule, though all were complete.</summary>
    public bool IsFalseAlarm(string rule) => Reported.Contains(rule) && !Behaviour.Broken.Contains(rule) && Behaviour.IsComplete && !MayBeUnseen(rule);

    /// <summary>Whether a run confirms what is reported, or all runs contradict it.</summary>
    public bool IsJudged(string rule) => Reported.Contains(rule) && (Behaviour.Broken.Contains(rule) || (Behaviour.IsComplete && !MayBeUnseen(rule)));

    /// <summary>The checker stands behind the accessors: of a direct access it sees neither the unmapped table nor the missing lock.</summary>
    private bool MayBeUnseen(string rule) =>
        rule is Rule.UseAfterUnmap or Rule.UnlockedStore && Reported.Overlaps([Rule.DirectRead, Rule.DirectWrite, Rule.EscapedPointer]);

    /// <summary>A store through a span or a reference is an escape's, which has a number of its own.</summary>
    private bool IsKnownOtherwise(string rule) => rule == Rule.DirectWrite && Reported.Contains(Rule.EscapedPointer);

    /// <summary>
    /// Nothing was broken, and once all is fixed some run does something else. What the checker finds only then does not
    /// count: it sees no direct access.
    /// </summary>
    public bool IsChangedByFixes
    {
        get
        {
            if (Fix is null || Behaviour.Broken.Count != 0)
                return false;
            Dictionary<(int, string), Run> after = Fix.Behaviour.Runs.ToDictionary(pair => (pair.Input, Maps(pair.Run)), pair => pair.Run);
            return Behaviour.Runs.Where(pair => !pair.Run.IsStuck).Any(pair =>
                !after.TryGetValue((pair.Input, Maps(pair.Run)), out Run? run) || run.End != pair.Run.End || run.Result != pair.Run.Result || !run.Seen.SequenceEqual(pair.Run.Seen));
        }
    }

    /// <summary>The rules that were reported, are no longer since all is fixed, and are broken still in a run that broke them before.</summary>
    public IEnumerable<string> BrokenThoughFixed => Fix is null ? [] : Rules.Compared.Where(rule => HasFixed(rule) && Fix.Behaviour.Runs.Any(pair =>
        Breaks(pair.Run, rule) && Behaviour.Runs.Any(before => before.Input == pair.Input && Maps(before.Run).StartsWith(Maps(pair.Run), StringComparison.Ordinal) && Breaks(before.Run, rule))));

    public bool HasFixed(string rule) => Fix is not null && Reported.Contains(rule) && !Fix.Reported.Contains(rule);

    private bool Breaks(Run run, string rule) => Behaviour.FirstIn(Program, run).Contains(rule);

    private static string Maps(Run run) => string.Concat(run.Schedule.Select(found => found ? '1' : '0'));
}

/// <summary>A program when all that has a fix is fixed.</summary>
internal sealed record FixedProgram(SortedSet<string> Reported, Behaviour Behaviour, Func<string> Text);
