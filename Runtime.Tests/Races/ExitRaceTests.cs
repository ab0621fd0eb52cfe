#if DEBUG
using static PteGuard.Runtime.Tests.Interleaving;

namespace PteGuard.Runtime.Tests;

/// <summary>Race R20: an address space goes away, its tables freed at once, while an outsider wants a page of it.</summary>
public class ExitRaceTests
{
    private const ulong Addr = TestSpace.Start;

    [Fact]
    public void An_outsider_gets_no_page_of_an_address_space_that_is_going_away() => Assert.False(OutsiderGetsSomebodyElsesPage(asks: true));

    [Fact]
    public void Without_asking_he_walks_freed_tables_to_somebody_elses_page() => Assert.True(OutsiderGetsSomebodyElsesPage(asks: false));

    private static bool OutsiderGetsSomebodyElsesPage(bool asks)
    {
        using var other = new Arena(2 << 20);
        using var space = new TestSpace();
        space.Region();
        Page page = other.AllocPage();
        space.SetPte(Addr, PageTable.MkPte(page, Pgprot<X86_64>.Of(VmFlags.Read)));
        bool found = false;
        At(Checkpoint.TablesFreed, () =>
        {
            var taken = new List<Page>();
            while (taken.Count == 0 || taken[^1] != page)
                taken.Add(other.AllocPage());
            using Defence.Removal _ = Defence.Remove(asks ? "none" : Defence.AskIfExiting);
            found = space.Mm.GetUserPagesFast(Addr, write: false, out Page got);
            if (found)
                got.Put();
            taken.ForEach(static mine => mine.Put());
        });
        space.Mm.Dispose();
        return found;
    }
}
#endif
