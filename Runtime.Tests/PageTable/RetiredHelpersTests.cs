using System.Reflection;

namespace PteGuard.Runtime.Tests;

/// <summary>Checks in front of a map that the map makes itself are gone since Linux 6.5, and stay gone; the one for puds has a use.</summary>
public class RetiredHelpersTests
{
    [Theory]
    [InlineData("PmdTransUnstable")]
    [InlineData("PmdNoneOrTransHugeOrClearBad")]
    [InlineData("PmdDevmapTransUnstable")]
    [InlineData("PmdNoneOrClearBad")]
    [InlineData("PmdReadAtomic")]
    [InlineData("KmapAtomic")]
    public void There_is_no_such_helper(string name)
        => Assert.Empty(typeof(PageTable).GetMember(name, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static));

    [Fact]
    public void The_check_of_a_pud_is_kept()
        => Assert.NotEmpty(typeof(PageTable).GetMember(nameof(PageTable.PudTransUnstable)));
}
