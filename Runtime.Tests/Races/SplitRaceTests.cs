#if DEBUG
using static PteGuard.Runtime.Tests.Interleaving;

namespace PteGuard.Runtime.Tests;

/// <summary>Races R4, R5 and R21: a huge page is split, or goes and comes, while others look at its pmd.</summary>
public unsafe class SplitRaceTests
{
    private const ulong Addr = TestSpace.Start;
    private const VmFlags WithHuge = TestSpace.ReadWrite | VmFlags.HugePage;

    [Fact]
    public void A_huge_page_that_came_after_a_split_is_not_taken_for_a_table() => Assert.Equal(9, WhatIsReadAfterAWalk());

    [Fact]
    public void Without_the_refusal_to_map_it_is_wiped_out_as_a_malformed_table()
    {
        using Defence.Removal _ = Defence.Remove(Defence.MapRefusesHuge);
        Assert.Equal(0, WhatIsReadAfterAWalk());
    }

    [Fact]
    public void Who_looks_while_it_is_split_sees_a_huge_page() => Assert.True(WhatIsSeenDuringASplit() is { IsPresent: true, IsTransHuge: true });

    [Fact]
    public void Without_the_huge_bit_he_sees_nothing()
    {
        using Defence.Removal _ = Defence.Remove(Defence.HugeWhileSplit);
        Assert.True(WhatIsSeenDuringASplit().IsNone);
    }

    [Fact]
    public void A_page_that_is_on_the_move_is_not_split() => Assert.False(MigrationEntryIsTakenForAPage());

    [Fact]
    public void Without_the_question_its_swap_entry_is_decoded_as_a_page()
    {
        using Defence.Removal _ = Defence.Remove(Defence.InvalidateOnlyPresent);
        Assert.True(MigrationEntryIsTakenForAPage());
    }

    [Fact]
    public void Who_finds_the_pmd_empty_knows_that_the_page_is_not_mapped()
    {
        using var space = new TestSpace();
        Page page = HugePageWithAReference(space);
        (bool mapped, int references) = (true, 0);
        Action join = Beside(Checkpoint.HugeCleared, () => (mapped, references) = (space.Mm.IsMapped(Addr, page), page.RefCount));
        Assert.True(space.Mm.ZapHuge(Addr));
        join();
        page.Put();
        Assert.Equal((false, 1), (mapped, references));
    }

    [Fact]
    public void Without_waiting_for_the_zap_its_reference_is_still_there()
    {
        using var space = new TestSpace();
        Page page = HugePageWithAReference(space);
        (bool mapped, int references) = (true, 0);
        At(Checkpoint.HugeCleared, () =>
        {
            using Defence.Removal _ = Defence.Remove(Defence.WaitForZap);
            (mapped, references) = (space.Mm.IsMapped(Addr, page), page.RefCount);
        });
        Assert.True(space.Mm.ZapHuge(Addr));
        page.Put();
        Assert.Equal((false, 2), (mapped, references));
    }

    private static int WhatIsReadAfterAWalk()
    {
        using var space = new TestSpace();
        space.Region(flags: WithHuge);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 8);
        Pmd<X86_64>* pmd = space.Pmd;
        At(Checkpoint.HugeSplit, () =>
        {
            space.Mm.MadviseDontNeed(Addr, TestSpace.Huge);
            using var other = new SoftMmu<X86_64>(space.Mm);
            other.Store(Addr, 9);
        });
        Assert.True(space.Mm.SplitHuge(Addr));
        Page second = PageTable.PmdpGet(pmd).Page;
        Assert.True(PageTable.PteOffsetMap(pmd, Addr) is null, "where nobody would have interfered, there would be a table");
        bool lost = PageTable.PmdpGet(pmd).IsNone;
        int read = mmu.Load<int>(Addr);
        if (lost)
            second.Put();
        return read;
    }

    private static Pmd<X86_64> WhatIsSeenDuringASplit()
    {
        using var space = new TestSpace();
        space.Region(flags: WithHuge);
        Assert.Equal(VmFault.None, space.Mm.Fault(Addr, FaultFlags.Write));
        Pmd<X86_64> seen = default;
        At(Checkpoint.HugeInvalid, () =>
        {
            Pmd<X86_64>* pmd = PageTable.MmFindPmd(space.Mm, Addr);
            seen = PageTable.PmdpGetLockless(pmd);
            Assert.True(PageTable.PteOffsetMap(pmd, Addr) is null);
        });
        Assert.True(space.Mm.SplitHuge(Addr));
        Assert.True(space.PteAt(Addr).IsDirty && space.PteAt(Addr + TestSpace.Huge - TestSpace.Page).IsPresent);
        return seen;
    }

    private static bool MigrationEntryIsTakenForAPage()
    {
        using var space = new TestSpace();
        space.Region();
        Pmd<X86_64>* pmd = space.Pmd;
        PageTable.PgtableTransHugeDeposit(space.Mm, pmd, PageTable.PteAllocOne(space.Mm));
        PageTable.SetPmd(pmd, Pmd<X86_64>.FromSwpEntry(new SwpEntry(SwpEntry.MigrationWrite, 512)));
        bool decoded = false;
        At(Checkpoint.HugeInvalid, () => decoded = PageTable.PmdpGetLockless(PageTable.MmFindPmd(space.Mm, Addr)) is { IsPresent: true, IsLeaf: true });
        bool split = space.Mm.SplitHuge(Addr);
        Checkpoint.Handler = null;
        Assert.Equal(decoded, split);
        Pmd<X86_64> after = PageTable.PmdpGet(pmd);
        PageTable.PmdClear(pmd);
        if (split)
            PageTable.PteFree(space.Mm, after.Table);
        else
            Assert.True(after.IsMigration);
        return decoded;
    }

    private static Page HugePageWithAReference(TestSpace space)
    {
        space.Region();
        Assert.True(space.Mm.MapHuge(Addr));
        Page page = PageTable.PmdpGet(space.Pmd).Page;
        page.Get();
        Assert.True(space.Mm.IsMapped(Addr, new Page(page.Frame + 5)));
        return page;
    }
}
#endif
