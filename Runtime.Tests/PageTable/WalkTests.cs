namespace PteGuard.Runtime.Tests;

public unsafe class WalkTests
{
    [Fact]
    public void The_geometry_is_the_manuals()
    {
        Assert.Equal((12, 21, 30, 39, 39), (X86_64.PageShift, X86_64.PmdShift, X86_64.PudShift, X86_64.P4dShift, X86_64.PgdShift));
        Assert.True(X86_64.IsCanonical(0x7fff_ffff_ffff) && X86_64.IsCanonical(0xffff_8000_0000_0000));
        Assert.False(X86_64.IsCanonical(0x8000_0000_0000) || X86_64.IsCanonical(0xffff_7fff_ffff_ffff));
    }

    [Fact]
    public void Each_level_takes_its_nine_bits_of_the_address()
    {
        using var space = new TestSpace();
        const ulong addr = (5UL << 39) | (6UL << 30) | (7UL << 21) | (8UL << 12);
        Pmd<X86_64>* pmd = PageTable.PmdAllocWalk(space.Mm, addr);
        Assert.True(PageTable.PteAlloc(space.Mm, pmd));

        Pgd<X86_64>* pgd = PageTable.PgdOffset(space.Mm, addr);
        P4d<X86_64>* p4d = PageTable.P4dOffset(pgd, addr);
        Pud<X86_64>* pud = PageTable.PudOffset(p4d, addr);
        Assert.Equal(5, pgd - space.Mm.Pgd);
        Assert.True((void*)pgd == p4d, "the folded level is the same entry");
        Assert.Equal(6UL, (nuint)pud % 4096 / 8);
        Assert.True(pmd == PageTable.PmdOffset(pud, addr));
        Assert.Equal(7UL, (nuint)pmd % 4096 / 8);
        Assert.Equal(8UL, (nuint)PageTable.PteOffsetKernel(pmd, addr) % 4096 / 8);
        Assert.True(pmd == PageTable.MmFindPmd(space.Mm, addr));
    }

    [Fact]
    public void A_walk_through_what_is_no_table_is_refused_and_named()
    {
        using var space = new TestSpace();
        Assert.Equal("addr", Assert.Throws<ArgumentOutOfRangeException>(() => { PageTable.PgdOffset(space.Mm, 1UL << 47); }).ParamName);
        Assert.Equal("p4d", Assert.Throws<ArgumentException>(() => { PageTable.PudOffset((P4d<X86_64>*)space.Mm.Pgd, 0); }).ParamName);

        Pmd<X86_64>* pmd = space.Pmd;
        var pud = (nint)PageTable.PudOffset(PageTable.P4dOffset(PageTable.PgdOffset(space.Mm, TestSpace.Start), TestSpace.Start), TestSpace.Start);
        Pud<X86_64> old = PageTable.PudpGet((Pud<X86_64>*)pud);
        PageTable.SetPud((Pud<X86_64>*)pud, new Pud<X86_64>(0x4000_00e7));
        Assert.True(PageTable.PudTransUnstable((Pud<X86_64>*)pud));
        Assert.Equal("pud", Assert.Throws<ArgumentException>(() => { PageTable.PmdOffset((Pud<X86_64>*)pud, 0); }).ParamName);
        Assert.True(PageTable.PmdAllocWalk(space.Mm, TestSpace.Start) is null);
        PageTable.SetPud((Pud<X86_64>*)pud, old);
        Assert.False(PageTable.PudTransUnstable((Pud<X86_64>*)pud));
        Assert.True(pmd == space.Pmd);
    }

    [Fact]
    public void A_hole_is_passed_over_whole()
    {
        using var space = new TestSpace();
        Assert.True(PageTable.MmFindPmd(space.Mm, 0x1234_5000, out ulong next) is null);
        Assert.Equal(1UL << 39, next);
        _ = space.Pmd;
        Assert.True(PageTable.MmFindPmd(space.Mm, TestSpace.Start + TestSpace.Page, out next) is not null);
        Assert.Equal(TestSpace.Start + TestSpace.Huge, next);
        Assert.True(PageTable.MmFindPmd(space.Mm, 0, out next) is null);
        Assert.Equal(1UL << 30, next);
    }

    [Fact]
    public void A_range_ends_at_the_next_boundary_also_at_the_end_of_all_addresses()
    {
        Pmd<X86_64>* any = null;
        Assert.Equal(2UL << 21, PageTable.PmdAddrEnd(any, (1UL << 21) + 5, 9UL << 21));
        Assert.Equal((1UL << 21) + 7, PageTable.PmdAddrEnd(any, (1UL << 21) + 5, (1UL << 21) + 7));
        Assert.Equal(0UL, PageTable.PmdAddrEnd(any, ulong.MaxValue - 5, 0));
        Assert.Equal(1UL << 39, PageTable.PgdAddrEnd((Pgd<X86_64>*)null, 0, 0));
    }
}
