namespace PteGuard.Runtime.Tests;

public unsafe class Arm64K16Tests : Arm64Contract<Arm64K16>
{
    [Fact]
    public void The_geometry_is_the_manuals()
    {
        Assert.Equal((14, 25, 36, 47, 47), (Arm64K16.PageShift, Arm64K16.PmdShift, Arm64K16.PudShift, Arm64K16.P4dShift, Arm64K16.PgdShift));
        Assert.Equal((2048, 2048, 2048, 1, 2), (Arm64K16.PtrsPerPte, Arm64K16.PtrsPerPmd, Arm64K16.PtrsPerPud, Arm64K16.PtrsPerP4d, Arm64K16.PtrsPerPgd));
        Assert.False(Arm64K16.IsCanonical(1UL << 48));
    }

    [Fact]
    public void The_root_has_two_entries_and_the_others_take_eleven_bits()
    {
        using var space = new TestSpace<Arm64K16>();
        const ulong addr = (1UL << 47) | (2047UL << 36) | (5UL << 25) | (6UL << 14);
        space.Mm.Mmap(addr, 1 << 14, TestSpace.ReadWrite);
        using var mmu = new SoftMmu<Arm64K16>(space.Mm);
        mmu.Store(addr + 0x3ff8, 7UL);
        Pgd<Arm64K16>* pgd = PageTable.PgdOffset(space.Mm, addr);
        Assert.Equal(1, pgd - space.Mm.Pgd);
        Pud<Arm64K16>* pud = PageTable.PudOffset(PageTable.P4dOffset(pgd, addr), addr);
        Pmd<Arm64K16>* pmd = PageTable.PmdOffset(pud, addr);
        Assert.Equal((2047UL, 5UL), ((nuint)pud % 0x4000 / 8, (nuint)pmd % 0x4000 / 8));
        Assert.Equal(MmuFault.None, mmu.Translate(addr + 0x3ff8, MmuAccess.Read, out ulong physical));
        Assert.Equal((space.PteAt(addr).Pfn << 14) + 0x3ff8, physical);
    }
}
