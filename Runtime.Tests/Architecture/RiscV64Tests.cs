namespace PteGuard.Runtime.Tests;

public class RiscV64Sv39Tests : RiscV64Contract<RiscV64Sv39>
{
    [Fact]
    public void The_geometry_is_the_manuals()
    {
        Assert.Equal((12, 21, 30, 30, 30), (RiscV64Sv39.PageShift, RiscV64Sv39.PmdShift, RiscV64Sv39.PudShift, RiscV64Sv39.P4dShift, RiscV64Sv39.PgdShift));
        Assert.Equal(1UL << 38, RiscV64Sv39.TaskSize);
        Assert.True(RiscV64Sv39.IsCanonical(0x3f_ffff_ffff) && RiscV64Sv39.IsCanonical(0xffff_ffc0_0000_0000));
        Assert.False(RiscV64Sv39.IsCanonical(0x40_0000_0000) || RiscV64Sv39.IsCanonical(0xffff_ffbf_ffff_ffff));
    }
}

public class RiscV64Sv48Tests : RiscV64Contract<RiscV64Sv48>
{
    [Fact]
    public void The_geometry_is_the_manuals()
    {
        Assert.Equal((12, 21, 30, 39, 39), (RiscV64Sv48.PageShift, RiscV64Sv48.PmdShift, RiscV64Sv48.PudShift, RiscV64Sv48.P4dShift, RiscV64Sv48.PgdShift));
        Assert.Equal(1UL << 47, RiscV64Sv48.TaskSize);
        Assert.True(RiscV64Sv48.IsCanonical(0x7fff_ffff_ffff) && RiscV64Sv48.IsCanonical(0xffff_8000_0000_0000));
        Assert.False(RiscV64Sv48.IsCanonical(0x8000_0000_0000) || RiscV64Sv48.IsCanonical(0xffff_7fff_ffff_ffff));
    }
}

public unsafe class RiscV64Sv57Tests : RiscV64Contract<RiscV64Sv57>
{
    [Fact]
    public void The_geometry_is_the_manuals()
    {
        Assert.Equal((12, 21, 30, 39, 48), (RiscV64Sv57.PageShift, RiscV64Sv57.PmdShift, RiscV64Sv57.PudShift, RiscV64Sv57.P4dShift, RiscV64Sv57.PgdShift));
        Assert.Equal(1UL << 56, RiscV64Sv57.TaskSize);
        Assert.True(RiscV64Sv57.IsCanonical(0xff_ffff_ffff_ffff) && RiscV64Sv57.IsCanonical(0xff00_0000_0000_0000));
        Assert.False(RiscV64Sv57.IsCanonical(0x100_0000_0000_0000) || RiscV64Sv57.IsCanonical(0xfeff_ffff_ffff_ffff));
    }

    [Fact]
    public void The_highest_address_goes_through_every_level_and_leaves_nothing()
    {
        using var space = new TestSpace<RiscV64Sv57>();
        ulong addr = RiscV64Sv57.TaskSize - Page;
        space.Mm.Mmap(addr, Page, TestSpace.ReadWrite);
        using (var mmu = new SoftMmu<RiscV64Sv57>(space.Mm))
        {
            mmu.Store(addr + Page - 8, 7UL);
            Assert.Equal(7UL, mmu.Load<ulong>(addr + Page - 8));
        }

        Pgd<RiscV64Sv57>* pgd = PageTable.PgdOffset(space.Mm, addr);
        Assert.Equal(255, pgd - space.Mm.Pgd);
        space.Mm.Munmap(addr, Page);
        Assert.True(PageTable.PgdpGet(pgd).IsNone);
    }

    [Fact]
    public void A_leaf_is_a_leaf_at_any_level()
    {
        using var space = new TestSpace<RiscV64Sv57>(1 << 22);
        Page page = space.Arena.AllocPage();
        Pud<RiscV64Sv57>* pud = PageTable.PudAlloc(space.Mm, PageTable.P4dAlloc(space.Mm, PageTable.PgdOffset(space.Mm, Start), Start), Start);
        ulong first = page.Address & ~((1UL << 30) - 1);
        PageTable.SetPud(pud, new Pud<RiscV64Sv57>((first >> 2) | 0x53));
        Assert.True(PageTable.PudpGet(pud) is { IsLeaf: true, IsTransHuge: true, IsPresent: true } value && value.Pfn == first >> 12);
        Assert.True(PageTable.MmFindPmd(space.Mm, Start) is null);
        using var mmu = new SoftMmu<RiscV64Sv57>(space.Mm);
        Assert.Equal(MmuFault.None, mmu.Translate(Start + page.Address - first, MmuAccess.User, out ulong physical));
        Assert.Equal(page.Address, physical);
        PageTable.SetPud(pud, Pud<RiscV64Sv57>.None);
        page.Put();
    }
}
