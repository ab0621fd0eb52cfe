namespace PteGuard.Agreement.Tests.Running;

internal enum RunEnd
{
    Returned,
    Threw,
    Endless,
}

/// <param name="Rule">As the checker names it.</param>
/// <param name="After">How many statements had begun.</param>
internal readonly record struct Violation(string Rule, int After);

/// <summary>One execution of a program.</summary>
/// <param name="schedule">Whether each map finds a table.</param>
internal sealed class Run(List<bool> schedule)
{
    public List<bool> Schedule { get; } = schedule;

    /// <summary>The statements, in the order of execution; empty for a program without probes.</summary>
    public List<int> Trace { get; } = [];

    public List<Violation> Violations { get; } = [];

    /// <summary>The values that it read, and what it left in memory.</summary>
    public List<ulong> Seen { get; } = [];

    public RunEnd End { get; set; }

    /// <summary>Whether it mapped more often than schedules say, so that some map always found a table.</summary>
    public bool IsBeyondSchedule { get; set; }

    /// <summary>Whether it ended only because the tables did: one that it had left locked came round again.</summary>
    public bool IsStuck => End == RunEnd.Threw && IsBeyondSchedule;

    public int Result { get; set; }
}
