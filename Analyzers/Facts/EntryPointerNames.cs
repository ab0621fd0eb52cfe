using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace PteGuard.Analyzers.Facts;

/// <summary>The names that pteguard.entry_pointer_names gives to entry pointers.</summary>
internal sealed class EntryPointerNames(string pattern)
{
    // A user's pattern meets every name of a file; one that backtracks must not hang the IDE.
    private const int MostTimeouts = 3;
    private static readonly TimeSpan s_timeout = TimeSpan.FromMilliseconds(100);

    /// <summary>What a pattern that is none matches.</summary>
    public static readonly EntryPointerNames None = new("(?!)");

    private readonly Regex _pattern = new(pattern, RegexOptions.CultureInvariant, s_timeout);
    private readonly ConcurrentDictionary<string, bool> _known = new();
    private int _timeouts;

    public bool Contains(string name) => _known.GetOrAdd(name, Match);

    private bool Match(string name)
    {
        try
        {
            return _timeouts < MostTimeouts && _pattern.IsMatch(name);
        }
        catch (RegexMatchTimeoutException)
        {
            Interlocked.Increment(ref _timeouts);
            return false;
        }
    }
}
