namespace PteGuard.Runtime.Tests;

public unsafe class TlbTests
{
    private const ulong Addr = TestSpace.Start;

    [Fact]
    public void What_is_kept_is_used_until_it_is_flushed()
    {
        using var space = new TestSpace();
        Vma<X86_64> vma = space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm, 64);
        mmu.Store(Addr, 1UL);
        Pte<X86_64> pte = space.PteAt(Addr);
        space.SetPte(Addr, Pte<X86_64>.None);
        Assert.Equal(1UL, mmu.Load<ulong>(Addr));
        Assert.Equal(MmuFault.None, mmu.Translate(Addr, MmuAccess.Write | MmuAccess.User, out ulong physical));
        Assert.Equal(pte.Page.Address, physical);
        PageTable.FlushTlbPage(vma, Addr);
        Assert.Equal(MmuFault.NotPresent, mmu.Translate(Addr, MmuAccess.Write | MmuAccess.User, out _));
        space.SetPte(Addr, pte);
        Assert.Equal(1UL, mmu.Load<ulong>(Addr));
    }

    [Fact]
    public void A_flush_of_one_page_leaves_the_others()
    {
        using var space = new TestSpace();
        Vma<X86_64> vma = space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm, 64);
        mmu.Store(Addr, 1UL);
        mmu.Store(Addr + TestSpace.Page, 2UL);
        Pte<X86_64>[] ptes = [space.PteAt(Addr), space.PteAt(Addr + TestSpace.Page)];
        space.SetPte(Addr, Pte<X86_64>.None);
        space.SetPte(Addr + TestSpace.Page, Pte<X86_64>.None);
        PageTable.FlushTlbPage(vma, Addr);
        Assert.Equal(MmuFault.NotPresent, mmu.Translate(Addr, MmuAccess.User, out _));
        Assert.Equal(MmuFault.None, mmu.Translate(Addr + TestSpace.Page, MmuAccess.User | MmuAccess.Write, out _));

        // More flushes than are remembered one by one drop everything.
        for (int i = 0; i < 40; i++)
            PageTable.FlushTlbPage(vma, Addr);
        Assert.Equal(MmuFault.NotPresent, mmu.Translate(Addr + TestSpace.Page, MmuAccess.User | MmuAccess.Write, out _));
        space.SetPte(Addr, ptes[0]);
        space.SetPte(Addr + TestSpace.Page, ptes[1]);
    }

    [Fact]
    public void A_write_through_a_translation_that_was_only_read_sets_dirty()
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm, 64);
        mmu.Load<ulong>(Addr);
        Assert.False(space.PteAt(Addr).IsDirty);
        mmu.Store(Addr, 1UL);
        Assert.True(space.PteAt(Addr).IsDirty);
    }

    [Fact]
    public void Unmapping_and_forbidding_are_seen_at_once()
    {
        using var space = new TestSpace();
        space.Region(4 * TestSpace.Huge);
        using var mmu = new SoftMmu<X86_64>(space.Mm, 1024);
        for (ulong page = 0; page < 600; page++)
            mmu.Store(Addr + (page << 12), page);
        space.Mm.Mprotect(Addr, TestSpace.Page, VmFlags.Read);
        Assert.Throws<MemoryFaultException>(() => mmu.Store(Addr, 1UL));
        space.Mm.Mprotect(Addr, 4 * TestSpace.Huge, VmFlags.Read);
        for (ulong page = 0; page < 600; page++)
        {
            Assert.Equal(page, mmu.Load<ulong>(Addr + (page << 12)));
            Assert.Throws<MemoryFaultException>(() => mmu.Store(Addr + (page << 12), 1UL));
        }

        space.Mm.Munmap(Addr, 4 * TestSpace.Huge);
        for (ulong page = 0; page < 600; page++)
            Assert.Throws<MemoryFaultException>(() => mmu.Load<ulong>(Addr + (page << 12)));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    [InlineData(1 << 21)]
    public void Sizes_that_no_TLB_has_are_named(int entries)
    {
        using var space = new TestSpace();
        Assert.Equal("tlbEntries", Assert.Throws<ArgumentOutOfRangeException>(() => new SoftMmu<X86_64>(space.Mm, entries)).ParamName);
    }

    /// <summary>Pages change hands; nobody reads or writes one through a translation from before.</summary>
    [Fact]
    public void No_access_goes_to_a_page_that_was_taken_away()
    {
        using var space = new TestSpace();
        Mm<X86_64> mm = space.Mm;
        const ulong pages = 16;
        space.Region();

        void Use(ulong word, Func<bool> done)
        {
            using var mmu = new SoftMmu<X86_64>(mm, 8);
            for (ulong i = 0; !done(); i++)
            {
                ulong addr = Addr + (i % pages << 12) + (word * 8);
                mmu.Store(addr, addr);
                ulong read = mmu.Load<ulong>(addr);
                Assert.True(read == addr || read == 0, $"0x{addr:x} read 0x{read:x}");
            }
        }

        void Take()
        {
            for (int round = 0; round < 2000; round++)
            {
                mm.MadviseDontNeed(Addr + ((ulong)round % pages << 12), TestSpace.Page);

                // Whoever gets the frame next must not find somebody else's words in it.
                Page page = space.Arena.AllocPage();
                var words = new Span<ulong>(page.Pointer, 512);
                words.Fill(ulong.MaxValue);
                Assert.False(words.ContainsAnyExcept(ulong.MaxValue), "a store went to a page that was taken away");
                page.Put();
            }
        }

        Threads.RunUntil(Take, done => Use(0, done), done => Use(1, done));
    }
}
