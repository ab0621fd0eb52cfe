#if DEBUG
namespace PteGuard.Runtime.Tests;

/// <summary>Race R18: a block of memory lies across the end of a table, and the next table has another lock.</summary>
public class TableEndTests
{
    private const ulong Last = TestSpace.Start + TestSpace.Huge - TestSpace.Page;

    [Fact]
    public void Who_steps_over_the_end_of_a_table_goes_on_in_the_next() => Assert.True(BothPartsAreAged());

    [Fact]
    public void Without_leaving_the_table_the_rest_is_not_found()
    {
        using Defence.Removal _ = Defence.Remove(Defence.LeaveAtTableEnd);
        Assert.False(BothPartsAreAged());
    }

    private static bool BothPartsAreAged()
    {
        using var space = new TestSpace();
        space.Region(2 * TestSpace.Huge);
        var protection = Pgprot<X86_64>.Of(TestSpace.ReadWrite);
        Page block = space.Arena.AllocPage(1);
        block.Get();
        space.SetPte(Last, PageTable.MkPte(block, protection).MkYoung());

        // What lies behind the first table in memory is not to be the second.
        Page behind = space.Arena.AllocPage();
        space.SetPte(Last + TestSpace.Page, PageTable.MkPte(new Page(block.Frame + 1), protection).MkYoung());
        Assert.True(space.Mm.TestAndClearYoung(Last, block));
        Assert.False(space.PteAt(Last).IsYoung);
        behind.Put();
        return !space.PteAt(Last + TestSpace.Page).IsYoung;
    }
}
#endif
