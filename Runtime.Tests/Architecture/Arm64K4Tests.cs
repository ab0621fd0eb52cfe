namespace PteGuard.Runtime.Tests;

public unsafe class Arm64K4Tests : Arm64Contract<Arm64K4>
{
    [Fact]
    public void The_geometry_is_the_manuals()
    {
        Assert.Equal((12, 21, 30, 39, 39), (Arm64K4.PageShift, Arm64K4.PmdShift, Arm64K4.PudShift, Arm64K4.P4dShift, Arm64K4.PgdShift));
        Assert.Equal((512, 512, 512, 1, 512), (Arm64K4.PtrsPerPte, Arm64K4.PtrsPerPmd, Arm64K4.PtrsPerPud, Arm64K4.PtrsPerP4d, Arm64K4.PtrsPerPgd));
        Assert.Equal(1UL << 48, Arm64K4.TaskSize);
        Assert.False(Arm64K4.IsCanonical(1UL << 48) || Arm64K4.IsCanonical(ulong.MaxValue));
    }

    [Fact]
    public void Each_level_takes_nine_bits()
    {
        using var space = new TestSpace<Arm64K4>();
        const ulong addr = (511UL << 39) | (4UL << 30) | (5UL << 21) | (6UL << 12);
        space.Mm.Mmap(addr, 1 << 12, TestSpace.ReadWrite);
        using var mmu = new SoftMmu<Arm64K4>(space.Mm);
        mmu.Store(addr, 7UL);
        Pgd<Arm64K4>* pgd = PageTable.PgdOffset(space.Mm, addr);
        Assert.Equal(511, pgd - space.Mm.Pgd);
        Pud<Arm64K4>* pud = PageTable.PudOffset(PageTable.P4dOffset(pgd, addr), addr);
        Pmd<Arm64K4>* pmd = PageTable.PmdOffset(pud, addr);
        Assert.Equal((4UL, 5UL), ((nuint)pud % 4096 / 8, (nuint)pmd % 4096 / 8));
        space.Mm.Munmap(addr, 1 << 12);
        Assert.True(PageTable.P4dpGet(PageTable.P4dOffset(pgd, addr)).IsNone, "the tables that nobody uses are freed up to the root");
    }

    [Fact]
    public void A_pud_may_be_a_block_of_1_GiB()
    {
        using var space = new TestSpace<Arm64K4>();
        Pmd<Arm64K4>* pmd = PageTable.PmdAllocWalk(space.Mm, Start);
        Assert.True(pmd is not null);
        Pgd<Arm64K4>* pgd = PageTable.PgdOffset(space.Mm, Start);
        Pud<Arm64K4>* pud = PageTable.PudOffset(PageTable.P4dOffset(pgd, Start), Start);
        Pud<Arm64K4> table = PageTable.PudpGet(pud);
        using var mmu = new SoftMmu<Arm64K4>(space.Mm);
        Page page = space.Arena.AllocPage();
        ulong inside = page.Address & ((1UL << 30) - 1);
        PageTable.SetPud(pud, new((page.Address - inside) | (Readable & ~PageBit)));
        Assert.True(PageTable.PudpGet(pud) is { IsLeaf: true, IsTransHuge: true, IsPresent: true });
        MmuFault fault = mmu.Translate(Start + inside + 5, MmuAccess.Read | MmuAccess.User, out ulong physical);
        PageTable.SetPud(pud, table);
        page.Put();
        Assert.Equal((MmuFault.None, page.Address + 5), (fault, physical));
    }
}
