namespace PteGuard.Runtime.Tests;

public class VmFlagsTests
{
    [Fact]
    public void Flags_are_changed_with_the_mmap_lock_held_for_writing()
    {
        using var space = new TestSpace();
        Vma<X86_64> vma = space.Region();
        Assert.Throws<InvalidOperationException>(() => PageTable.VmFlagsSet(vma, VmFlags.Locked));
        space.Mm.MmapLock.EnterRead();
        Assert.Throws<InvalidOperationException>(() => PageTable.VmFlagsClear(vma, VmFlags.Locked));
        Misuse.Done();
        space.Mm.MmapLock.ExitRead();
        Assert.Equal(TestSpace.ReadWrite, vma.Flags);

        space.Mm.MmapLock.EnterWrite();
        PageTable.VmFlagsSet(vma, VmFlags.Locked);
        Assert.Equal(TestSpace.ReadWrite | VmFlags.Locked, vma.Flags);
        PageTable.VmFlagsClear(vma, VmFlags.Write);
        Assert.Equal(VmFlags.Read | VmFlags.Locked, vma.Flags);
        PageTable.VmFlagsMod(vma, VmFlags.Exec | VmFlags.Read, VmFlags.Read | VmFlags.Locked);
        Assert.Equal(VmFlags.Exec, vma.Flags);
        space.Mm.MmapLock.ExitWrite();
    }

    [Fact]
    public void A_region_that_nobody_can_reach_needs_no_lock()
    {
        using var space = new TestSpace();
        Vma<X86_64> vma = space.Region();
        space.Mm.Munmap(vma.Start, TestSpace.Huge);
        Assert.True(vma.IsDetached);
        PageTable.VmFlagsModUnlocked(vma, VmFlags.Exec, VmFlags.Write);
        Assert.Equal(VmFlags.Read | VmFlags.Exec, vma.Flags);
    }

    [Fact]
    public void First_flags_are_for_a_region_that_nobody_finds()
    {
        using var space = new TestSpace();
        var fresh = new Vma<X86_64>(space.Mm, TestSpace.Start, TestSpace.Start + TestSpace.Page, VmFlags.None);
        PageTable.VmFlagsInit(fresh, VmFlags.Read);
        Assert.Equal(VmFlags.Read, fresh.Flags);
        Vma<X86_64> linked = space.Region();
        Assert.Throws<InvalidOperationException>(() => PageTable.VmFlagsInit(linked, VmFlags.Read));
        Assert.Equal(TestSpace.ReadWrite, linked.Flags);
        PageTable.VmFlagsInit(fresh, VmFlags.Exec);
        Assert.Equal(VmFlags.Exec, fresh.Flags);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void All_flags_are_reset_with_the_lock_that_is_already_held(bool once)
    {
        using var space = new TestSpace();
        Vma<X86_64> vma = space.Region();
        Action<Vma<X86_64>, VmFlags> reset = once ? PageTable.VmFlagsResetOnce : PageTable.VmFlagsReset;
        Assert.Throws<InvalidOperationException>(() => reset(vma, VmFlags.None));
        space.Mm.MmapLock.EnterRead();
        Assert.Throws<InvalidOperationException>(() => reset(vma, VmFlags.None));
        Misuse.Done();
        space.Mm.MmapLock.ExitRead();
        Assert.Equal(TestSpace.ReadWrite, vma.Flags);
        space.Mm.MmapLock.EnterWrite();
        reset(vma, VmFlags.Read | VmFlags.Locked);
        space.Mm.MmapLock.ExitWrite();
        Assert.Equal(VmFlags.Read | VmFlags.Locked, vma.Flags);
    }
}
