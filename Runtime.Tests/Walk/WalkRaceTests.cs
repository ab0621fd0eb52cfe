namespace PteGuard.Runtime.Tests;

public class WalkRaceTests
{
    private const ulong Addr = TestSpace.Start;

    /// <summary>A counter a page, which a writer increases, while everything that walks goes over it and tables turn into huge pages and back.</summary>
    [Fact]
    public void Walks_lose_no_write_and_no_page()
    {
        using var space = new TestSpace(64 << 20);
        Mm<X86_64> mm = space.Mm;
        space.Region(4 * TestSpace.Huge);
        Threads.RunUntil(
            () =>
            {
                using var mmu = new SoftMmu<X86_64>(mm);
                for (ulong round = 1; round <= 300; round++)
                {
                    for (ulong page = 0; page < 64; page++)
                    {
                        ulong addr = Addr + (page * TestSpace.Page);
                        Assert.Equal(round - 1, mmu.Load<ulong>(addr));
                        mmu.Store(addr, round);
                        Assert.True(mm.Pagemap(addr).IsPresent);
                    }
                }
            },
            done =>
            {
                byte[] residency = new byte[1024];
                while (!done())
                {
                    mm.ClearSoftDirty();
                    mm.Age(Addr, 4 * TestSpace.Huge);
                    mm.Mincore(Addr + TestSpace.Huge, 2 * TestSpace.Huge, residency);
                    mm.MadviseCold(Addr, TestSpace.Page * 9);
                }
            },
            done =>
            {
                while (!done())
                {
                    mm.MapHuge(Addr + TestSpace.Huge);
                    mm.MadviseCold(Addr + TestSpace.Huge + TestSpace.Page, TestSpace.Huge);
                    mm.MadviseDontNeed(Addr + TestSpace.Huge, 2 * TestSpace.Huge);
                }
            });
    }
}
