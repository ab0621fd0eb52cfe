namespace PteGuard.Runtime.Tests;

/// <summary>Groups of 16 pages: the Svnapot chapter of the privileged architecture.</summary>
public unsafe class RiscV64SvnapotTests
{
    private const ulong N = 1UL << 63;
    private const ulong Addr = TestSpace.Start;
    private const ulong Bytes = 16 * TestSpace.Page;
    private const ulong User = 0xd7; // V R W U A D

    private static Pte<RiscV64Sv39> Group(ulong pfn, ulong bits = User)
        => new(RiscV64Svnapot.MkNapot(PageTable.PfnPte(pfn, new Pgprot<RiscV64Sv39>(bits)).Value, RiscV64Svnapot.Order64K));

    private static TestSpace<RiscV64Sv39> WithGroup(out Vma<RiscV64Sv39> vma, out Page page, ulong bits = User)
    {
        var space = new TestSpace<RiscV64Sv39>();
        vma = space.Mm.Mmap(Addr, Bytes, TestSpace.ReadWrite);
        page = space.Arena.AllocPage(4);
        for (int i = 0; i < 15; i++)
            page.Get();
        Pte<RiscV64Sv39>* ptep = PageTable.GetLockedPte(space.Mm, Addr, out PtLock ptl);
        PageTable.SetPtes(space.Mm, Addr, ptep, Group(page.Frame, bits), 16);
        PageTable.PteUnmapUnlock(ptep, ptl);
        return space;
    }

    private static ulong Raw(TestSpace<RiscV64Sv39> space, int index)
        => ((ulong*)PageTable.PmdpGet(PageTable.MmFindPmd(space.Mm, Addr)).Table.Pointer)[index];

    [Fact]
    public void The_size_takes_the_place_of_the_lowest_frame_bits()
    {
        Pte<RiscV64Sv39> pte = PageTable.PfnPte(0x120UL, new Pgprot<RiscV64Sv39>(User));
        ulong word = RiscV64Svnapot.MkNapot(pte.Value, 4);
        Assert.Equal(N | (0x128UL << 10) | User, word);
        Assert.True(RiscV64Svnapot.IsNapot(word));
        Assert.Equal(4, RiscV64Svnapot.Order(word));
        Assert.Equal(0x120UL, new Pte<RiscV64Sv39>(word).Pfn);
        Assert.Equal(0x12dUL, new Pte<RiscV64Sv39>(RiscV64Svnapot.ToPage(word, 13)).Pfn);
        Assert.Equal(pte.Value, RiscV64Svnapot.ToPage(word, 0));
        Assert.Equal(0, RiscV64Svnapot.Order(pte.Value));
        Assert.False(RiscV64Svnapot.IsNapot(Pte<RiscV64Sv39>.FromSwpEntry(new SwpEntry(1, 1UL << 51)).Value), "bit 63 of a swap entry is its offset's");
    }

    [Fact]
    public void What_is_no_group_is_refused()
    {
        ulong pte = PageTable.PfnPte(0x120UL, new Pgprot<RiscV64Sv39>(User)).Value;
        foreach (int order in new[] { 0, 3, 5, 9 })
            Assert.Equal("order", Assert.Throws<ArgumentOutOfRangeException>(() => RiscV64Svnapot.MkNapot(pte, order)).ParamName);
        foreach (ulong wrong in new[] { pte + (1UL << 10), pte | N, 0UL, pte & ~1UL })
            Assert.Equal("pte", Assert.Throws<ArgumentException>(() => RiscV64Svnapot.MkNapot(wrong, 4)).ParamName);
    }

    [Theory]
    [InlineData(0b0100)]
    [InlineData(0b1001)]
    [InlineData(0b0000)]
    public void Other_patterns_are_reserved_and_leave_no_mark(ulong pattern)
    {
        using TestSpace<RiscV64Sv39> space = WithGroup(out _, out _);
        Pte<RiscV64Sv39> old = space.PteAt(Addr);
        space.SetPte(Addr, new((old.Value & ~(0x3ffUL | (15UL << 10))) | N | (pattern << 10) | 0x17));
        using var mmu = new SoftMmu<RiscV64Sv39>(space.Mm);
        Assert.Equal(MmuFault.ReservedBit, mmu.Translate(Addr, MmuAccess.User, out _));
        Assert.Equal(0x17UL, Raw(space, 0) & 0x3ff);
        space.SetPte(Addr, old);
    }

    [Fact]
    public void Each_entry_of_a_group_is_its_own_page()
    {
        using TestSpace<RiscV64Sv39> space = WithGroup(out _, out Page page);
        using var mmu = new SoftMmu<RiscV64Sv39>(space.Mm);
        for (int i = 0; i < 16; i++)
        {
            Assert.Equal(Raw(space, 0), Raw(space, i));
            ulong addr = Addr + ((ulong)i << 12);
            Assert.Equal(MmuFault.None, mmu.Translate(addr + 24, MmuAccess.User | MmuAccess.Write, out ulong physical));
            Assert.Equal(page.Address + ((ulong)i << 12) + 24, physical);
            Assert.Equal(page.Frame + (ulong)i, space.PteAt(addr).Pfn);
        }
    }

    [Fact]
    public void A_mark_in_one_entry_counts_for_all()
    {
        const ulong clean = User & ~0xc0UL;
        using TestSpace<RiscV64Sv39> space = WithGroup(out Vma<RiscV64Sv39> vma, out _, clean);
        using var mmu = new SoftMmu<RiscV64Sv39>(space.Mm);
        Assert.False(space.PteAt(Addr).IsYoung);
        mmu.Translate(Addr + (5 << 12), MmuAccess.User | MmuAccess.Write, out _);
        Assert.True(space.PteAt(Addr + (9 << 12)) is { IsYoung: true, IsDirty: true });

        // Taken out alone: the others become pages of their own, and none forgets.
        Pte<RiscV64Sv39>* ptep = PageTable.GetLockedPte(space.Mm, Addr + (2 << 12), out PtLock ptl);
        Pte<RiscV64Sv39> old = PageTable.PtepGetAndClear(space.Mm, Addr + (2 << 12), ptep);
        PageTable.SetPte(ptep, old);
        PageTable.PtepSetWrprotect(space.Mm, Addr + (2 << 12), ptep);
        Assert.True(PageTable.PtepTestAndClearYoung(vma, Addr + (2 << 12), ptep));
        PageTable.PteUnmapUnlock(ptep, ptl);
        Assert.True(old is { IsYoung: true, IsDirty: true });
        for (int i = 0; i < 16; i++)
        {
            Assert.False(RiscV64Svnapot.IsNapot(Raw(space, i)));
            Assert.True(space.PteAt(Addr + ((ulong)i << 12)) is { IsDirty: true } pte && pte.IsWritable == (i != 2) && pte.Pfn == old.Pfn - 2 + (ulong)i);
        }
    }

    [Fact]
    public void Copy_on_write_and_unmapping_take_one_page_out_of_a_group()
    {
        using TestSpace<RiscV64Sv39> space = WithGroup(out _, out Page page, User & ~4UL);
        for (int i = 0; i < 16; i++)
            ((ulong*)page.Pointer)[i * 512] = (ulong)i + 100;
        using var mmu = new SoftMmu<RiscV64Sv39>(space.Mm);
        mmu.Store(Addr + (3 << 12) + 8, 1UL);
        Assert.Equal(103UL, mmu.Load<ulong>(Addr + (3 << 12)));
        Assert.NotEqual(page.Frame + 3, space.PteAt(Addr + (3 << 12)).Pfn);
        Assert.Equal(0UL, ((ulong*)page.Pointer)[(3 * 512) + 1]);
        space.Mm.Munmap(Addr + (7 << 12), TestSpace.Page);
        Assert.Equal(14, page.RefCount);
        Assert.Equal(115UL, mmu.Load<ulong>(Addr + (15 << 12)));
        Assert.Throws<MemoryFaultException>(() => mmu.Load<ulong>(Addr + (7 << 12)));
    }

    [Fact]
    public void Marks_that_hardware_sets_while_a_group_is_taken_apart_are_kept()
    {
        using TestSpace<RiscV64Sv39> space = WithGroup(out _, out Page page);
        Mm<RiscV64Sv39> mm = space.Mm;
        Threads.RunUntil(
            () =>
            {
                for (int round = 0; round < 3000; round++)
                {
                    ulong addr = Addr + ((ulong)(round & 15) << 12);
                    Pte<RiscV64Sv39>* first = PageTable.GetLockedPte(mm, Addr, out PtLock ptl);
                    PageTable.SetPtes(mm, Addr, first, Group(page.Frame, User & ~0xc0UL), 16);

                    // A store through what was there before ends here, and is wiped out.
                    PageTable.FlushTlbMm(mm);
                    *(ulong*)page.Pointer = 0;
                    Pte<RiscV64Sv39> old = PageTable.PtepGetAndClear(mm, addr, first + (round & 15));
                    PageTable.FlushTlbMm(mm);

                    // The mark comes before the store, so it is looked for after it.
                    bool written = Volatile.Read(ref *(ulong*)page.Pointer) != 0;
                    bool dirty = old.IsDirty;
                    for (int i = 0; i < 16; i++)
                        dirty |= PageTable.PtepGet(first + i).IsDirty;
                    PageTable.SetPte(first + (round & 15), old);
                    PageTable.PteUnmapUnlock(first, ptl);
                    Assert.True(dirty || !written, "a store left no mark");
                }
            },
            done =>
            {
                using var mmu = new SoftMmu<RiscV64Sv39>(mm);
                while (!done())
                    mmu.Store(Addr, 1UL);
            });
    }
}
