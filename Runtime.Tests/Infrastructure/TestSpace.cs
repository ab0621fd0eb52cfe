namespace PteGuard.Runtime.Tests;

/// <summary>An arena and an address space of a test's own; disposing them asserts that nothing is left behind.</summary>
public sealed unsafe class TestSpace : IDisposable
{
    public const ulong Page = 1UL << 12;
    public const ulong Huge = 1UL << 21;
    public const ulong Start = 0x4000_0000;
    public const VmFlags ReadWrite = VmFlags.Read | VmFlags.Write;

    public TestSpace(long bytes = 32 << 20)
    {
        Arena = new Arena(bytes);
        Mm = new Mm<X86_64>(Arena);
    }

    public Arena Arena { get; }

    public Mm<X86_64> Mm { get; }

    /// <summary>The pmd entry of the first huge page's worth of addresses, empty at first.</summary>
    public Pmd<X86_64>* Pmd => PageTable.PmdAllocWalk(Mm, Start);

    /// <summary>The same, with an empty table.</summary>
    public Pmd<X86_64>* PmdWithTable()
    {
        Pmd<X86_64>* pmd = Pmd;
        Assert.True(PageTable.PteAlloc(Mm, pmd));
        return pmd;
    }

    public Vma<X86_64> Region(ulong bytes = Huge, VmFlags flags = ReadWrite) => Mm.Mmap(Start, bytes, flags);

    /// <summary>What the entry of an address is now; none where there is no table.</summary>
    public Pte<X86_64> PteAt(ulong addr)
    {
        Pmd<X86_64>* pmd = PageTable.MmFindPmd(Mm, addr);
        if (pmd is null)
            return Pte<X86_64>.None;
        Pte<X86_64>* ptep = PageTable.PteOffsetMap(pmd, addr);
        if (ptep is null)
            return Pte<X86_64>.None;
        Pte<X86_64> pte = PageTable.PtepGetLockless(ptep);
        PageTable.PteUnmap(ptep);
        return pte;
    }

    public void SetPte(ulong addr, Pte<X86_64> pte)
    {
        Pte<X86_64>* ptep = PageTable.GetLockedPte(Mm, addr, out PtLock ptl);
        Assert.True(ptep is not null);
        PageTable.SetPteAt(Mm, addr, ptep, pte);
        PageTable.PteUnmapUnlock(ptep, ptl);
    }

    public void Dispose()
    {
        // A test that failed inside a mapping must not hang the ones that wait for readers.
        bool mapped = ReadSection.IsOpen;
        while (ReadSection.IsOpen)
            PageTable.RcuReadUnlock();
        Assert.False(mapped, "the test failed inside a mapping, or left one behind");
        Mm.Dispose();
        PageTable.RcuBarrier();
        Assert.Equal(Arena.FrameCount, Arena.FreeFrames);
        Arena.Dispose();
    }
}
