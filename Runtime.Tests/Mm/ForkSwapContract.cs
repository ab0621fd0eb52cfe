namespace PteGuard.Runtime.Tests;

/// <summary>Fork and swap on every architecture, each with its own empty entry, dirty marks and place for the exclusive mark. A class of one line runs it.</summary>
public abstract unsafe class ForkSwapContract<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private const ulong Start = 1UL << 30;

    private static ulong PageBytes => 1UL << TArch.PageShift;

    [Fact]
    public void A_fork_shares_until_one_side_writes_and_a_swapped_page_comes_back_to_both()
    {
        using var swap = new SwapArea<TArch>(4);
        using var space = new TestSpace<TArch>();
        Mm<TArch> mm = space.Mm;
        mm.SwapOn(swap);
        mm.Mmap(Start, 4 * PageBytes, TestSpace.ReadWrite);
        using var mmu = new SoftMmu<TArch>(mm);
        mmu.Store(Start, 1UL);
        mmu.Store(Start + PageBytes, 2UL);
        Assert.True(mm.SwapOut(Start + PageBytes));
        Assert.True(space.PteAt(Start + PageBytes) is { IsSwap: true, IsSwpExclusive: true });

        using Mm<TArch> child = mm.Fork();
        using var childMmu = new SoftMmu<TArch>(child);
        Assert.True(space.PteAt(Start) is { IsPresent: true, IsWritable: false, IsDirty: true });
        Assert.True(Entry.Of(child, Start) is { IsPresent: true, IsWritable: false, IsYoung: false });
        Assert.True(space.PteAt(Start + PageBytes) is { IsSwap: true, IsSwpExclusive: false });
        Assert.True(Entry.Of(child, Start + PageBytes) is { IsSwap: true, IsSwpExclusive: false });

        childMmu.Store(Start, 3UL);
        mmu.Store(Start + PageBytes, 4UL);
        Assert.Equal((1UL, 4UL), (mmu.Load<ulong>(Start), mmu.Load<ulong>(Start + PageBytes)));
        Assert.Equal((3UL, 2UL), (childMmu.Load<ulong>(Start), childMmu.Load<ulong>(Start + PageBytes)));
        Assert.Equal(0, swap.UsedSlots);
    }

    [Fact]
    public void A_page_that_comes_back_exclusive_is_written_where_it_is()
    {
        using var swap = new SwapArea<TArch>(4);
        using var space = new TestSpace<TArch>();
        space.Mm.SwapOn(swap);
        space.Mm.Mmap(Start, PageBytes, TestSpace.ReadWrite);
        using var mmu = new SoftMmu<TArch>(space.Mm);
        mmu.Store(Start + PageBytes - 8, 1UL);
        Assert.True(space.Mm.SwapOut(Start));
        Assert.Equal(1UL, mmu.Load<ulong>(Start + PageBytes - 8));
        Page page = space.PteAt(Start).Page;
        Assert.True(space.PteAt(Start).IsWritable && page.IsAnonExclusive);
        mmu.Store(Start, 2UL);
        Assert.Equal(page, space.PteAt(Start).Page);
        Assert.True(space.PteAt(Start).IsDirty);
    }

    [Fact]
    public void A_huge_page_is_shared_by_fork()
    {
        if (!TArch.HasHugePmd)
            return;
        ulong huge = 1UL << TArch.PmdShift;
        using var space = new TestSpace<TArch>((long)(2 * huge) + (32 << 20));
        space.Mm.Mmap(Start, huge, TestSpace.ReadWrite);
        Assert.True(space.Mm.MapHuge(Start));
        using var mmu = new SoftMmu<TArch>(space.Mm);
        mmu.Store(Start, 1UL);
        using Mm<TArch> child = space.Mm.Fork();
        using var childMmu = new SoftMmu<TArch>(child);
        Assert.True(PageTable.PmdpGet(PageTable.MmFindPmd(child, Start)) is { IsTransHuge: true, IsWritable: false, IsYoung: false });
        Assert.True(PageTable.PmdpGet(PageTable.MmFindPmd(space.Mm, Start)) is { IsTransHuge: true, IsWritable: false, IsDirty: true });
        childMmu.Store(Start, 2UL);
        mmu.Store(Start + 8, 3UL);
        Assert.Equal((1UL, 3UL), (mmu.Load<ulong>(Start), mmu.Load<ulong>(Start + 8)));
        Assert.Equal((2UL, 0UL), (childMmu.Load<ulong>(Start), childMmu.Load<ulong>(Start + 8)));
    }
}

public class RiscV64Sv39ForkSwapTests : ForkSwapContract<RiscV64Sv39>;

public class RiscV64Sv48ForkSwapTests : ForkSwapContract<RiscV64Sv48>;

public class RiscV64Sv57ForkSwapTests : ForkSwapContract<RiscV64Sv57>;

public class S390XForkSwapTests : ForkSwapContract<S390X>;

public class X86_64ForkSwapTests : ForkSwapContract<X86_64>;

public class X86_64La57ForkSwapTests : ForkSwapContract<X86_64La57>;

public class X86PaeForkSwapTests : ForkSwapContract<X86Pae>;

public class Arm64K4ForkSwapTests : ForkSwapContract<Arm64K4>;

public class Arm64K16ForkSwapTests : ForkSwapContract<Arm64K16>;

public class Arm64K64ForkSwapTests : ForkSwapContract<Arm64K64>;
