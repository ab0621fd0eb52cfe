namespace PteGuard.Runtime.Tests;

public unsafe class SmokeTests
{
    [Fact]
    public void A_write_through_the_mmu_is_read_back_and_leaves_nothing_behind()
    {
        using var arena = new Arena(16 << 20);
        long free = arena.FreeFrames;
        using (var mm = new Mm<X86_64>(arena))
        {
            Vma<X86_64> vma = mm.Mmap(0x40_0000, 4 << 20, VmFlags.Read | VmFlags.Write);
            using (var mmu = new SoftMmu<X86_64>(mm))
            {
                mmu.Store(vma.Start + 8, 42UL);
                Assert.Equal(42UL, mmu.Load<ulong>(vma.Start + 8));
                Assert.True(mm.MapHuge(vma.Start + (2 << 20)));
                mmu.Store(vma.Start + (2 << 20) + 0x12345, 7);
                mm.Munmap(vma.Start + (2 << 20) + 0x10000, 0x1000);
                Assert.Equal(7, mmu.Load<int>(vma.Start + (2 << 20) + 0x12345));
                mm.Mprotect(vma.Start, 0x1000, VmFlags.Read);
                Assert.Throws<MemoryFaultException>(() => mmu.Store(vma.Start + 8, 1UL));
                Assert.Equal(42UL, mmu.Load<ulong>(vma.Start + 8));
            }
        }

        PageTable.RcuBarrier();
        Assert.Equal(free, arena.FreeFrames);
    }
}
