#if DEBUG
namespace PteGuard.Runtime.Tests;

/// <summary>Race R19: two tables have one lock, so who takes the locks of both would wait for himself.</summary>
public abstract unsafe class LockAliasContract<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private const ulong From = 1UL << 30;

    private static ulong Page => 1UL << TArch.PageShift;

    private static ulong Huge => 1UL << TArch.PmdShift;

    private static ulong To => From + (8 * Huge);

    /// <summary>Not a whole table, so that entries move one by one, with the locks of both tables.</summary>
    private static ulong Size => Huge / 2;

    [Fact]
    public void Entries_move_between_two_tables_of_one_lock()
    {
        using TestSpace<TArch> space = WithTwoTables();
        Assert.Equal(To, Remap(space.Mm));
        Assert.Equal(7, Load(space.Mm, To));
    }

    [Fact]
    public void Without_the_comparison_who_moves_entries_waits_for_himself()
    {
        using TestSpace<TArch> space = WithTwoTables();
        using Defence.Removal _ = Defence.Remove(Defence.CompareLocks);
        Assert.Throws<LockRecursionException>(() => Remap(space.Mm));
        LeaveAll(space.Mm);
    }

    [Fact]
    public void A_page_moves_between_two_tables_of_one_lock()
    {
        using TestSpace<TArch> space = WithTwoTables();
        using Userfault<TArch> userfault = space.Mm.UserfaultRegister(To, Size, UserfaultMode.Missing);
        Assert.Equal(UserfaultResult.Succeeded, userfault.Move(To, From, Page));
        Assert.Equal(7, Load(space.Mm, To));
    }

    [Fact]
    public void Without_the_comparison_who_moves_a_page_waits_for_himself()
    {
        using TestSpace<TArch> space = WithTwoTables();
        using Userfault<TArch> userfault = space.Mm.UserfaultRegister(To, Size, UserfaultMode.Missing);
        using (Defence.Remove(Defence.CompareLocks))
            Assert.Throws<LockRecursionException>(() => userfault.Move(To, From, Page));
        LeaveAll(space.Mm);
    }

    [Fact]
    public void A_page_moves_within_one_table()
    {
        using TestSpace<TArch> space = WithTwoTables();
        using Userfault<TArch> userfault = space.Mm.UserfaultRegister(From + Page, Page, UserfaultMode.Missing);
        Assert.Equal(UserfaultResult.Succeeded, userfault.Move(From + Page, From, Page));
        Assert.Equal(7, Load(space.Mm, From + Page));
    }

    [Fact]
    public void Nothing_else_that_takes_two_locks_waits_for_itself()
    {
        using TestSpace<TArch> space = WithTwoTables();
        using var memory = new SharedMemory(space.Arena, Huge, TArch.PageShift);
        Mm<TArch> mm = space.Mm;
        mm.MmapShared(From + (16 * Huge), Huge, TestSpace.ReadWrite | VmFlags.Shared, memory, 0);
        Store(mm, From + (16 * Huge), 1);
        Assert.True(mm.RetractPageTables(From + (16 * Huge)));
        if (TArch.HasHugePmd)
            Assert.Equal(CollapseResult.Succeeded, mm.CollapseHuge(From));
        using (Mm<TArch> child = mm.Fork())
            Store(child, From, 2);
        mm.Mremap(From, Huge, Huge, MremapFlags.MayMove | MremapFlags.Fixed, From + (24 * Huge));
        Assert.Equal(7, Load(mm, From + (24 * Huge)));
        mm.MadviseDontNeed(To, Huge);
        Store(mm, To, 3);
        mm.Munmap(To, Huge);
    }

    private static TestSpace<TArch> WithTwoTables()
    {
        var space = new TestSpace<TArch>(64 << 20);
        space.Mm.Mmap(From, Huge, TestSpace.ReadWrite);
        space.Mm.Mmap(To, Huge, TestSpace.ReadWrite);
        Store(space.Mm, From, 7);
        Store(space.Mm, To + Size, 1);
        PtLock one = PageTable.PteLockptr(space.Mm, PageTable.MmFindPmd(space.Mm, From));
        Assert.Equal(one, PageTable.PteLockptr(space.Mm, PageTable.MmFindPmd(space.Mm, To)));
        return space;
    }

    private static ulong Remap(Mm<TArch> mm) => mm.Mremap(From, Size, Size, MremapFlags.MayMove | MremapFlags.Fixed, To);

    /// <summary>What the one who locked himself out still holds.</summary>
    private static void LeaveAll(Mm<TArch> mm)
    {
        PtLock held = PageTable.PteLockptr(mm, PageTable.MmFindPmd(mm, From));
        if (held.IsHeld)
            held.Exit();
        while (ReadSection.IsOpen)
            PageTable.RcuReadUnlock();
        Misuse.Done();
    }

    private static int Load(Mm<TArch> mm, ulong addr)
    {
        using var mmu = new SoftMmu<TArch>(mm);
        return mmu.Load<int>(addr);
    }

    private static void Store(Mm<TArch> mm, ulong addr, int value)
    {
        using var mmu = new SoftMmu<TArch>(mm);
        mmu.Store(addr, value);
    }
}

public sealed class LockAliasTestsOfS390 : LockAliasContract<S390X>;

public sealed class LockAliasTestsOfOneLock : LockAliasContract<OneLock>;
#endif
