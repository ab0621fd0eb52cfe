namespace PteGuard.Analyzers.Flow;

/// <summary>
/// How much work one body may cost. An analysis that would need more gives up: it reports nothing, says
/// nothing, and is counted here.
/// </summary>
internal sealed class FlowBudget
{
    private int _givenUp;

    /// <summary>The blocks that a graph may have.</summary>
    public int Blocks { get; init; } = 20_000;

    /// <summary>The visits of blocks that an analysis may take to its fixed point.</summary>
    public int Visits { get; init; } = 60_000;

    /// <summary>The cases that one program point may be split into before they are joined.</summary>
    public int Worlds { get; init; } = 16;

    public int GivenUp => _givenUp;

    public bool GiveUp()
    {
        Interlocked.Increment(ref _givenUp);
        return false;
    }
}
