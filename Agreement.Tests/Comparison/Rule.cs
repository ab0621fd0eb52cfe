namespace PteGuard.Agreement.Tests.Comparison;

/// <summary>What is known of the rules' numbers: which can be compared, and how far a violation carries.</summary>
internal static class Rule
{
    public const string DirectRead = "PTE0001";
    public const string UncheckedMapping = "PTE0002";
    public const string DirectWrite = "PTE0004";
    public const string UseAfterUnmap = "PTE0008";
    public const string UnmapOrder = "PTE0009";
    public const string UnlockedStore = "PTE0011";
    public const string EscapedPointer = "PTE0018";

    /// <summary>
    /// What the checker can find in these programs. Not PTE0012 and PTE0017: for them another thread would have to take a
    /// table away, and flags to be changed.
    /// </summary>
    public static readonly IReadOnlySet<string> Shown = new SortedSet<string>
    {
        UncheckedMapping, DirectWrite, "PTE0007", UseAfterUnmap, UnmapOrder, "PTE0010", UnlockedStore, "PTE0013", "PTE0019",
    };

    /// <summary>After one of these a run is no longer what the program means, and what it breaks further may be a consequence.</summary>
    public static readonly IReadOnlySet<string> Disturbing = new HashSet<string> { UncheckedMapping, UseAfterUnmap, UnmapOrder, "PTE0010", "PTE0019" };
}
