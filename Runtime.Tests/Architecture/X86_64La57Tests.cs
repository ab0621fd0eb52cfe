namespace PteGuard.Runtime.Tests;

public unsafe class X86_64La57Tests : ArchitectureContract<X86_64La57>
{
    protected override Pmd<X86_64La57> Bad => new(0x20_0000 | X86.Present);

    [Fact]
    public void The_geometry_is_the_manuals()
    {
        Assert.Equal((12, 21, 30, 39, 48), (X86_64La57.PageShift, X86_64La57.PmdShift, X86_64La57.PudShift, X86_64La57.P4dShift, X86_64La57.PgdShift));
        Assert.True(X86_64La57.IsCanonical(0xff_ffff_ffff_ffff) && X86_64La57.IsCanonical(0xff00_0000_0000_0000));
        Assert.False(X86_64La57.IsCanonical(0x100_0000_0000_0000) || X86_64La57.IsCanonical(0xfeff_ffff_ffff_ffff));
    }

    [Fact]
    public void Addresses_beyond_four_levels_have_a_p4d_of_their_own()
    {
        using var space = new TestSpace<X86_64La57>();
        const ulong addr = (3UL << 48) | (4UL << 39) | (5UL << 30) | (6UL << 21);
        space.Mm.Mmap(addr, 1 << 12, TestSpace.ReadWrite);
        using var mmu = new SoftMmu<X86_64La57>(space.Mm);
        mmu.Store(addr, 7UL);
        Pgd<X86_64La57>* pgd = PageTable.PgdOffset(space.Mm, addr);
        P4d<X86_64La57>* p4d = PageTable.P4dOffset(pgd, addr);
        Assert.Equal(3, pgd - space.Mm.Pgd);
        Assert.Equal(4UL, (nuint)p4d % 4096 / 8);
        Assert.True(PageTable.PgdpGet(pgd) is { IsPresent: true, IsBad: false } && PageTable.P4dpGet(p4d) is { IsPresent: true, IsBad: false });
        space.Mm.Munmap(addr, 1 << 12);
        Assert.True(PageTable.PgdpGet(pgd).IsNone, "the tables that nobody uses are freed up to the root");
    }
}
