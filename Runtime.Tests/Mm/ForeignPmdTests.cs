namespace PteGuard.Runtime.Tests;

/// <summary>Huge entries that the runtime did not make: device memory, memory outside the arenas, without a deposited table.</summary>
public unsafe class ForeignPmdTests
{
    private const ulong Addr = TestSpace.Start;
    private static readonly ulong s_outside = (PhysicalMemory.Size >> 12) - 512;

    private static readonly Pgprot<X86_64> s_protection = Pgprot<X86_64>.Of(TestSpace.ReadWrite);

    [Theory]
    [InlineData("unmap", true)]
    [InlineData("unmap a part", true)]
    [InlineData("drop", true)]
    [InlineData("protect", false)]
    [InlineData("protect a part", true)]
    public void Device_memory_in_a_range_is_passed_over_or_taken_out(string operation, bool gone)
    {
        using var space = new TestSpace();
        space.Region(2 * TestSpace.Huge);
        PageTable.SetPmdAt(space.Mm, Addr, space.Pmd, new Pmd<X86_64>(Pmd<X86_64>.MkHuge(s_outside, s_protection).Value | X86.Devmap));
        Operate(space.Mm, operation);
        Pmd<X86_64>* pmd = PageTable.MmFindPmd(space.Mm, Addr);
        Assert.Equal(gone, pmd is null || PageTable.PmdpGet(pmd).IsNone);
        if (!gone)
            Assert.True(PageTable.PmdpGet(pmd).IsDevmap);
    }

    [Theory]
    [InlineData("unmap")]
    [InlineData("unmap a part")]
    [InlineData("drop")]
    [InlineData("protect")]
    [InlineData("protect a part")]
    public void A_huge_page_outside_the_arenas_is_not_counted(string operation)
    {
        using var space = new TestSpace();
        space.Region(2 * TestSpace.Huge);
        PageTable.PgtableTransHugeDeposit(space.Mm, space.Pmd, PageTable.PteAllocOne(space.Mm));
        PageTable.SetPmdAt(space.Mm, Addr, space.Pmd, Pmd<X86_64>.MkHuge(s_outside, s_protection));
        Operate(space.Mm, operation);
        Assert.False(PageTable.PmdLockptr(space.Mm, space.Pmd).IsHeld);
    }

    [Fact]
    public void A_write_to_a_huge_page_outside_the_arenas_is_no_ones_to_copy()
    {
        using var space = new TestSpace();
        space.Region(2 * TestSpace.Huge);
        PageTable.PgtableTransHugeDeposit(space.Mm, space.Pmd, PageTable.PteAllocOne(space.Mm));
        PageTable.SetPmdAt(space.Mm, Addr, space.Pmd, Pmd<X86_64>.MkHuge(s_outside, s_protection));
        VmFault fault = VmFault.None;
        for (int i = 0; i < 3 && fault == VmFault.None; i++)
            fault = space.Mm.Fault(Addr, FaultFlags.Write | FaultFlags.User);
        Assert.Equal(VmFault.SigBus, fault);
        Assert.False(PageTable.PmdLockptr(space.Mm, space.Pmd).IsHeld);
    }

    [Fact]
    public void Splitting_without_a_deposited_table_is_refused_before_anything_changed()
    {
        using var space = new TestSpace();
        space.Region(2 * TestSpace.Huge);
        Pmd<X86_64> huge = Pmd<X86_64>.MkHuge(s_outside, s_protection);
        PageTable.SetPmdAt(space.Mm, Addr, space.Pmd, huge);
        Assert.Throws<InvalidOperationException>(() => space.Mm.Munmap(Addr + TestSpace.Page, TestSpace.Page));
        Assert.Throws<InvalidOperationException>(() => space.Mm.ZapHuge(Addr));
        Assert.True(PageTable.PmdSame(huge, PageTable.PmdpGet(space.Pmd)));
        Assert.False(PageTable.PmdLockptr(space.Mm, space.Pmd).IsHeld);
        Assert.False(space.Mm.MmapLock.IsHeld);
        PageTable.PmdClear(space.Pmd);
    }

    [Fact]
    public void A_table_deposited_for_an_entry_that_is_gone_is_freed_with_its_directory()
    {
        using var space = new TestSpace();
        space.Region();
        PageTable.PgtableTransHugeDeposit(space.Mm, space.Pmd, PageTable.PteAllocOne(space.Mm));
        PageTable.SetPmdAt(space.Mm, Addr, space.Pmd, Pmd<X86_64>.FromSwpEntry(new SwpEntry(SwpEntry.MigrationRead, 0x400)));
        space.Mm.Munmap(Addr, TestSpace.Huge);
        Assert.Equal(PhysicalMemory.FrameSize, space.Mm.PgtablesBytes);
    }

    [Fact]
    public void A_table_outside_the_arenas_is_left_alone()
    {
        using var space = new TestSpace();
        foreach (ulong address in new[] { s_outside << 12, 0x000f_0000_0000_0000UL })
        {
            PageTable.SetPmd(space.Pmd, new Pmd<X86_64>(address | X86.Table));
            Assert.False(PageTable.TryReclaimPteTable(space.Mm, space.Pmd));
        }

        // And disposing the address space does not go down it either.
    }

    private static void Operate(Mm<X86_64> mm, string operation)
    {
        switch (operation)
        {
            case "unmap":
                mm.Munmap(Addr, 2 * TestSpace.Huge);
                break;
            case "unmap a part":
                mm.Munmap(Addr + TestSpace.Page, TestSpace.Page);
                break;
            case "drop":
                mm.MadviseDontNeed(Addr, 2 * TestSpace.Huge);
                break;
            case "protect":
                mm.Mprotect(Addr, 2 * TestSpace.Huge, VmFlags.Read);
                break;
            case "protect a part":
                mm.Mprotect(Addr + TestSpace.Page, TestSpace.Page, VmFlags.Read);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(operation), operation, "No such operation.");
        }
    }
}
