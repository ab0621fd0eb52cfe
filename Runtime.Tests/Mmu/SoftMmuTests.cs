namespace PteGuard.Runtime.Tests;

/// <summary>An access that no fault can satisfy ends in an error: a unit never asks for the same thing forever.</summary>
public unsafe class SoftMmuTests
{
    private const ulong Addr = TestSpace.Start;

    [Fact]
    public void A_page_that_user_code_may_not_touch_is_an_error()
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1);
        Change(space, Addr, static pte => new Pte<X86_64>(pte.Value & ~X86.User));
        Assert.Equal(VmFault.SigSegv, mmu.Read(Addr, stackalloc byte[1]));
        Assert.Equal(VmFault.SigSegv, mmu.Write(Addr, [1]));

        mmu.IsUser = false;
        Assert.Equal(1, mmu.Load<int>(Addr));
    }

    [Theory]
    [InlineData(X86.User, false)]
    [InlineData(X86.Writable, true)]
    public void What_an_upper_level_forbids_is_an_error(ulong missing, bool write)
    {
        using var space = new TestSpace();
        space.Region();
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1);
        Pud<X86_64>* pud = PageTable.PudOffset(PageTable.P4dOffset(PageTable.PgdOffset(space.Mm, Addr), Addr), Addr);
        PageTable.SetPud(pud, new Pud<X86_64>(PageTable.PudpGet(pud).Value & ~missing));
        Assert.Equal(VmFault.SigSegv, write ? mmu.Write(Addr, [1]) : mmu.Read(Addr, stackalloc byte[1]));
    }

    [Fact]
    public void A_huge_page_that_user_code_may_not_touch_is_an_error()
    {
        using var space = new TestSpace();
        space.Region();
        Assert.True(space.Mm.MapHuge(Addr));
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1);
        PageTable.PmdpModify(space.Pmd, static pmd => new Pmd<X86_64>(pmd.Value & ~X86.User));
        Assert.Equal(VmFault.SigSegv, mmu.Read(Addr, stackalloc byte[1]));
        Assert.Equal(VmFault.SigSegv, mmu.Write(Addr, [1]));
    }

    [Fact]
    public void A_huge_page_without_access_in_a_region_with_access_gets_it_back()
    {
        using var space = new TestSpace();
        space.Region();
        Assert.True(space.Mm.MapHuge(Addr));
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr, 1);
        PageTable.PmdpModify(space.Pmd, static pmd => pmd.Modify(Pgprot<X86_64>.Of(VmFlags.None)));
        Assert.Equal(1, mmu.Load<int>(Addr));
        mmu.Store(Addr, 2);
        Assert.True(PageTable.PmdpGet(space.Pmd).IsTransHuge);
    }

    [Fact]
    public void A_huge_page_left_out_of_hardwares_reach_is_an_error()
    {
        using var space = new TestSpace();
        space.Region();
        Assert.True(space.Mm.MapHuge(Addr));
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        PageTable.PmdpModify(space.Pmd, static pmd => pmd.MkInvalid());
        Assert.Equal(VmFault.SigSegv, mmu.Read(Addr, stackalloc byte[1]));
    }

    [Theory]
    [InlineData(VmFlags.Exec)]
    [InlineData(VmFlags.Write)]
    public void A_region_that_lacks_only_reading_is_readable_as_hardware_has_it(VmFlags flags)
    {
        using var space = new TestSpace();
        space.Region(flags: flags);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        Assert.Equal(0, mmu.Load<int>(Addr));
        Assert.Equal((flags & VmFlags.Write) != 0 ? VmFault.None : VmFault.SigSegv, mmu.Write(Addr, [1]));
    }

    [Fact]
    public void Memory_that_is_in_no_arena_is_a_bus_error()
    {
        using var space = new TestSpace();
        space.Region();
        ulong frame = (PhysicalMemory.Size >> 12) - 1;
        Assert.Null(PhysicalMemory.FindArena(frame << 12));
        space.SetPte(Addr, PageTable.PfnPte(frame, Pgprot<X86_64>.Of(VmFlags.Read)).MkSpecial());
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        Assert.Equal(VmFault.SigBus, mmu.Read(Addr, stackalloc byte[1]));
    }

    [Fact]
    public void A_unit_for_a_disposed_address_space_is_refused_and_leaves_no_section_open()
    {
        using var space = new TestSpace();
        var mm = new Mm<X86_64>(space.Arena);
        mm.Dispose();
        Assert.Throws<ObjectDisposedException>(() => new SoftMmu<X86_64>(mm).Translate(Addr, MmuAccess.Read, out _));
        Assert.False(ReadSection.IsOpen);
    }

    private static void Change(TestSpace space, ulong addr, Func<Pte<X86_64>, Pte<X86_64>> change)
    {
        Pte<X86_64>* ptep = PageTable.PteOffsetMapLock(space.Mm, space.Pmd, addr, out PtLock ptl);
        PageTable.PtepModify(ptep, change);
        PageTable.PteUnmapUnlock(ptep, ptl);
    }
}
