namespace PteGuard.Runtime.Tests;

public unsafe class AccessTests
{
    private const ulong Addr = TestSpace.Start;
    private static readonly Pgprot<X86_64> s_shared = Pgprot<X86_64>.Of(VmFlags.Read | VmFlags.Write | VmFlags.Shared);

    private delegate void Body(TestSpace space, Vma<X86_64> vma, Pte<X86_64>* ptep);

    private static void WithEntry(Pte<X86_64> pte, Body body)
    {
        using var space = new TestSpace();
        Vma<X86_64> vma = space.Region();
        Pte<X86_64>* ptep = PageTable.GetLockedPte(space.Mm, Addr, out PtLock ptl);
        PageTable.SetPteAt(space.Mm, Addr, ptep, pte);
        try
        {
            body(space, vma, ptep);
        }
        finally
        {
            PageTable.SetPteAt(space.Mm, Addr, ptep, Pte<X86_64>.None);
            PageTable.PteUnmapUnlock(ptep, ptl);
        }
    }

    private static Pte<X86_64> Dirty => PageTable.PfnPte(0x123UL, s_shared).MkDirty().MkSpecial();

    [Fact]
    public void What_is_set_is_read_back_and_cleared()
        => WithEntry(Dirty, (space, _, ptep) =>
        {
            Assert.True(PageTable.PteSame(Dirty, PageTable.PtepGet(ptep)));
            Assert.True(PageTable.PteSame(Dirty, PageTable.PtepGetLockless(ptep)));
            PageTable.PteClear(space.Mm, Addr, ptep);
            Assert.True(PageTable.PtepGet(ptep).IsNone);
            PageTable.SetPte(ptep, Dirty);
            Assert.True(PageTable.PteSame(Dirty, PageTable.PtepGet(ptep)));
        });

    [Fact]
    public void Get_and_clear_returns_what_was_there()
        => WithEntry(Dirty, (space, vma, ptep) =>
        {
            Assert.True(PageTable.PteSame(Dirty, PageTable.PtepGetAndClear(space.Mm, Addr, ptep)));
            Assert.True(PageTable.PtepGet(ptep).IsNone);
            PageTable.SetPteAt(space.Mm, Addr, ptep, Dirty);
            Assert.True(PageTable.PteSame(Dirty, PageTable.PtepClearFlush(vma, Addr, ptep)));
            Assert.True(PageTable.PtepGet(ptep).IsNone);
        });

    [Fact]
    public void Young_is_tested_and_cleared()
        => WithEntry(Dirty.MkYoung(), (_, vma, ptep) =>
        {
            Assert.True(PageTable.PtepTestAndClearYoung(vma, Addr, ptep));
            Assert.False(PageTable.PtepTestAndClearYoung(vma, Addr, ptep));
            Assert.True(PageTable.PteSame(Dirty.MkOld(), PageTable.PtepGet(ptep)));
        });

    [Fact]
    public void Write_protecting_keeps_dirty()
        => WithEntry(Dirty, (space, _, ptep) =>
        {
            PageTable.PtepSetWrprotect(space.Mm, Addr, ptep);
            Assert.True(PageTable.PteSame(Dirty.Wrprotect(), PageTable.PtepGet(ptep)));
            Assert.True(PageTable.PtepGet(ptep).IsDirty);
        });

    [Fact]
    public void Access_flags_are_stored_for_a_write_only_and_the_difference_is_told()
        => WithEntry(Dirty.MkClean().MkOld(), (_, vma, ptep) =>
        {
            Pte<X86_64> clean = PageTable.PtepGet(ptep);
            Assert.False(PageTable.PtepSetAccessFlags(vma, Addr, ptep, clean, dirty: true));
            Assert.True(PageTable.PtepSetAccessFlags(vma, Addr, ptep, clean.MkYoung(), dirty: false));
            Assert.True(PageTable.PteSame(clean, PageTable.PtepGet(ptep)));
            Assert.True(PageTable.PtepSetAccessFlags(vma, Addr, ptep, clean.MkYoung().MkDirty(), dirty: true));
            Assert.True(PageTable.PtepGet(ptep) is { IsYoung: true, IsDirty: true });
            PageTable.FlushTlbFixSpuriousFault(vma, Addr, ptep);
        });

    [Fact]
    public void Changing_protection_empties_the_entry_in_between()
        => WithEntry(Dirty, (_, vma, ptep) =>
        {
            Pte<X86_64> old = PageTable.PtepModifyProtStart(vma, Addr, ptep);
            Assert.True(PageTable.PtepGet(ptep).IsNone);
            PageTable.PtepModifyProtCommit(vma, Addr, ptep, old, old.Modify(Pgprot<X86_64>.Of(VmFlags.Read)));
            Assert.True(PageTable.PtepGet(ptep) is { IsWritable: false, IsDirty: true, Pfn: 0x123 });
        });

    [Fact]
    public void Modify_returns_the_entry_that_it_replaced_and_tries_again_when_it_changed()
        => WithEntry(Dirty, (_, _, ptep) =>
        {
            int calls = 0;
            var address = (nint)ptep;
            Pte<X86_64> old = PageTable.PtepModify(ptep, pte =>
            {
                if (calls++ == 0)
                    PageTable.SetPte((Pte<X86_64>*)address, Dirty.MkOld());
                return pte.Wrprotect();
            });
            Assert.Equal(2, calls);
            Assert.True(PageTable.PteSame(Dirty.MkOld(), old));
            Assert.True(PageTable.PteSame(Dirty.MkOld().Wrprotect(), PageTable.PtepGet(ptep)));
            Assert.Throws<ArgumentNullException>(() => PageTable.PtepModify((Pte<X86_64>*)address, null!));
        });

    [Fact]
    public void Directories_are_modified_the_same_way()
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.Pmd;
        Assert.True(PageTable.PmdpModify(pmd, static _ => new(0x8000_0000_0040_00a7)).IsNone);
        Assert.True(PageTable.PmdpTestAndClearYoung(space.Region(), Addr, pmd));
        Assert.False(PageTable.PmdpGet(pmd).IsYoung);
        PageTable.PmdpSetWrprotect(space.Mm, Addr, pmd);
        Assert.False(PageTable.PmdpGet(pmd).IsWritable);
        Assert.True(PageTable.PmdpHugeGetAndClear(space.Mm, Addr, pmd).IsTransHuge);
        Assert.True(PageTable.PmdpGet(pmd).IsNone);

        Pgd<X86_64>* pgd = PageTable.PgdOffset(space.Mm, Addr);
        Pgd<X86_64> root = PageTable.PgdpModify(pgd, static pgd => pgd);
        Assert.Equal(root.Value, PageTable.P4dpModify((P4d<X86_64>*)pgd, static p4d => p4d).Value);
        PageTable.SetPgd(pgd, root);
        PageTable.SetP4d((P4d<X86_64>*)pgd, new(root.Value));
        Pud<X86_64>* pud = PageTable.PudOffset((P4d<X86_64>*)pgd, Addr);
        Assert.Equal(PageTable.PudpGet(pud).Value, PageTable.PudpModify(pud, static pud => pud).Value);
    }

    [Fact]
    public void A_huge_entry_is_set_at_a_multiple_of_its_size()
    {
        using var space = new TestSpace();
        var pmd = (nint)space.Pmd;
        Assert.Equal("addr", Assert.Throws<ArgumentException>(() => PageTable.SetPmdAt(space.Mm, Addr + TestSpace.Page, (Pmd<X86_64>*)pmd, default)).ParamName);
    }

    [Fact]
    public void Deposited_tables_come_back_and_no_others()
    {
        using var space = new TestSpace();
        Pmd<X86_64>* pmd = space.Pmd;
        var address = (nint)pmd;
        Pgtable a = PageTable.PteAllocOne(space.Mm);
        Pgtable b = PageTable.PteAllocOne(space.Mm);
        PtLock pml = PageTable.PmdLock(space.Mm, pmd);
        PageTable.PgtableTransHugeDeposit(space.Mm, pmd, a);
        PageTable.PgtableTransHugeDeposit(space.Mm, pmd, b);
        Pgtable[] back = [PageTable.PgtableTransHugeWithdraw(space.Mm, pmd), PageTable.PgtableTransHugeWithdraw(space.Mm, pmd)];
        Assert.Equivalent(new[] { a, b }, back);
        Assert.Throws<InvalidOperationException>(() => PageTable.PgtableTransHugeWithdraw(space.Mm, (Pmd<X86_64>*)address));
        Assert.Equal("pgtable", Assert.Throws<ArgumentException>(() => PageTable.PgtableTransHugeDeposit(space.Mm, (Pmd<X86_64>*)address, default)).ParamName);
        pml.Exit();
        PageTable.PteFree(space.Mm, a);
        PageTable.PteFree(space.Mm, b);
    }
}
