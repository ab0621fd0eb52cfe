namespace PteGuard.Runtime.Tests;

/// <summary>What holds of huge pages and shared memory on every architecture. Each derives a class of one line.</summary>
public abstract unsafe class HugeContract<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    /// <summary>Aligned to a huge page of any architecture.</summary>
    private const ulong Addr = 1UL << 30;

    private static ulong Page => 1UL << TArch.PageShift;

    private static ulong Huge => 1UL << TArch.PmdShift;

    /// <summary>Where a huge page is half a gigabyte, the small test machines have no room for two.</summary>
    private static bool IsTooLarge => TArch.PmdShift > 26;

    [Fact]
    public void A_huge_page_is_faulted_in_and_split_and_collapsed_and_keeps_its_contents()
    {
        if (IsTooLarge || !TArch.HasHugePmd)
            return;
        using var space = new TestSpace<TArch>((long)(4 * Huge) + (32 << 20));
        space.Mm.Mmap(Addr, Huge, TestSpace.ReadWrite | VmFlags.HugePage);
        using var mmu = new SoftMmu<TArch>(space.Mm);
        for (ulong addr = Addr; addr < Addr + Huge; addr += Page)
            mmu.Store(addr, addr);
        Pmd<TArch>* pmd = PageTable.MmFindPmd(space.Mm, Addr);
        Assert.True(PageTable.PmdpGet(pmd) is { IsTransHuge: true, IsDirty: true });
        Assert.True(space.Mm.SplitHuge(Addr));
        Assert.False(PageTable.PmdpGet(pmd).IsTransHuge);
        Assert.True(space.PteAt(Addr + Huge - Page) is { IsDirty: true, IsWritable: true });
        space.Mm.MadviseDontNeed(Addr + Page, Page);
        mmu.Store(Addr, 5UL);
        Assert.Equal(CollapseResult.Succeeded, space.Mm.CollapseHuge(Addr));
        for (ulong addr = Addr; addr < Addr + Huge; addr += Page)
            Assert.Equal(addr == Addr ? 5 : addr == Addr + Page ? 0 : addr, mmu.Load<ulong>(addr));
        mmu.Store(Addr + Page, 6UL);
        Assert.True(PageTable.PmdpGet(pmd).IsTransHuge);
        space.Mm.MadviseDontNeed(Addr, Huge);
        Assert.True(PageTable.PmdpGet(pmd).IsNone);
    }

    [Fact]
    public void Shared_memory_survives_its_tables()
    {
        if (IsTooLarge)
            return;
        using var space = new TestSpace<TArch>((long)(2 * Huge) + (32 << 20));
        using var memory = new SharedMemory(space.Arena, Huge, TArch.PageShift);
        space.Mm.MmapShared(Addr, Huge, TestSpace.ReadWrite | VmFlags.Shared, memory, 0);
        space.Mm.MmapShared(Addr + Huge, Huge, TestSpace.ReadWrite, memory, 0);
        using var mmu = new SoftMmu<TArch>(space.Mm);
        mmu.Store(Addr + Page, 1UL);
        Assert.Equal(1UL, mmu.Load<ulong>(Addr + Huge + Page));
        Assert.True(space.Mm.RetractPageTables(Addr));
        Assert.True(PageTable.PmdpGet(PageTable.MmFindPmd(space.Mm, Addr)).IsNone);
        mmu.Store(Addr + Huge + Page, 2UL);
        Assert.Equal(1UL, mmu.Load<ulong>(Addr + Page));
        Assert.False(space.Mm.RetractPageTables(Addr + Huge));
        Assert.True(space.Mm.GetUserPagesFast(Addr + Page, write: true, out Page page));
        Assert.Equal(1UL, *(ulong*)page.Pointer);
        Assert.True(page.IsDirty, "the mark of the entry that was retracted");
        page.Put();
        space.Mm.MadviseDontNeed(Addr, 2 * Huge);
        Assert.Equal(1UL, mmu.Load<ulong>(Addr + Huge + Page));
    }

    [Fact]
    public void A_huge_page_of_references_is_the_part_that_was_asked_for()
    {
        if (IsTooLarge || !TArch.HasHugePmd)
            return;
        using var space = new TestSpace<TArch>((long)(2 * Huge) + (32 << 20));
        space.Mm.Mmap(Addr, Huge, TestSpace.ReadWrite | VmFlags.HugePage);
        using var mmu = new SoftMmu<TArch>(space.Mm);
        mmu.Store(Addr + (3 * Page), 3UL);
        Assert.True(space.Mm.GetUserPagesFast(Addr + (3 * Page) + 8, write: true, out Page page));
        Assert.Equal(3UL, *(ulong*)page.Pointer);
        Assert.Equal(2, page.RefCount);
        Assert.True(space.Mm.ZapHuge(Addr));
        Assert.Equal(3UL, *(ulong*)page.Pointer);
        page.Put();
    }
}

public class X86_64HugeTests : HugeContract<X86_64>;

public class X86_64La57HugeTests : HugeContract<X86_64La57>;

public class X86PaeHugeTests : HugeContract<X86Pae>;

public class Arm64K4HugeTests : HugeContract<Arm64K4>;

public class Arm64K16HugeTests : HugeContract<Arm64K16>;

public class RiscV64Sv39HugeTests : HugeContract<RiscV64Sv39>;

public class RiscV64Sv48HugeTests : HugeContract<RiscV64Sv48>;

public class RiscV64Sv57HugeTests : HugeContract<RiscV64Sv57>;

public class S390XHugeTests : HugeContract<S390X>;
