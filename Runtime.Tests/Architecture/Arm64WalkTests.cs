namespace PteGuard.Runtime.Tests;

public class Arm64K4WalkTests : Arm64WalkTests<Arm64K4>;

public class Arm64K16WalkTests : Arm64WalkTests<Arm64K16>;

public class Arm64K64WalkTests : Arm64WalkTests<Arm64K64>;

/// <summary>What the manual says of a translation (Arm ARM DDI 0487, sections D8.3 to D8.5): what is allowed, and what hardware writes back.</summary>
public abstract unsafe class Arm64WalkTests<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private const ulong Addr = 1UL << 30;
    private const ulong Page = 3, User = 1 << 6, ReadOnly = 1 << 7, Af = 1 << 10, Dbm = 1UL << 51, Cont = 1UL << 52, Pxn = 1UL << 53, Uxn = 1UL << 54;
    private const MmuAccess Read = MmuAccess.Read, Write = MmuAccess.Write, Execute = MmuAccess.Execute, ByUser = MmuAccess.User;

    [Theory]
    [InlineData(User | ReadOnly, Read | ByUser, MmuFault.None)]
    [InlineData(ReadOnly, Read | ByUser, MmuFault.Protection)]
    [InlineData(ReadOnly, Read, MmuFault.None)]
    [InlineData(User | ReadOnly, Write | ByUser, MmuFault.Protection)]
    [InlineData(User | ReadOnly, Write, MmuFault.Protection)]
    [InlineData(User, Write | ByUser, MmuFault.None)]
    [InlineData(0UL, Write | ByUser, MmuFault.Protection)]
    [InlineData(0UL, Write, MmuFault.None)]
    [InlineData(User | ReadOnly | Dbm, Write | ByUser, MmuFault.None)]
    [InlineData(ReadOnly | Dbm, Write | ByUser, MmuFault.Protection)]
    [InlineData(User | ReadOnly, Execute | ByUser, MmuFault.None)]
    [InlineData(ReadOnly, Execute | ByUser, MmuFault.None)]
    [InlineData(User | ReadOnly | Uxn, Execute | ByUser, MmuFault.Protection)]
    [InlineData(User | ReadOnly | Uxn, Execute, MmuFault.None)]
    [InlineData(ReadOnly | Pxn, Execute, MmuFault.Protection)]
    [InlineData(User, Execute, MmuFault.Protection)]
    [InlineData(User | ReadOnly | Dbm, Execute, MmuFault.Protection)]
    [InlineData(0UL, Execute, MmuFault.None)]
    public void A_leaf_allows_what_the_manual_says(ulong bits, MmuAccess access, MmuFault expected)
    {
        using var space = new TestSpace<TArch>();
        ulong frame = Mapped(space, Page | bits);
        using var mmu = new SoftMmu<TArch>(space.Mm);
        Assert.Equal(expected, mmu.Translate(Addr + 0x123, access, out ulong physical));
        Assert.Equal(expected == MmuFault.None ? frame + 0x123 : 0, physical);
    }

    [Theory]
    [InlineData(1UL << 59, Execute, false)]
    [InlineData(1UL << 59, Execute | ByUser, true)]
    [InlineData(1UL << 60, Execute | ByUser, false)]
    [InlineData(1UL << 60, Execute, true)]
    [InlineData(1UL << 61, Read | ByUser, false)]
    [InlineData(1UL << 61, Write | ByUser, false)]
    [InlineData(1UL << 61, Write, true)]
    [InlineData(1UL << 62, Write, false)]
    [InlineData(1UL << 62, Write | ByUser, false)]
    [InlineData(1UL << 62, Read | ByUser, true)]
    public void A_table_forbids_for_all_that_is_below(ulong bits, MmuAccess access, bool allowed)
    {
        using var space = new TestSpace<TArch>();
        Mapped(space, Page | User | ((access & Execute) != 0 ? ReadOnly : Dbm));
        Pmd<TArch>* pmdp = PageTable.MmFindPmd(space.Mm, Addr);
        Pmd<TArch> table = PageTable.PmdpGet(pmdp);
        using var mmu = new SoftMmu<TArch>(space.Mm);
        Assert.Equal(MmuFault.None, mmu.Translate(Addr, access, out _));
        PageTable.SetPmd(pmdp, new(table.Value | bits));
        Assert.Equal(allowed ? MmuFault.None : MmuFault.Protection, mmu.Translate(Addr, access, out _));
        PageTable.SetPmd(pmdp, table);

        Pgd<TArch>* pgdp = PageTable.PgdOffset(space.Mm, Addr);
        PageTable.SetPgd(pgdp, new(PageTable.PgdpGet(pgdp).Value | bits));
        Assert.Equal(allowed ? MmuFault.None : MmuFault.Protection, mmu.Translate(Addr, access, out _));
    }

    [Fact]
    public void The_tables_of_a_process_hold_nothing_that_the_kernel_executes()
    {
        using var space = new TestSpace<TArch>();
        space.Mm.Mmap(Addr, 1UL << TArch.PageShift, VmFlags.Read | VmFlags.Exec);
        using var mmu = new SoftMmu<TArch>(space.Mm);
        mmu.Load<int>(Addr);
        ulong pte = Raw(space);
        Cell.Store(Entry(space), pte & ~Pxn);
        Assert.Equal(MmuFault.Protection, mmu.Translate(Addr, Execute, out _));
        Assert.Equal(MmuFault.None, mmu.Translate(Addr, Execute | ByUser, out _));
    }

    [Fact]
    public void Hardware_marks_the_leaf_it_used()
    {
        using var space = new TestSpace<TArch>();
        ulong frame = Mapped(space, Page | User | ReadOnly | Dbm | Cont);
        using var mmu = new SoftMmu<TArch>(space.Mm);
        Assert.Equal(MmuFault.Protection, mmu.Translate(Addr, Execute, out _));
        Assert.Equal(frame | Page | User | ReadOnly | Dbm | Cont, Raw(space));
        Assert.Equal(MmuFault.None, mmu.Translate(Addr, Read, out _));
        Assert.Equal(frame | Page | User | ReadOnly | Dbm | Cont | Af, Raw(space));
        Assert.Equal(MmuFault.None, mmu.Translate(Addr, Write, out _));
        Assert.Equal(frame | Page | User | Dbm | Cont | Af, Raw(space));
    }

    [Theory]
    [InlineData(0UL, MmuFault.NotPresent)]
    [InlineData(2UL, MmuFault.NotPresent)]
    [InlineData(1UL | Af, MmuFault.ReservedBit)]
    [InlineData(Page | (1UL << 47), MmuFault.ReservedBit)]
    public void A_descriptor_that_is_no_page_is_refused(ulong bits, MmuFault expected)
    {
        using var space = new TestSpace<TArch>();
        ulong frame = Mapped(space, bits);
        using var mmu = new SoftMmu<TArch>(space.Mm);
        Assert.Equal(expected, mmu.Translate(Addr, Read, out _));
        Cell.Store(Entry(space), frame | Page);
        Assert.Equal(MmuFault.NotCanonical, mmu.Translate(1UL << 48, Read, out _));
        Assert.Equal(MmuFault.NotCanonical, mmu.Translate(0xffffUL << 48, Read, out _));
    }

    [Fact]
    public void A_block_that_is_not_aligned_and_a_table_outside_memory_are_refused()
    {
        using var space = new TestSpace<TArch>();
        ulong frame = Mapped(space, Page | User);
        Page odd = space.Arena.AllocPage(TArch.PageShift - 12);
        Assert.NotEqual(0UL, Math.Max(frame, odd.Address) & ((1UL << TArch.PmdShift) - 1));
        Pmd<TArch>* pmdp = PageTable.MmFindPmd(space.Mm, Addr);
        Pmd<TArch> table = PageTable.PmdpGet(pmdp);
        using var mmu = new SoftMmu<TArch>(space.Mm);
        PageTable.SetPmd(pmdp, new(Math.Max(frame, odd.Address) | 1));
        Assert.Equal(MmuFault.ReservedBit, mmu.Translate(Addr, Read, out _));
        PageTable.SetPmd(pmdp, new((1UL << 47) | Page));
        Assert.Equal(MmuFault.ReservedBit, mmu.Translate(Addr, Read, out _));
        PageTable.SetPmd(pmdp, table);
        odd.Put();
    }

    [Fact]
    public void Above_the_largest_block_of_the_granule_there_are_only_tables()
    {
        using var space = new TestSpace<TArch>();
        ulong frame = Mapped(space, Page | User);
        Pgd<TArch>* pgdp = PageTable.PgdOffset(space.Mm, frame);
        Pgd<TArch> root = PageTable.PgdpGet(pgdp);
        using var mmu = new SoftMmu<TArch>(space.Mm);
        PageTable.SetPgd(pgdp, new(User | 1));
        Assert.Equal(MmuFault.ReservedBit, mmu.Translate(frame, Read, out _));
        PageTable.SetPgd(pgdp, root);
        if (TArch.PageShift != 14)
            return;

        Pud<TArch>* pudp = PageTable.PudOffset(PageTable.P4dOffset(pgdp, Addr), frame);
        Pud<TArch> upper = PageTable.PudpGet(pudp);
        PageTable.SetPud(pudp, new(User | 1));
        Assert.Equal(MmuFault.ReservedBit, mmu.Translate(frame, Read, out _));
        PageTable.SetPud(pudp, upper);
    }

    /// <summary>Puts a page behind the first address, with these bits and no others, through tables that forbid nothing; returns its physical address.</summary>
    private static ulong Mapped(TestSpace<TArch> space, ulong bits)
    {
        const ulong pxnTable = 1UL << 59;
        space.Mm.Mmap(Addr, 1UL << TArch.PageShift, TestSpace.ReadWrite);
        Assert.Equal(VmFault.None, space.Mm.Fault(Addr, FaultFlags.Write));
        PageTable.PgdpModify(PageTable.PgdOffset(space.Mm, Addr), static pgd => new(pgd.Value & ~pxnTable));
        PageTable.PudpModify(PageTable.PudOffset(PageTable.P4dOffset(PageTable.PgdOffset(space.Mm, Addr), Addr), Addr), static pud => new(pud.Value & ~pxnTable));
        PageTable.PmdpModify(PageTable.MmFindPmd(space.Mm, Addr), static pmd => new(pmd.Value & ~pxnTable));
        ulong frame = space.PteAt(Addr).Page.Address;
        Cell.Store(Entry(space), frame | bits);
        return frame;
    }

    private static ulong Raw(TestSpace<TArch> space) => Volatile.Read(ref *Entry(space));

    /// <summary>The entry as hardware has it: nothing else knows of the table in these tests.</summary>
    private static ulong* Entry(TestSpace<TArch> space) => (ulong*)PageTable.PteOffsetKernel(PageTable.MmFindPmd(space.Mm, Addr), Addr);
}
