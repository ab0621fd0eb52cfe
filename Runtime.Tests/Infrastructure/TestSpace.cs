namespace PteGuard.Runtime.Tests;

/// <summary>The one that most tests use: x86-64.</summary>
public sealed class TestSpace(long bytes = 32 << 20) : TestSpace<X86_64>(bytes)
{
    public const ulong Page = 1UL << 12;
    public const ulong Huge = 1UL << 21;
    public const ulong Start = 0x4000_0000;
    public const VmFlags ReadWrite = VmFlags.Read | VmFlags.Write;
}

/// <summary>An arena and an address space of a test's own; disposing them asserts that nothing is left behind.</summary>
public unsafe partial class TestSpace<TArch> : IDisposable
    where TArch : unmanaged, IArchitecture<TArch>
{
    public TestSpace(long bytes = 32 << 20)
    {
        Arena = new Arena(bytes);
        Mm = new Mm<TArch>(Arena);
    }

    public Arena Arena { get; }

    public Mm<TArch> Mm { get; }

    /// <summary>The pmd entry of the first huge page's worth of addresses, empty at first.</summary>
    public Pmd<TArch>* Pmd => PageTable.PmdAllocWalk(Mm, TestSpace.Start);

    /// <summary>The same, with an empty table.</summary>
    public Pmd<TArch>* PmdWithTable()
    {
        Pmd<TArch>* pmd = Pmd;
        Assert.True(PageTable.PteAlloc(Mm, pmd));
        return pmd;
    }

    public Vma<TArch> Region(ulong bytes = TestSpace.Huge, VmFlags flags = TestSpace.ReadWrite) => Mm.Mmap(TestSpace.Start, bytes, flags);

    /// <summary>What the entry of an address is now; none where there is no table.</summary>
    public Pte<TArch> PteAt(ulong addr)
    {
        Pmd<TArch>* pmd = PageTable.MmFindPmd(Mm, addr);
        if (pmd is null)
            return Pte<TArch>.None;
        Pte<TArch>* ptep = PageTable.PteOffsetMap(pmd, addr);
        if (ptep is null)
            return Pte<TArch>.None;
        Pte<TArch> pte = PageTable.PtepGetLockless(ptep);
        PageTable.PteUnmap(ptep);
        return pte;
    }

    public void SetPte(ulong addr, Pte<TArch> pte)
    {
        Pte<TArch>* ptep = PageTable.GetLockedPte(Mm, addr, out PtLock ptl);
        Assert.True(ptep is not null);
        PageTable.SetPteAt(Mm, addr, ptep, pte);
        PageTable.PteUnmapUnlock(ptep, ptl);
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);

        // A test that failed inside a mapping must not hang the ones that wait for readers.
        bool mapped = ReadSection.IsOpen;
        while (LocalIrq.TryRestore())
        {
        }

        while (ReadSection.IsOpen)
            PageTable.RcuReadUnlock();
        Assert.False(mapped, "the test failed inside a mapping, or left one behind");
        Mm.Dispose();
        PageTable.RcuBarrier();
        Assert.Equal(Arena.FrameCount, Arena.FreeFrames);
        Arena.Dispose();
        AfterUse();
    }

    /// <summary>Where the contract is checked: that nothing broke it.</summary>
    static partial void AfterUse();
}
