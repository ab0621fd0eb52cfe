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
}
