namespace PteGuard.Runtime.Tests;

public unsafe class PageWalkerTests
{
    private const ulong Addr = TestSpace.Start;

    [Fact]
    public void Pages_holes_and_gaps_are_shown_in_order()
    {
        using var space = new TestSpace();
        space.Region(4 * TestSpace.Page);
        space.Mm.Mmap(Addr + (8 * TestSpace.Page), TestSpace.Page, TestSpace.ReadWrite);
        using var mmu = new SoftMmu<X86_64>(space.Mm);
        mmu.Store(Addr + TestSpace.Page, 1);
        var recorder = new Recorder();
        Assert.Equal(0, Walk(recorder, space, Addr - TestSpace.Huge, Addr + (2 * TestSpace.Huge)));
        Assert.Equal(
        [
            $"hole {Addr - TestSpace.Huge:x}-{Addr:x} outside",
            $"pmd {Addr:x}-{Addr + (4 * TestSpace.Page):x}",
            $"pte {Addr:x} none", $"pte {Addr + 0x1000:x} present", $"pte {Addr + 0x2000:x} none", $"pte {Addr + 0x3000:x} none",
            $"end {Addr:x}-{Addr + (4 * TestSpace.Page):x}",
            $"hole {Addr + 0x4000:x}-{Addr + 0x8000:x} outside",
            $"pmd {Addr + 0x8000:x}-{Addr + 0x9000:x}",
            $"pte {Addr + 0x8000:x} none",
            $"end {Addr + 0x8000:x}-{Addr + 0x9000:x}",
            $"hole {Addr + 0x9000:x}-{Addr + (2 * TestSpace.Huge):x} outside",
        ], recorder.Seen);
    }

    [Fact]
    public void Empty_directories_are_one_hole_each()
    {
        using var space = new TestSpace();
        Vma<X86_64> vma = space.Region(2UL << 30);
        var recorder = new Recorder();
        space.Mm.MmapLock.EnterRead();
        Assert.Equal(0, recorder.Walk(vma));
        Assert.Equal([$"hole {Addr:x}-{Addr + (2UL << 30):x} inside"], recorder.Seen);
        space.PmdWithTable();
        recorder.Seen.Clear();
        Assert.Equal(0, recorder.Walk(vma, Addr, Addr + (1UL << 30)));
        space.Mm.MmapLock.ExitRead();
        Assert.Equal(1 + 512 + 1 + 511, recorder.Seen.Count);
        Assert.Equal($"hole {Addr + TestSpace.Huge:x}-{Addr + (2 * TestSpace.Huge):x} inside", recorder.Seen[514]);
    }

    [Fact]
    public void A_result_ends_the_walk_and_comes_back()
    {
        using var space = new TestSpace();
        space.Region(4 * TestSpace.Page);
        space.PmdWithTable();
        var recorder = new Recorder { StopAt = Addr + TestSpace.Page, Result = -7 };
        Assert.Equal(-7, Walk(recorder, space, Addr, Addr + TestSpace.Huge));
        Assert.Equal($"end {Addr:x}-{Addr + (2 * TestSpace.Page):x}", recorder.Seen[^1]);
        Assert.False(ReadSection.IsOpen);
        Assert.True(space.Mm.MmapLock is { IsHeld: false });
    }

    [Fact]
    public void A_region_is_passed_over_or_ends_the_walk()
    {
        using var space = new TestSpace();
        space.Region();
        space.PmdWithTable();
        var recorder = new Recorder { Test = 1 };
        Assert.Equal(0, Walk(recorder, space, Addr, Addr + TestSpace.Huge));
        Assert.Empty(recorder.Seen);
        recorder.Test = -3;
        Assert.Equal(-3, Walk(recorder, space, Addr, Addr + TestSpace.Huge));
    }

    [Fact]
    public void A_huge_page_is_shown_once_or_split_as_the_class_wants()
    {
        using var space = new TestSpace();
        space.Region();
        Assert.True(space.Mm.MapHuge(Addr));
        var recorder = new Recorder();
        Walk(recorder, space, Addr, Addr + TestSpace.Huge);
        Assert.Equal([$"pmd {Addr:x}-{Addr + TestSpace.Huge:x}"], recorder.Seen);
        Assert.True(PageTable.PmdpGet(space.Pmd).IsTransHuge);

        var splitter = new Recorder { Splits = true };
        Walk(splitter, space, Addr, Addr + TestSpace.Huge);
        Assert.False(PageTable.PmdpGet(space.Pmd).IsTransHuge);
        Assert.Equal(2 + 512 + 1, splitter.Seen.Count);
        Assert.Equal(splitter.Seen[0], splitter.Seen[1]);
        Assert.Equal($"pte {Addr:x} present", splitter.Seen[2]);
    }

    [Fact]
    public void Again_looks_at_the_same_pmd_anew()
    {
        using var space = new TestSpace();
        Vma<X86_64> vma = space.Region();
        space.PmdWithTable();
        var recorder = new Recorder();
        recorder.OnPmd = walker =>
        {
            // Between the look at the pmd and the map, a huge page takes the place of the table.
            walker.OnPmd = null;
            Assert.True(PageTable.TryReclaimPteTable(space.Mm, space.Pmd));
            Assert.True(HugePage.TryInstall(vma, space.Pmd, Addr, HugePage.MkEntry(vma, space.Arena.AllocPage(9)), PageTable.PteAllocOne(space.Mm)));
            walker.SetAction(WalkAction.Again);
        };
        Assert.Equal(0, Walk(recorder, space, Addr, Addr + TestSpace.Huge));
        Assert.Equal([$"pmd {Addr:x}-{Addr + TestSpace.Huge:x}", $"pmd {Addr:x}-{Addr + TestSpace.Huge:x}"], recorder.Seen);
    }

    [Fact]
    public void A_table_that_goes_before_it_is_mapped_is_a_hole()
    {
        using var space = new TestSpace();
        space.Region();
        space.PmdWithTable();
        var recorder = new Recorder();
        recorder.OnPmd = walker => Assert.True(PageTable.TryReclaimPteTable(space.Mm, space.Pmd));
        Assert.Equal(0, Walk(recorder, space, Addr, Addr + TestSpace.Huge));
        Assert.Equal([$"pmd {Addr:x}-{Addr + TestSpace.Huge:x}", $"hole {Addr:x}-{Addr + TestSpace.Huge:x} inside"], recorder.Seen);
    }

    [Fact]
    public void Other_pmds_are_passed_over_and_bad_ones_are_cleared()
    {
        using var space = new TestSpace();
        space.Region(2 * TestSpace.Huge);
        Pmd<X86_64>* pmd = space.Pmd;
        PageTable.SetPmd(pmd, Pmd<X86_64>.FromSwpEntry(new SwpEntry(SwpEntry.MigrationRead, 0x200)));
        PageTable.SetPmd(pmd + 1, new Pmd<X86_64>(0x1234_5001));
        var recorder = new Recorder { Splits = true };
        Assert.Equal(0, Walk(recorder, space, Addr, Addr + (2 * TestSpace.Huge)));
        Assert.Equal(3, recorder.Seen.Count);
        Assert.Equal($"hole {Addr + TestSpace.Huge:x}-{Addr + (2 * TestSpace.Huge):x} inside", recorder.Seen[2]);
        Assert.True(PageTable.PmdpGet(pmd + 1).IsNone);
        PageTable.PmdClear(pmd);
    }

    [Fact]
    public void Misuse_is_named()
    {
        using var space = new TestSpace();
        Vma<X86_64> vma = space.Region();
        var recorder = new Recorder();
        Assert.Contains("mmap lock", Assert.Throws<InvalidOperationException>(() => recorder.Walk(space.Mm, Addr, Addr + TestSpace.Page)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => recorder.Walk(vma));
        space.Mm.MmapLock.EnterRead();
        Assert.Throws<ArgumentException>(() => recorder.Walk(space.Mm, Addr + 1, Addr + TestSpace.Page));
        Assert.Throws<ArgumentException>(() => recorder.Walk(space.Mm, Addr, Addr + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => recorder.Walk(space.Mm, Addr, Addr));
        Assert.Throws<ArgumentOutOfRangeException>(() => recorder.Walk(space.Mm, Addr, 1UL << 60));
        Assert.Throws<ArgumentOutOfRangeException>(() => recorder.Walk(vma, Addr - TestSpace.Page, Addr + TestSpace.Page));
        recorder.OnPmd = walker => walker.Walk(vma);
        space.PmdWithTable();
        Assert.Throws<InvalidOperationException>(() => recorder.Walk(vma));
        recorder.OnPmd = null;
        Assert.Equal(0, recorder.Walk(vma));
        space.Mm.MmapLock.ExitRead();
        space.Mm.Munmap(vma.Start, TestSpace.Huge);
        space.Mm.MmapLock.EnterRead();
        Assert.Throws<ArgumentException>(() => recorder.Walk(vma));
        space.Mm.MmapLock.ExitRead();
    }

    [Fact]
    public void An_exception_leaves_nothing_mapped_or_locked()
    {
        using var space = new TestSpace();
        space.Region();
        space.PmdWithTable();
        var recorder = new Recorder { ThrowAt = Addr + TestSpace.Page };
        Assert.Throws<TimeoutException>(() => Walk(recorder, space, Addr, Addr + TestSpace.Huge));
        Assert.False(ReadSection.IsOpen);
        Assert.False(PageTable.PteLockptr(space.Mm, space.Pmd).IsHeld);
    }

    private static int Walk(PageWalker<X86_64> walker, TestSpace space, ulong start, ulong end)
    {
        space.Mm.MmapLock.EnterRead();
        try
        {
            return walker.Walk(space.Mm, start, end);
        }
        finally
        {
            space.Mm.MmapLock.ExitRead();
        }
    }

    private sealed class Recorder : PageWalker<X86_64>
    {
        public List<string> Seen { get; } = [];
        public ulong StopAt { get; init; } = ulong.MaxValue;
        public ulong ThrowAt { get; init; } = ulong.MaxValue;
        public int Result { get; init; }
        public int Test { get; set; }
        public bool Splits { get; init; }
        public Action<Recorder>? OnPmd { get; set; }

        protected override bool SplitsHugePages => Splits;

        public void SetAction(WalkAction action) => Action = action;

        protected override int TestWalk(Vma<X86_64> vma, ulong start, ulong endAddr) => Test;

        protected override int PmdEntry(Pmd<X86_64>* pmdp, ulong addr, ulong nextAddr)
        {
            Seen.Add($"pmd {addr:x}-{nextAddr:x}");
            OnPmd?.Invoke(this);
            return 0;
        }

        protected override int PteEntry(Pte<X86_64>* ptep, ulong addr, ulong nextAddr)
        {
            if (addr == ThrowAt)
                throw new TimeoutException();
            Seen.Add($"pte {addr:x} {(PageTable.PtepGet(ptep).IsNone ? "none" : "present")}");
            return addr == StopAt ? Result : 0;
        }

        protected override int PteHole(ulong addr, ulong nextAddr)
        {
            Seen.Add($"hole {addr:x}-{nextAddr:x} {(Vma is null ? "outside" : "inside")}");
            return 0;
        }

        protected override void PteTableEnd(ulong addr, ulong nextAddr)
        {
            if (ThrowAt == ulong.MaxValue)
                Seen.Add($"end {addr:x}-{nextAddr:x}");
        }
    }
}
