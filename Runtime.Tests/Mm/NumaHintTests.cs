namespace PteGuard.Runtime.Tests;

/// <summary>Pages whose next access is noticed, on every architecture.</summary>
public abstract unsafe class NumaHintContract<TArch> : IDisposable
    where TArch : unmanaged, IArchitecture<TArch>
{
    private const ulong Start = 1UL << 30;

    private readonly TestSpace<TArch> _space = new();

    private static ulong Page => 1UL << TArch.PageShift;

    private static ulong Huge => 1UL << TArch.PmdShift;

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _space.Dispose();
    }

    [Fact]
    public void The_next_access_is_counted_once_and_finds_everything_as_it_was()
    {
        Mm<TArch> mm = Map(TestSpace.ReadWrite);
        using var mmu = new SoftMmu<TArch>(mm, 64);
        mmu.Store(Start, 7);
        mmu.Store(Start + Page, 8);
        Assert.Equal(2, mm.ChangeProtNuma(Start, 4 * Page));
        Assert.True(_space.PteAt(Start) is { IsPresent: true, IsProtNone: true, IsDirty: true });
        Assert.Equal(0, mm.ChangeProtNuma(Start, 4 * Page));

        Assert.Equal(7, mmu.Load<int>(Start));
        Assert.Equal(1, mm.NumaHintFaults);
        mmu.Store(Start + Page, 9);
        mmu.Store(Start, 9);
        Assert.Equal(2, mm.NumaHintFaults);
        Assert.True(_space.PteAt(Start) is { IsProtNone: false, IsWritable: true, IsYoung: true });
        Assert.Equal(9, mmu.Load<int>(Start + Page));
    }

    [Fact]
    public void A_first_write_after_a_wait_is_no_violation()
    {
        Mm<TArch> mm = Map(TestSpace.ReadWrite);
        using var mmu = new SoftMmu<TArch>(mm);
        mmu.Store(Start, 7);
        mm.ChangeProtNuma(Start, Page);
        Assert.Equal(VmFault.None, mm.Fault(Start, FaultFlags.Write | FaultFlags.User | FaultFlags.Tried));
        mmu.Store(Start, 8);
        Assert.Equal(1, mm.NumaHintFaults);
    }

    [Fact]
    public void Nothing_is_marked_where_the_answer_would_be_of_no_use()
    {
        Mm<TArch> mm = Map(TestSpace.ReadWrite);
        using var mmu = new SoftMmu<TArch>(mm);
        mmu.Store(Start, 1);
        using (Mm<TArch> child = mm.Fork())
            Assert.Equal(0, mm.ChangeProtNuma(Start, Page));
        mmu.Store(Start, 2);
        Assert.Equal(VmFault.None, mm.PinPage(Start, out Page pinned));
        Assert.Equal(0, mm.ChangeProtNuma(Start, Page));
        pinned.Unpin();
        mm.Mprotect(Start, Page, VmFlags.None);
        Assert.Equal(0, mm.ChangeProtNuma(Start, Page));
        Assert.Equal(VmFault.SigSegv, mm.Fault(Start, FaultFlags.None));
        Assert.Equal(0, mm.NumaHintFaults);

        using var memory = new SharedMemory(_space.Arena, Page, TArch.PageShift);
        ulong library = mm.MmapShared(0, Page, VmFlags.Read, memory, 0).Start;
        ulong shared = mm.MmapShared(0, Page, TestSpace.ReadWrite | VmFlags.Shared, memory, 0).Start;
        Assert.Equal(0, mmu.Load<int>(library));
        mmu.Store(shared, 1);
        Assert.Equal(0, mm.ChangeProtNuma(library, Page));
        Assert.Equal(1, mm.ChangeProtNuma(shared, Page));
        Assert.Equal(1, mmu.Load<int>(shared));
        Assert.Equal(1, mm.NumaHintFaults);
        mm.Munmap(library, Page);
        mm.Munmap(shared, Page);
    }

    [Fact]
    public void A_huge_page_is_marked_whole_or_not_at_all()
    {
        if (!TArch.HasHugePmd)
            return;
        Mm<TArch> mm = Map(TestSpace.ReadWrite);
        Assert.True(mm.MapHuge(Start));
        using var mmu = new SoftMmu<TArch>(mm);
        mmu.Store(Start, 7);
        Assert.Equal(0, mm.ChangeProtNuma(Start, Huge / 2));
        Assert.Equal(TArch.PtrsPerPte, mm.ChangeProtNuma(Start, Huge));
        Assert.True(PageTable.PmdpGet(PageTable.MmFindPmd(mm, Start)) is { IsTransHuge: true, IsProtNone: true });
        mmu.Store(Start + Page, 8);
        Assert.Equal(7, mmu.Load<int>(Start));
        Assert.Equal(1, mm.NumaHintFaults);
        Assert.True(PageTable.PmdpGet(PageTable.MmFindPmd(mm, Start)).IsTransHuge);
    }

    private Mm<TArch> Map(VmFlags flags)
    {
        _space.Mm.Mmap(Start, Huge, flags);
        return _space.Mm;
    }
}

public sealed class NumaHintTests : NumaHintContract<X86_64>;

public sealed class NumaHintTestsOfPae : NumaHintContract<X86Pae>;

public sealed class NumaHintTestsOfArm64 : NumaHintContract<Arm64K4>;

public sealed class NumaHintTestsOfRiscV : NumaHintContract<RiscV64Sv39>;

public sealed class NumaHintTestsOfS390 : NumaHintContract<S390X>;
