namespace PteGuard.Runtime.Tests;

/// <summary>Pages that change their frame, on every architecture.</summary>
public abstract unsafe class MigrationContract<TArch> : IDisposable
    where TArch : unmanaged, IArchitecture<TArch>
{
    private const ulong Start = 1UL << 30;

    private readonly TestSpace<TArch> _space = new();

    private static ulong Page => 1UL << TArch.PageShift;

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _space.Dispose();
    }

    [Fact]
    public void The_contents_and_the_marks_come_along_to_another_frame()
    {
        Mm<TArch> mm = Map();
        using var mmu = new SoftMmu<TArch>(mm, 16);
        mmu.Store(Start, 7);
        Pte<TArch> before = _space.PteAt(Start);
        Assert.True(mm.MigratePage(Start + 8));
        Pte<TArch> after = _space.PteAt(Start);
        Assert.NotEqual(before.Page, after.Page);
        Assert.True(after is { IsPresent: true, IsWritable: true, IsDirty: true, IsYoung: true, Page: { IsAnonExclusive: true, RefCount: 1 } });
        Assert.Equal(before.IsSoftDirty, after.IsSoftDirty);
        Assert.Equal(7, mmu.Load<int>(Start));
        mmu.Store(Start, 8);
        Assert.Equal(after.Page, _space.PteAt(Start).Page);
    }

    [Fact]
    public void A_page_that_may_only_be_read_stays_so()
    {
        Mm<TArch> mm = Map();
        using var mmu = new SoftMmu<TArch>(mm);
        mmu.Store(Start, 7);
        mm.Mprotect(Start, Page, VmFlags.Read);
        Assert.True(mm.MigratePage(Start));
        Assert.True(_space.PteAt(Start) is { IsWritable: false, Page.IsAnonExclusive: true });
        Assert.Throws<MemoryFaultException>(() => mmu.Store(Start, 8));
        Assert.Equal(7, mmu.Load<int>(Start));
    }

    [Fact]
    public void What_others_refer_to_stays()
    {
        using var swap = new SwapArea<TArch>(4);
        Mm<TArch> mm = Map();
        mm.SwapOn(swap);
        using var mmu = new SoftMmu<TArch>(mm);
        Assert.False(mm.MigratePage(Start));
        mmu.Store(Start, 7);
        Assert.Equal(VmFault.None, mm.PinPage(Start, out Page pinned));
        Assert.False(mm.MigratePage(Start));
        pinned.Unpin();
        using (Mm<TArch> child = mm.Fork())
            Assert.False(mm.MigratePage(Start));
        Assert.True(mm.SwapOut(Start));
        Assert.False(mm.MigratePage(Start));
        Assert.Equal(7, mmu.Load<int>(Start));
        Assert.False(mm.MigratePage(Start - Page));
    }

    private Mm<TArch> Map()
    {
        _space.Mm.Mmap(Start, 1UL << TArch.PmdShift, TestSpace.ReadWrite);
        return _space.Mm;
    }
}

public sealed class MigrationTests : MigrationContract<X86_64>;

public sealed class MigrationTestsOfPae : MigrationContract<X86Pae>;

public sealed class MigrationTestsOfArm64 : MigrationContract<Arm64K4>;

public sealed class MigrationTestsOfRiscV : MigrationContract<RiscV64Sv39>;

public sealed class MigrationTestsOfS390 : MigrationContract<S390X>;
