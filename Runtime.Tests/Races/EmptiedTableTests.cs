#if DEBUG
using static PteGuard.Runtime.Tests.Interleaving;

namespace PteGuard.Runtime.Tests;

/// <summary>Race R13: a table that is being emptied gets a new entry while its lock is released in between.</summary>
public class EmptiedTableTests
{
    private const ulong Addr = TestSpace.Start;

    [Fact]
    public void A_page_that_came_between_two_passes_keeps_the_table() => Assert.Equal(5, WhatIsReadAfterDropping());

    [Fact]
    public void Without_the_rescan_it_is_lost_with_the_table()
    {
        using Defence.Removal _ = Defence.Remove(Defence.RescanAfterPause);
        Assert.Equal(0, WhatIsReadAfterDropping());
    }

    private static int WhatIsReadAfterDropping()
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        for (ulong addr = Addr; addr < Addr + TestSpace.Huge; addr += TestSpace.Page)
            mmu.Store(addr, 1);
        Page late = default;
        At(Checkpoint.ZapPaused, () =>
        {
            using var other = new SoftMmu<X86_64>(space.Mm);
            other.Store(Addr, 5);
            late = space.PteAt(Addr).Page;
        });
        space.Mm.MadviseDontNeed(Addr, TestSpace.Huge);
        int read = mmu.Load<int>(Addr);
        if (read == 0)
            late.Put();
        return read;
    }
}
#endif
