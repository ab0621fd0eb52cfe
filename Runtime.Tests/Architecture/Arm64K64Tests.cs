namespace PteGuard.Runtime.Tests;

public unsafe class Arm64K64Tests : Arm64Contract<Arm64K64>
{
    [Fact]
    public void The_geometry_is_the_manuals()
    {
        Assert.Equal((16, 29, 42, 42, 42), (Arm64K64.PageShift, Arm64K64.PmdShift, Arm64K64.PudShift, Arm64K64.P4dShift, Arm64K64.PgdShift));
        Assert.Equal((8192, 8192, 1, 1, 64), (Arm64K64.PtrsPerPte, Arm64K64.PtrsPerPmd, Arm64K64.PtrsPerPud, Arm64K64.PtrsPerP4d, Arm64K64.PtrsPerPgd));
        Assert.False(Arm64K64.IsCanonical(1UL << 48));
    }

    [Fact]
    public void Three_levels_and_the_upper_ones_are_one_entry()
    {
        using var space = new TestSpace<Arm64K64>();
        const ulong addr = (63UL << 42) | (8191UL << 29) | (6UL << 16);
        space.Mm.Mmap(addr, 1 << 16, TestSpace.ReadWrite);
        using var mmu = new SoftMmu<Arm64K64>(space.Mm);
        mmu.Store(addr + 0xfff8, 7UL);
        Pgd<Arm64K64>* pgd = PageTable.PgdOffset(space.Mm, addr);
        Assert.Equal(63, pgd - space.Mm.Pgd);
        Pud<Arm64K64>* pud = PageTable.PudOffset(PageTable.P4dOffset(pgd, addr), addr);
        Assert.True((void*)pud == pgd);
        Pmd<Arm64K64>* pmd = PageTable.PmdOffset(pud, addr);
        Assert.Equal(8191UL, (nuint)pmd % 0x1_0000 / 8);
        Assert.Equal(MmuFault.None, mmu.Translate(addr + 0xfff8, MmuAccess.Read, out ulong physical));
        Assert.Equal((space.PteAt(addr).Pfn << 16) + 0xfff8, physical);
        space.Mm.Munmap(addr, 1 << 16);
        Assert.True(PageTable.PudpGet(pud).IsNone);
    }
}
