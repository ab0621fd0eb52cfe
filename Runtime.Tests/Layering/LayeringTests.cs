using Microsoft.CodeAnalysis;

namespace PteGuard.Runtime.Tests;

/// <summary>What reads entries lies below everything that uses it, and is the only thing that reads them.</summary>
public class LayeringTests
{
    private static readonly Lazy<RuntimeSources> s_sources = new(static () => new RuntimeSources());
    private static readonly string[] s_getters = ["PtepGet", "PtepGetLockless", "PmdpGet", "PmdpGetLockless", "PudpGet", "P4dpGet", "PgdpGet"];

    /// <summary>Where the getters may go: to the architectures, the values they return, and what tells of a mistake.</summary>
    private static readonly string[] s_below = ["Architecture/", "Entries/", "Memory/", "Diagnostics/", "Check/", "PageTable/PageTable.Get.cs"];

    [Fact]
    public void Getters_use_nothing_of_what_is_built_on_them()
    {
        RuntimeSources sources = s_sources.Value;
        ISymbol[] getters = [.. sources.Members.Where(static member => s_getters.Contains(member.Name.Split('.')[^1]))];
        Assert.True(getters.Length > 10, "the getters of the page table and of the architectures are found");

        // The checker looks at locks and threads; it stands outside the layers, and is not there when it is off.
        IEnumerable<string> above = sources.ReachableFrom(getters)
            .Select(sources.FileOf)
            .OfType<string>()
            .Where(static file => !s_below.Any(below => file.StartsWith(below, StringComparison.Ordinal)) && !IsOfTheChecker(file))
            .Distinct();
        Assert.Empty(above);
    }

    [Fact]
    public void The_memory_of_entries_is_touched_by_architectures_and_by_the_page_table_only()
    {
        RuntimeSources sources = s_sources.Value;
        string[] touching = [.. sources.Members
            .Where(member => sources.UsedBy(member).Any(static used => used.ContainingType?.Name == "Cell"))
            .Select(sources.FileOf)
            .OfType<string>()
            .Select(static file => file.Split('/')[0])
            .Distinct()
            .Order()];

        // In Mm: whether a directory has become empty.
        Assert.Equal(["Architecture", "Mm", "PageTable"], touching);
    }

    private static bool IsOfTheChecker(string file) => file is "PageTable/PageTable.Locks.cs" or "Locks/PtLock.cs" || file.StartsWith("Check/", StringComparison.Ordinal);
}
