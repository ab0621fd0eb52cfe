namespace PteGuard.Runtime.Tests;

/// <summary>Translation, and what software does because hardware sets no marks.</summary>
public unsafe class S390XWalkTests
{
    private const ulong Addr = TestSpace.Start;
    private const ulong Page = TestSpace.Page;
    private const ulong Mb = 1 << 20;

    private readonly struct Walk : IDisposable
    {
        public Walk()
        {
            Space = new TestSpace<S390X>();
            Vma = Space.Mm.Mmap(Addr, Mb, TestSpace.ReadWrite);
            Mmu = new SoftMmu<S390X>(Space.Mm);
            Mmu.Store(Addr, 1UL);
        }

        public TestSpace<S390X> Space { get; }

        public Vma<S390X> Vma { get; }

        public SoftMmu<S390X> Mmu { get; }

        public Pgd<S390X>* Pgd => PageTable.PgdOffset(Space.Mm, Addr);

        public Pud<S390X>* Pud => PageTable.PudOffset((P4d<S390X>*)Pgd, Addr);

        public Pmd<S390X>* Pmd => PageTable.MmFindPmd(Space.Mm, Addr);

        /// <summary>The entry's table stays mapped and locked while the body runs.</summary>
        public void WithPte(Action<nint> body)
        {
            Pte<S390X>* ptep = PageTable.GetLockedPte(Space.Mm, Addr, out PtLock ptl);
            try
            {
                body((nint)ptep);
            }
            finally
            {
                PageTable.PteUnmapUnlock(ptep, ptl);
            }
        }

        public void Dispose()
        {
            Mmu.Dispose();
            Space.Dispose();
        }
    }

    [Theory]
    [InlineData(0x000, MmuAccess.Write, MmuFault.None)]
    [InlineData(0x200, MmuAccess.Write, MmuFault.Protection)]
    [InlineData(0x200, MmuAccess.Read, MmuFault.None)]
    [InlineData(0x400, MmuAccess.Read, MmuFault.NotPresent)]
    [InlineData(0x800, MmuAccess.Read, MmuFault.ReservedBit)]
    [InlineData(0xc00, MmuAccess.Read, MmuFault.NotPresent)]
    [InlineData(0x100, MmuAccess.Execute, MmuFault.Protection)]
    [InlineData(0x100, MmuAccess.Write, MmuFault.None)]
    [InlineData(0x000, MmuAccess.Execute, MmuFault.None)]
    [InlineData(0x0ff, MmuAccess.Write, MmuFault.None)]
    public void What_a_page_table_entry_allows(ulong bits, MmuAccess access, MmuFault expected)
    {
        using var walk = new Walk();
        Pte<S390X> old = walk.Space.PteAt(Addr);
        var changed = new Pte<S390X>((old.Value & ~0xfffUL) | bits);
        walk.Space.SetPte(Addr, changed);
        foreach (MmuAccess who in new[] { MmuAccess.Read, MmuAccess.User })
        {
            Assert.Equal(expected, walk.Mmu.Translate(Addr + 40, access | who, out ulong physical));
            Assert.Equal(expected == MmuFault.None ? (old.Pfn << 12) + 40 : 0, physical);
        }

        Assert.True(PageTable.PteSame(changed, walk.Space.PteAt(Addr)), "hardware changes no entry");
        walk.Space.SetPte(Addr, old);
    }

    [Theory]
    [InlineData(0x20, MmuFault.NotPresent)]
    [InlineData(0x200, MmuFault.Protection)]
    [InlineData(0x04, MmuFault.ReservedBit)]
    [InlineData(0x10, MmuFault.ReservedBit)]
    [InlineData(0x100, MmuFault.None)]
    public void What_a_segment_entry_forbids(ulong bits, MmuFault expected)
    {
        using var walk = new Walk();
        Pmd<S390X> table = PageTable.PmdpGet(walk.Pmd);
        PageTable.SetPmd(walk.Pmd, new Pmd<S390X>(table.Value | bits));
        Assert.Equal(expected, walk.Mmu.Translate(Addr, MmuAccess.Write, out _));
        PageTable.SetPmd(walk.Pmd, table);
    }

    [Theory]
    [InlineData(0x20, 0, MmuFault.NotPresent)]
    [InlineData(0x200, 0, MmuFault.Protection)]
    [InlineData(0x00, 0x04, MmuFault.ReservedBit)]
    [InlineData(0x40, 0, MmuFault.None)]
    [InlineData(0x80, 0, MmuFault.NotPresent)]
    [InlineData(0x00, 0x02, MmuFault.None)]
    [InlineData(0x00, 0x03, MmuFault.NotPresent)]
    public void What_a_region_entry_forbids(ulong set, ulong clear, MmuFault expected)
    {
        // Bits 29 and 30 of the address say which quarter of the segment table: the second.
        const ulong addr = (3UL << 31) | (1UL << 29);
        using var walk = new Walk();
        walk.Space.Mm.Mmap(addr, Page, TestSpace.ReadWrite);
        walk.Mmu.Store(addr, 2UL);
        Pud<S390X>* pud = PageTable.PudOffset((P4d<S390X>*)walk.Pgd, addr);
        Pud<S390X> table = PageTable.PudpGet(pud);
        PageTable.SetPud(pud, new Pud<S390X>((table.Value | set) & ~clear));
        Assert.Equal(expected, walk.Mmu.Translate(addr, MmuAccess.Write, out _));
        PageTable.SetPud(pud, table);
        PageTable.SetPgd(walk.Pgd, new Pgd<S390X>(PageTable.PgdpGet(walk.Pgd).Value ^ 0x04));
        Assert.Equal(MmuFault.ReservedBit, walk.Mmu.Translate(addr, MmuAccess.Write, out _));
        PageTable.SetPgd(walk.Pgd, new Pgd<S390X>(PageTable.PgdpGet(walk.Pgd).Value ^ 0x04));
    }

    [Fact]
    public void A_large_region_maps_two_gigabytes()
    {
        using var walk = new Walk();
        const ulong addr = 5UL << 31;
        Pud<S390X>* pud = PageTable.PudAlloc(walk.Space.Mm, (P4d<S390X>*)walk.Pgd, addr);
        ulong physical = walk.Space.PteAt(Addr).Page.Address;
        ulong first = physical & ~((1UL << 31) - 1);
        PageTable.SetPud(pud, new Pud<S390X>(first | 0x400 | 0x100 | 0x04));
        Assert.True(PageTable.PudpGet(pud) is { IsLeaf: true, IsTransHuge: true, IsBad: true } value && value.Pfn == first >> 12);
        Assert.Equal(MmuFault.None, walk.Mmu.Translate(addr + physical - first + 3, MmuAccess.Write, out ulong found));
        Assert.Equal(physical + 3, found);
        Assert.Equal(MmuFault.Protection, walk.Mmu.Translate(addr + physical - first, MmuAccess.Execute, out _));
        PageTable.SetPud(pud, Pud<S390X>.None);
    }

    [Fact]
    public void Faults_set_the_marks_that_hardware_does_not()
    {
        using var walk = new Walk();
        walk.Space.Mm.Mprotect(Addr, Page, VmFlags.Read);
        walk.Space.Mm.Mprotect(Addr, Page, TestSpace.ReadWrite);
        walk.WithPte(ptep => PageTable.PtepModify((Pte<S390X>*)ptep, static pte => pte.MkWrite().MkClean().MkOld()));
        PageTable.FlushTlbMm(walk.Space.Mm);
        Assert.Equal(MmuFault.NotPresent, walk.Mmu.Translate(Addr, MmuAccess.Read, out _));
        Assert.Equal(1UL, walk.Mmu.Load<ulong>(Addr));
        Assert.True(walk.Space.PteAt(Addr) is { IsYoung: true, IsDirty: false });
        Assert.Equal(MmuFault.Protection, walk.Mmu.Translate(Addr, MmuAccess.Write, out _));
        walk.Mmu.Store(Addr, 2UL);
        Assert.True(walk.Space.PteAt(Addr) is { IsYoung: true, IsDirty: true });
        Assert.Equal(MmuFault.None, walk.Mmu.Translate(Addr, MmuAccess.Write, out _));
    }

    [Fact]
    public void Between_start_and_commit_there_is_a_page_that_hardware_cannot_reach()
    {
        using var walk = new Walk();
        Vma<S390X> vma = walk.Vma;
        SoftMmu<S390X> mmu = walk.Mmu;
        walk.WithPte(ptep =>
        {
            Pte<S390X> old = PageTable.PtepModifyProtStart(vma, Addr, (Pte<S390X>*)ptep);
            Assert.Equal(0UL, old.Value & 0x400);
            Assert.Equal(old.Value | 0x400, PageTable.PtepGetLockless((Pte<S390X>*)ptep).Value);
            Assert.Equal(MmuFault.NotPresent, mmu.Translate(Addr, MmuAccess.Read, out _));
            PageTable.PtepModifyProtCommit(vma, Addr, (Pte<S390X>*)ptep, old, old.Wrprotect());
            Assert.Equal(MmuFault.Protection, mmu.Translate(Addr, MmuAccess.Write, out _));
        });
    }

    [Fact]
    public void Access_flags_answer_whether_the_entry_differed()
    {
        using var walk = new Walk();
        Vma<S390X> vma = walk.Vma;
        walk.WithPte(entry =>
        {
            var ptep = (Pte<S390X>*)entry;
            Pte<S390X> dirty = PageTable.PtepGet(ptep);
            foreach (Pte<S390X> from in new[] { dirty.MkClean(), dirty.MkClean().MkOld(), dirty.MkOld(), dirty.Wrprotect() })
            {
                PageTable.SetPte(ptep, from);
                Assert.True(PageTable.PtepSetAccessFlags(vma, Addr, ptep, dirty, dirty: true));
                Assert.True(PageTable.PteSame(dirty, PageTable.PtepGet(ptep)));
                Assert.False(PageTable.PtepSetAccessFlags(vma, Addr, ptep, dirty, dirty: true));
            }

            Assert.True(S390.CanResetProtection(dirty.MkClean().Value, dirty.Value));
            Assert.False(S390.CanResetProtection(dirty.MkClean().MkOld().Value, dirty.Value), "an invalid entry was in no translation");
            Assert.False(S390.CanResetProtection(dirty.MkClean().Value, dirty.Value ^ 0x100));
            Assert.False(S390.CanResetProtection(dirty.MkClean().Value, dirty.Value + Page));
            Assert.False(S390.CanResetProtection(dirty.Value, dirty.MkClean().Value));
        });
    }

    [Fact]
    public void A_spurious_fault_is_mended_through_the_live_entry()
    {
        using var walk = new Walk();
        Vma<S390X> vma = walk.Vma;
        walk.WithPte(ptep =>
        {
            PageTable.FlushTlbFixSpuriousFault(vma, Addr, (Pte<S390X>*)ptep);
            Pte<S390X> copy = PageTable.PtepGet((Pte<S390X>*)ptep);
            nint foreign = (nint)(&copy);
            Assert.Equal("ptep", Assert.Throws<ArgumentException>(() => PageTable.FlushTlbFixSpuriousFault(vma, Addr, (Pte<S390X>*)foreign)).ParamName);
        });
    }
}
