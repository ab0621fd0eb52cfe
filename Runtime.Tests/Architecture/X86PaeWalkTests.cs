namespace PteGuard.Runtime.Tests;

/// <summary>The walk of the Intel SDM, volume 3A, section 4.4, bit by bit.</summary>
public unsafe class X86PaeWalkTests
{
    private const ulong Addr = TestSpace.Start;

    [Fact]
    public void Entries_on_top_grant_nothing_forbid_nothing_and_are_not_marked()
    {
        using var space = new TestSpace<X86Pae>();
        space.Region();
        using var mmu = new SoftMmu<X86Pae>(space.Mm);
        mmu.Store(Addr, 1UL);
        var pud = (Pud<X86Pae>*)PageTable.PgdOffset(space.Mm, Addr);
        Pud<X86Pae> top = PageTable.PudpGet(pud);
        Assert.Equal(top.Table.Address | X86.Present, top.Value);
        Assert.True(new Pte<X86Pae>(PageTable.PmdpGet(space.Pmd).Value).IsYoung, "the entry below is");

        for (int bit = 1; bit < 64; bit++)
        {
            if (bit is >= 12 and < 52)
                continue;
            PageTable.SetPud(pud, new(top.Value | (1UL << bit)));
            MmuFault expected = bit is 3 or 4 or 9 or 10 or 11 ? MmuFault.None : MmuFault.ReservedBit;
            Assert.Equal(expected, mmu.Translate(Addr, MmuAccess.Write | MmuAccess.User, out _));
        }

        PageTable.SetPud(pud, new(top.Value & ~X86.Present));
        Assert.Equal(MmuFault.NotPresent, mmu.Translate(Addr, MmuAccess.Read, out _));
        PageTable.SetPud(pud, new(X86.Present | X86.PfnMask));
        Assert.Equal(MmuFault.ReservedBit, mmu.Translate(Addr, MmuAccess.Read, out _));
        PageTable.SetPud(pud, top);
        Assert.Equal(MmuFault.NotCanonical, mmu.Translate(1UL << 32, MmuAccess.Read, out _));
    }

    [Fact]
    public void Bits_52_to_62_are_reserved_below_and_63_forbids_execution()
    {
        using var space = new TestSpace<X86Pae>();
        space.Region();
        using var mmu = new SoftMmu<X86Pae>(space.Mm);
        mmu.Store(Addr, 1UL);
        Pte<X86Pae> pte = space.PteAt(Addr);
        Pmd<X86Pae>* pmdp = space.Pmd;
        Pmd<X86Pae> pmd = PageTable.PmdpGet(pmdp);
        var executable = new Pte<X86Pae>(pte.Value & ~X86.NoExecute);
        for (int bit = 52; bit < 63; bit++)
        {
            space.SetPte(Addr, new(pte.Value | (1UL << bit)));
            Assert.Equal(MmuFault.ReservedBit, mmu.Translate(Addr, MmuAccess.Read, out _));
            space.SetPte(Addr, executable);
            PageTable.SetPmd(pmdp, new(pmd.Value | (1UL << bit)));
            Assert.Equal(MmuFault.ReservedBit, mmu.Translate(Addr, MmuAccess.Read, out _));
            PageTable.SetPmd(pmdp, pmd);
        }

        Assert.Equal(MmuFault.None, mmu.Translate(Addr, MmuAccess.Execute | MmuAccess.User, out _));
        PageTable.SetPmd(pmdp, new(pmd.Value | X86.NoExecute));
        Assert.Equal(MmuFault.Protection, mmu.Translate(Addr, MmuAccess.Execute, out _));
        Assert.Equal(MmuFault.None, mmu.Translate(Addr, MmuAccess.Write, out _));
        PageTable.SetPmd(pmdp, new(pmd.Value & ~X86.User));
        Assert.Equal(MmuFault.Protection, mmu.Translate(Addr, MmuAccess.User, out _));
        PageTable.SetPmd(pmdp, pmd);
    }

    [Fact]
    public void A_huge_page_has_bits_13_to_20_reserved()
    {
        using var space = new TestSpace<X86Pae>();
        space.Region();
        Assert.True(space.Mm.MapHuge(Addr));
        using var mmu = new SoftMmu<X86Pae>(space.Mm);
        Pmd<X86Pae>* pmdp = PageTable.MmFindPmd(space.Mm, Addr);
        Pmd<X86Pae> pmd = PageTable.PmdpGet(pmdp);
        for (int bit = 13; bit <= 20; bit++)
        {
            PageTable.SetPmd(pmdp, new(pmd.Value | (1UL << bit)));
            Assert.Equal(MmuFault.ReservedBit, mmu.Translate(Addr, MmuAccess.Read, out _));
        }

        PageTable.SetPmd(pmdp, new(pmd.Value | X86.PatLarge));
        Assert.Equal(MmuFault.None, mmu.Translate(Addr + 0x12_3456, MmuAccess.Write | MmuAccess.User, out ulong physical));
        Assert.Equal(pmd.Page.Address + 0x12_3456, physical);
        PageTable.SetPmd(pmdp, pmd);
    }

    [Fact]
    public void Memory_beyond_4_GiB_is_mapped_by_32_bits_of_address()
    {
        using var high = new HighArena();
        using (var mm = new Mm<X86Pae>(high.Arena))
        {
            mm.Mmap(Addr, 2 * TestSpace.Huge, TestSpace.ReadWrite);
            Assert.True(mm.MapHuge(Addr + TestSpace.Huge));
            using (var mmu = new SoftMmu<X86Pae>(mm))
            {
                mmu.Store(Addr, 1UL);
                mmu.Store(Addr + TestSpace.Huge, 2UL);
                mm.Mprotect(Addr, 2 * TestSpace.Huge, VmFlags.Read);
                mm.Mprotect(Addr, 2 * TestSpace.Huge, TestSpace.ReadWrite);
                mm.Munmap(Addr + TestSpace.Huge + TestSpace.Page, TestSpace.Page);
                Assert.Equal((1UL, 2UL), (mmu.Load<ulong>(Addr), mmu.Load<ulong>(Addr + TestSpace.Huge)));
                Assert.Equal(MmuFault.None, mmu.Translate(Addr, MmuAccess.Read, out ulong physical));
                Assert.True(physical >> 32 != 0 && PageTable.PmdpGet(PageTable.MmFindPmd(mm, Addr)).Table.Address >> 32 != 0);
            }
        }

        PageTable.RcuBarrier();
        Assert.Equal(high.Arena.FrameCount, high.Arena.FreeFrames);
    }
}
