namespace PteGuard.CodeFixes.Mappings;

/// <summary>What code does that finds no table.</summary>
/// <param name="Kind">The kind, a part of the action's key.</param>
/// <param name="Statement">The jump, as it is written: <c>return false;</c></param>
internal sealed record Reaction(string Kind, string Statement)
{
    /// <summary>The title of the action that inserts the check.</summary>
    public string Title => $"Check for null and {Statement.TrimEnd(';')}";
}
