using System.Diagnostics;

namespace PteGuard;

/// <summary>
/// The contract, checked as the program runs: what lockdep and KASAN are to a kernel, for page tables. Turned on for a whole
/// process by the environment variable <c>PTEGUARD_CHECK=1</c> or the AppContext switch <c>PteGuard.Check</c>, before the
/// runtime is first used; off, it costs nothing.
/// </summary>
/// <remarks>
/// A report names the rule by the number that the analyzers have for it, the place that broke it, the place that it goes back to, and
/// the object. The program goes on, as far as it would without. Every map and lock records where it was made, so all is much
/// slower.
/// </remarks>
public static class ContractCheck
{
    private static long s_count;

    /// <summary>Raised for each violation, in the thread that committed it, maybe inside a mapping: do not block. Without a subscriber a line is written to the standard error stream.</summary>
    public static event EventHandler<ContractViolationEventArgs>? Violated;

    /// <summary>Whether the contract is checked in this process.</summary>
    public static bool IsOn => CheckSwitch.IsOn;

    /// <summary>How many violations were found in this process.</summary>
    public static long Count => Interlocked.Read(ref s_count);

    internal static void Report(string rule, string message, nuint location, StackTrace? origin)
    {
        Interlocked.Increment(ref s_count);
        var report = new ContractViolationEventArgs(rule, message, location, Places.Of(Places.Here()), origin is null ? null : Places.Of(origin));
        if (Violated is { } violated)
            violated(null, report);
        else
            Console.Error.WriteLine(report);
    }
}

/// <summary>One violation of the contract.</summary>
public sealed class ContractViolationEventArgs : EventArgs
{
    internal ContractViolationEventArgs(string rule, string message, nuint location, string place, string? origin)
    {
        Rule = rule;
        Message = message;
        Location = location;
        Place = place;
        Origin = origin;
    }

    /// <summary>The rule, as <c>PTE0008</c>.</summary>
    public string Rule { get; }

    /// <summary>What happened.</summary>
    public string Message { get; }

    /// <summary>The entry, table or lock, as an address of this process; 0: none in particular.</summary>
    public nuint Location { get; }

    /// <summary>The method, and where known the file and line, that broke the rule.</summary>
    public string Place { get; }

    /// <summary>The place that it goes back to, such as that of the map; null: none.</summary>
    public string? Origin { get; }

    /// <inheritdoc/>
    public override string ToString()
        => $"{Rule}: {Message} At {Place}{(Location == 0 ? "" : $", 0x{(ulong)Location:x}")}{(Origin is null ? "" : $"; see {Origin}")}.";
}

/// <summary>Apart from everything else, so that reading it initialises nothing: a constant to the JIT.</summary>
internal static class CheckSwitch
{
    public static readonly bool IsOn = Environment.GetEnvironmentVariable("PTEGUARD_CHECK") == "1"
        || (AppContext.TryGetSwitch("PteGuard.Check", out bool on) && on);
}
