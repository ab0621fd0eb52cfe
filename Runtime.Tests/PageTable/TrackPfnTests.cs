namespace PteGuard.Runtime.Tests;

/// <summary>Memory types of page frames. Each test has frames of its own, since reservations are those of the whole process.</summary>
public sealed unsafe class TrackPfnTests : IDisposable
{
    private const ulong Addr = TestSpace.Start;
    private const ulong Size = 4 * TestSpace.Page;
    private const VmFlags SharedWrite = TestSpace.ReadWrite | VmFlags.Shared;
    private static ulong s_nextPfn = 1UL << 30;
    private readonly ulong _pfn = Interlocked.Add(ref s_nextPfn, 1 << 20);
    private readonly TestSpace _space = new();
    private readonly List<string> _warnings = [];

    public TrackPfnTests() => Warnings.Handler = _warnings.Add;

    private Mm<X86_64> Mm => _space.Mm;

    private ulong Start => _pfn << 12;

    private ulong Reserved => MemTypes.ReservedBytes(Start, Start + (1UL << 30));

    private static Pgprot<X86_64> Combining(Vma<X86_64> vma) => new(X86_64Of<X86_64>(vma.PageProt.Value, MemType.WriteCombining));

    private static ulong X86_64Of<TArch>(ulong protection, MemType type)
        where TArch : unmanaged, IArchitecture<TArch>
        => TArch.WithMemType(protection, type);

    private static MemType TypeOf<TArch>(Pte<TArch> pte)
        where TArch : unmanaged, IArchitecture<TArch>
        => TArch.MemTypeOf(pte.Value);

    public void Dispose()
    {
        _space.Dispose();
        Warnings.Handler = null;
        Assert.Equal(0UL, Reserved);
    }

    private bool Remap(Vma<X86_64> vma, ulong addr, ulong pfn, ulong size, Pgprot<X86_64> protection)
    {
        Mm.MmapLock.EnterWrite();
        try
        {
            return PageTable.RemapPfnRange(vma, addr, pfn, size, protection);
        }
        finally
        {
            Mm.MmapLock.ExitWrite();
        }
    }

    private Vma<X86_64> Mapped(VmFlags flags = SharedWrite)
    {
        Vma<X86_64> vma = _space.Region(Size, flags);
        Assert.True(Remap(vma, Addr, _pfn, Size, Combining(vma)));
        return vma;
    }

    [Fact]
    public void Every_memory_type_has_its_bits()
    {
        foreach (MemType type in Enum.GetValues<MemType>())
            Assert.Equal(type, TypeOf(new Pte<X86_64>(X86_64Of<X86_64>(Pgprot<X86_64>.Of(SharedWrite).Value, type))));
        Assert.Equal(MemType.UncachedMinus, TypeOf(new Pte<X86_64>(0x90)));
        Assert.Equal(MemType.WriteBack, TypeOf(new Pte<X86_64>(0x80)));
    }

    [Fact]
    public void Frames_that_fill_a_region_are_reserved_until_it_is_unmapped()
    {
        Vma<X86_64> vma = Mapped();
        Assert.Equal(SharedWrite | VmFlags.PfnMap | VmFlags.Pat | VmFlags.DontExpand, vma.Flags);
        Assert.Equal(Size, Reserved);
        Assert.Equal(MemType.WriteCombining, MemTypes.Lookup(Start + Size - 1));
        Pte<X86_64> last = _space.PteAt(Addr + Size - TestSpace.Page);
        Assert.True(last is { IsSpecial: true, IsWritable: true } && last.Pfn == _pfn + 3 && TypeOf(last) == MemType.WriteCombining);
        Assert.Equal(VmFault.None, Mm.Fault(Addr, FaultFlags.None));
        Assert.Equal(VmFault.SigBus, Mm.PinPage(Addr, out _));
        Assert.False(Mm.SwapOut(Addr));
        Mm.Munmap(Addr, Size);
        Assert.Equal(0UL, Reserved);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void A_part_of_a_region_gets_the_type_that_is_there_and_reserves_nothing()
    {
        Assert.True(MemTypes.TryReserve(Start, Start + TestSpace.Page, MemType.Uncached));
        Vma<X86_64> vma = _space.Region(Size, SharedWrite);
        Assert.True(Remap(vma, Addr, _pfn, TestSpace.Page, vma.PageProt));
        Assert.Equal(MemType.Uncached, TypeOf(_space.PteAt(Addr)));
        Assert.False(Remap(vma, Addr + TestSpace.Page, _pfn, 2 * TestSpace.Page, vma.PageProt), "two types");
        Assert.Equal(0, (int)(vma.Flags & VmFlags.Pat));
        Assert.Equal(VmFault.SigBus, Mm.Fault(Addr + TestSpace.Page, FaultFlags.None));
        Assert.Equal(TestSpace.Page, Reserved);
        Assert.True(MemTypes.Free(Start, Start + TestSpace.Page));
        Assert.False(MemTypes.Free(Start, Start + TestSpace.Page));
    }

    [Fact]
    public void Another_type_is_refused_and_the_same_one_is_not()
    {
        Mapped();
        Vma<X86_64> other = Mm.Mmap(Addr + TestSpace.Huge, Size, SharedWrite);
        Assert.False(Remap(other, other.Start, _pfn + 1, Size, other.PageProt));
        Assert.Equal(SharedWrite, other.Flags);
        Assert.True(_space.PteAt(other.Start).IsNone);
        Assert.True(Remap(other, other.Start, _pfn + 1, Size, Combining(other)));
        Assert.Equal(2 * Size, Reserved);
    }

    [Fact]
    public void Bad_ranges_are_named_and_what_is_mapped_is_not_overwritten()
    {
        Vma<X86_64> vma = _space.Region(Size, TestSpace.ReadWrite);
        Assert.Throws<InvalidOperationException>(() => PageTable.RemapPfnRange(vma, Addr, _pfn, Size, vma.PageProt));
        Assert.Throws<ArgumentException>(() => Remap(vma, Addr + 1, _pfn, TestSpace.Page, vma.PageProt));
        Assert.Throws<ArgumentOutOfRangeException>(() => Remap(vma, Addr, _pfn, Size + 1, vma.PageProt));
        Assert.Throws<ArgumentException>(() => Remap(vma, Addr, _pfn, TestSpace.Page, vma.PageProt));
        Assert.Equal(VmFault.None, Mm.Fault(Addr + TestSpace.Page, FaultFlags.Write));
        Assert.Throws<InvalidOperationException>(() => Remap(vma, Addr, _pfn, Size, vma.PageProt));
        Assert.True(_space.PteAt(Addr).IsNone && _space.PteAt(Addr + TestSpace.Page).IsPresent);
        Assert.Equal(0UL, Reserved);
    }

    [Fact]
    public void Without_memory_nothing_is_mapped_or_reserved()
    {
        Vma<X86_64> vma = _space.Region(Size, SharedWrite);
        for (int allowed = 0; allowed < 3; allowed++)
        {
            _space.Arena.FailAfter(Math.Min(allowed, 1));
            Assert.False(Remap(vma, Addr, _pfn, Size, Combining(vma)));
            Assert.Equal((SharedWrite, 0UL), (vma.Flags, Reserved));
        }
    }

    [Fact]
    public void The_parts_of_a_region_that_is_split_each_free_their_part()
    {
        Mapped();
        Mm.Mprotect(Addr + TestSpace.Page, TestSpace.Page, VmFlags.Read);
        Mm.Mprotect(Addr + TestSpace.Page, TestSpace.Page, TestSpace.ReadWrite);
        Assert.Equal(3, Mm.GetRegions().Count);
        Mm.Munmap(Addr + TestSpace.Page, TestSpace.Page);
        Assert.Equal(3 * TestSpace.Page, Reserved);
        Assert.Equal(MemType.WriteBack, MemTypes.Lookup(Start + TestSpace.Page));
        Mm.Munmap(Addr, Size);
        Assert.Equal(0UL, Reserved);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void A_region_that_moves_takes_its_reservation_along()
    {
        Mapped();
        ulong to = Mm.Mremap(Addr, Size, Size, MremapFlags.MayMove | MremapFlags.Fixed, Addr + TestSpace.Huge);
        Assert.Equal(Size, Reserved);
        Assert.True((Assert.Single(Mm.GetRegions()).Flags & VmFlags.Pat) != 0);
        Assert.Equal(_pfn, _space.PteAt(to).Pfn);
        Mm.Munmap(to, Size);
        Assert.Equal(0UL, Reserved);
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData(SharedWrite)]
    [InlineData(TestSpace.ReadWrite)]
    public void A_child_has_a_reservation_of_its_own(VmFlags flags)
    {
        Mapped(flags);
        using (Mm<X86_64> child = Mm.Fork())
        {
            Assert.Equal(2 * Size, Reserved);
            Assert.True((Assert.Single(child.GetRegions()).Flags & VmFlags.Pat) != 0);
            Assert.Equal(_pfn, Entry.Of(child, Addr).Pfn);
            Mm.Munmap(Addr, Size);
            Assert.Equal(Size, Reserved);
        }

        Assert.Equal(0UL, Reserved);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void Every_allocation_of_a_fork_may_fail_and_no_reservation_is_left_and_nobody_warned()
    {
        Mapped();
        int failures = 0;
        for (; ; failures++)
        {
            _space.Arena.FailAfter(failures);
            bool forked = Mm.TryFork(out Mm<X86_64>? child);
            _space.Arena.FailAfter(-1);
            if (forked)
                Assert.Equal(2 * Size, Reserved);
            child?.Dispose();
            Assert.Equal(Size, Reserved);
            if (forked)
                break;
        }

        // The root, and one table of each level.
        Assert.Equal(4, failures);
        Assert.Empty(_warnings);
    }

    [Fact]
    public void A_fork_that_gets_no_reservation_fails_without_a_warning()
    {
        Mapped();
        MemTypes.FailAfter(0);
        Assert.False(Mm.TryFork(out _));
        Assert.Empty(_warnings);
        Assert.Equal(Size, Reserved);
    }

#if DEBUG
    [Fact]
    public void With_the_flag_copied_before_there_is_a_reservation_the_child_is_torn_down_with_a_warning()
    {
        Mapped();
        MemTypes.FailAfter(0);
        using Defence.Removal _ = Defence.Remove(Defence.PatClearedFirst);
        Assert.False(Mm.TryFork(out Mm<X86_64>? _));
        Assert.Single(_warnings);
    }
#endif

    [Fact]
    public void The_flag_alone_is_cleared_where_the_reservation_is_somebody_elses()
    {
        Vma<X86_64> vma = Mapped();
        Assert.Throws<InvalidOperationException>(() => PageTable.UntrackPfnClear(vma));
        Misuse.Done();
        Mm.MmapLock.EnterWrite();
        PageTable.UntrackPfnClear(vma);
        PageTable.UntrackPfn(vma, _pfn, Size, mmWrLocked: true);
        Mm.MmapLock.ExitWrite();
        Assert.Equal(Size, Reserved);
        Mm.MmapLock.EnterWrite();
        PageTable.VmFlagsSet(vma, VmFlags.Pat);
        PageTable.UntrackPfn(vma, _pfn, Size, mmWrLocked: true);
        PageTable.VmFlagsSet(vma, VmFlags.Pat);
        PageTable.UntrackPfn(vma, _pfn, Size, mmWrLocked: true);
        Mm.MmapLock.ExitWrite();
        Assert.Single(_warnings);
    }
}
