namespace PteGuard.Runtime.Tests;

/// <summary>What holds on every architecture. Each derives a class of three lines, and adds what its manual says.</summary>
public abstract unsafe class ArchitectureContract<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    /// <summary>Aligned to a huge page of any architecture, and not the first one.</summary>
    protected const ulong Start = 1UL << 30;

    protected static ulong Page => 1UL << TArch.PageShift;

    protected static ulong Huge => 1UL << TArch.PmdShift;

    private static Pgprot<TArch> Shared => Pgprot<TArch>.Of(TestSpace.ReadWrite | VmFlags.Shared);

    [Fact]
    public void Levels_fit_together()
    {
        Assert.Equal(TArch.PmdShift, TArch.PageShift + Log2(TArch.PtrsPerPte));
        Assert.Equal(TArch.PudShift, TArch.PmdShift + Log2(TArch.PtrsPerPmd));
        Assert.Equal(TArch.P4dShift, TArch.PudShift + Log2(TArch.PtrsPerPud));
        Assert.Equal(TArch.PgdShift, TArch.P4dShift + Log2(TArch.PtrsPerP4d));
        Assert.True(TArch.IsCanonical(TArch.TaskSize - 1));
        Assert.Equal(0UL, TArch.TaskSize & (Page - 1));
    }

    [Fact]
    public void The_empty_entry_is_empty_and_nothing_else()
    {
        Pte<TArch> none = Pte<TArch>.None;
        Assert.True(none.IsNone && none.IsNoneMostly);
        Assert.False(none.IsPresent || none.IsSwap);
        Pmd<TArch> pmd = Pmd<TArch>.None;
        Assert.True(pmd.IsNone && pmd.IsBad);
        Assert.False(pmd.IsPresent || pmd.IsTransHuge || pmd.IsMigration);
    }

    [Fact]
    public void A_page_and_its_marks_come_back()
    {
        foreach (ulong pfn in new ulong[] { 1, 0x1234, 0xf_ffff })
        {
            Pte<TArch> pte = PageTable.PfnPte(pfn, Shared);
            Assert.True(pte.IsPresent && pte.IsWritable && !pte.IsSwap && !pte.IsNone && !pte.IsProtNone, pte.ToString());
            foreach (Pte<TArch> marked in new[]
            {
                pte.MkYoung(), pte.MkOld(), pte.MkDirty(), pte.MkClean(), pte.Wrprotect(), pte.MkDirty().Wrprotect(), pte.MkSpecial(),
            })
            {
                Assert.Equal(pfn, marked.Pfn);
                Assert.True(marked.IsPresent && !marked.IsNone, marked.ToString());
            }

            Assert.True(pte.MkYoung().IsYoung && !pte.MkOld().IsYoung);
            Assert.True(pte.MkDirty().IsDirty && !pte.MkDirty().MkClean().IsDirty);
            Assert.False(pte.Wrprotect().IsWritable);
            Assert.True(pte.MkDirty().Wrprotect().IsDirty, "forbidding to write keeps dirty");
            Assert.True(pte.Wrprotect().MkWrite().IsWritable);
            Assert.True(pte.Wrprotect().MkDirty().MkWrite() is { IsDirty: true, IsWritable: true });
            Assert.True(pte.MkSpecial().IsSpecial && !pte.IsSpecial);
        }
    }

    [Fact]
    public void No_access_is_present_and_keeps_the_page()
    {
        Pte<TArch> pte = PageTable.PfnPte(0x77, Shared).MkYoung().MkDirty();
        Pte<TArch> none = pte.Modify(Pgprot<TArch>.Of(VmFlags.None));
        Assert.True(none.IsPresent && none.IsProtNone && !none.IsSwap && !none.IsNone, none.ToString());
        Assert.Equal(0x77UL, none.Pfn);
        Assert.True(none.IsDirty);
        Pte<TArch> back = none.Modify(Shared);
        Assert.True(back.IsPresent && !back.IsProtNone && back.IsDirty && back.IsWritable);
        Assert.Equal(0x77UL, back.Pfn);
    }

    [Fact]
    public void Advancing_goes_by_pages_whatever_the_protection()
    {
        foreach (Pte<TArch> pte in new[] { PageTable.PfnPte(0x100, Shared), PageTable.PfnPte(0x100, Pgprot<TArch>.Of(VmFlags.None)) })
        {
            var next = new Pte<TArch>(TArch.PteAdvancePfn(pte.Value, 7));
            Assert.Equal(0x107UL, next.Pfn);
            Assert.Equal(pte.IsProtNone, next.IsProtNone);
        }
    }

    [Fact]
    public void Swap_entries_are_neither_empty_nor_present_and_keep_what_they_name()
    {
        foreach (uint type in new uint[] { 0, 1, 22, SwpEntry.MigrationRead, SwpEntry.Marker })
        {
            foreach (ulong offset in new ulong[] { 1, 0x1234, (1UL << TArch.SwapOffsetBits) - 2 })
            {
                var entry = new SwpEntry(type, offset);
                Pte<TArch> pte = Pte<TArch>.FromSwpEntry(entry);
                Assert.True(pte.IsSwap && !pte.IsPresent && !pte.IsNone, pte.ToString());
                Assert.Equal(entry, pte.ToSwpEntry());
                Pte<TArch> marked = pte.SwpMkExclusive().SwpMkSoftDirty().SwpMkUffdWp();
                Assert.True(marked.IsSwap);
                Assert.Equal(entry, marked.ToSwpEntry());
                Assert.Equal(type < SwpEntry.MaxSwapFiles, marked.IsSwpExclusive);
                Assert.False(PageTable.PteSame(pte, marked));
                Assert.True(PageTable.PteSame(pte, marked.SwpClearExclusive().SwpClearSoftDirty().SwpClearUffdWp()));
            }
        }
    }

    [Fact]
    public void Memory_written_is_read_and_protection_holds()
    {
        using var space = new TestSpace<TArch>();
        Mm<TArch> mm = space.Mm;
        mm.Mmap(Start, 4 * Page, TestSpace.ReadWrite);
        using var mmu = new SoftMmu<TArch>(mm);
        Assert.Equal(0UL, mmu.Load<ulong>(Start));
        mmu.Store(Start + 8, 42UL);
        mmu.Store(Start + (3 * Page) + 16, 43UL);
        mm.Mprotect(Start, Page, VmFlags.Read);
        Assert.Equal(42UL, mmu.Load<ulong>(Start + 8));
        Assert.Throws<MemoryFaultException>(() => mmu.Store(Start + 8, 1UL));
        mm.Mprotect(Start, Page, VmFlags.None);
        Assert.Throws<MemoryFaultException>(() => mmu.Load<ulong>(Start + 8));
        mm.Mprotect(Start, Page, TestSpace.ReadWrite);
        mmu.Store(Start + 8, mmu.Load<ulong>(Start + 8) + 1);
        Assert.Equal(43UL, mmu.Load<ulong>(Start + 8));
        Assert.Equal(43UL, mmu.Load<ulong>(Start + (3 * Page) + 16));
        mm.Munmap(Start, 4 * Page);
        Assert.Throws<MemoryFaultException>(() => mmu.Load<ulong>(Start));
    }

    [Fact]
    public void Accesses_leave_their_marks()
    {
        using var space = new TestSpace<TArch>();
        Vma<TArch> vma = space.Mm.Mmap(Start, 4 * Page, TestSpace.ReadWrite);
        using var mmu = new SoftMmu<TArch>(space.Mm);
        mmu.Store(Start, 1UL);
        Assert.True(space.PteAt(Start) is { IsPresent: true, IsYoung: true, IsDirty: true });

        Pte<TArch>* ptep = PageTable.GetLockedPte(space.Mm, Start, out PtLock ptl);
        Assert.True(PageTable.PtepTestAndClearYoung(vma, Start, ptep));
        Assert.False(PageTable.PtepTestAndClearYoung(vma, Start, ptep));
        Pte<TArch> old = PageTable.PtepModifyProtStart(vma, Start, ptep);
        PageTable.PtepModifyProtCommit(vma, Start, ptep, old, old.MkClean());
        PageTable.PteUnmapUnlock(ptep, ptl);
        PageTable.FlushTlbMm(space.Mm);

        mmu.Load<ulong>(Start);
        Assert.True(space.PteAt(Start) is { IsYoung: true, IsDirty: false });
        mmu.Store(Start, 2UL);
        Assert.True(space.PteAt(Start) is { IsYoung: true, IsDirty: true });
    }

    [Fact]
    public void Tables_go_when_they_are_empty_and_what_maps_them_says_so()
    {
        using var space = new TestSpace<TArch>();
        Mm<TArch> mm = space.Mm;
        long before = mm.PgtablesBytes;
        Pmd<TArch>* pmd = PageTable.PmdAllocWalk(mm, Start);
        Assert.True(PageTable.PteOffsetMap(pmd, Start) is null);
        Assert.True(PageTable.PteAlloc(mm, pmd));
        Assert.True(mm.PgtablesBytes > before);
        Pte<TArch>* ptep = PageTable.PteOffsetMapLock(mm, pmd, Start + Page, out PtLock ptl);
        Assert.True(ptep is not null && ptl.IsHeld);
        Assert.True(PageTable.PtepGet(ptep).IsNone);
        PageTable.PteUnmapUnlock(ptep, ptl);
        Assert.True(PageTable.TryReclaimPteTable(mm, pmd));
        Assert.True(PageTable.PmdpGet(pmd).IsNone);
        Assert.True(PageTable.PteOffsetMap(pmd, Start) is null);
    }

    [Fact]
    public void A_huge_page_is_mapped_split_and_dropped()
    {
        if (!TArch.HasHugePmd)
            return;
        using var space = new TestSpace<TArch>((long)(2 * Huge) + (32 << 20));
        Mm<TArch> mm = space.Mm;
        mm.Mmap(Start, 2 * Huge, TestSpace.ReadWrite);
        Assert.True(mm.MapHuge(Start));
        Pmd<TArch>* pmdp = PageTable.MmFindPmd(mm, Start);
        Pmd<TArch> pmd = PageTable.PmdpGet(pmdp);
        Assert.True(pmd is { IsPresent: true, IsLeaf: true, IsTransHuge: true, IsWritable: true, IsBad: true, IsNone: false }, pmd.ToString());
        Assert.True(PageTable.PteOffsetMap(pmdp, Start) is null);

        using var mmu = new SoftMmu<TArch>(mm);
        mmu.Store(Start + Huge - 8, 99UL);
        Assert.True(PageTable.PmdpGet(pmdp) is { IsYoung: true, IsDirty: true });
        mm.Mprotect(Start, Huge, VmFlags.Read);
        Assert.True(PageTable.PmdpGet(pmdp) is { IsTransHuge: true, IsWritable: false, IsDirty: true });
        mm.Munmap(Start, Page);
        Assert.True(PageTable.PmdpGet(pmdp) is { IsTransHuge: false, IsBad: false }, "half a huge page is a table");
        Assert.Equal(99UL, mmu.Load<ulong>(Start + Huge - 8));
        Assert.Throws<MemoryFaultException>(() => mmu.Load<ulong>(Start));
    }

    [Fact]
    public void A_huge_entry_that_is_split_stays_huge_for_walkers()
    {
        if (!TArch.HasHugePmd)
            return;
        Pmd<TArch> pmd = Pmd<TArch>.MkHuge(1UL << (TArch.PmdShift - TArch.PageShift), Shared);
        Assert.True(pmd is { IsPresent: true, IsTransHuge: true });
        Pmd<TArch> invalid = pmd.MkInvalid();
        Assert.True(invalid is { IsPresent: true, IsTransHuge: true, IsNone: false, IsMigration: false }, invalid.ToString());
        Assert.Equal(pmd.Pfn, invalid.Pfn);
        Pmd<TArch> none = pmd.MkDirty().Modify(Pgprot<TArch>.Of(VmFlags.None));
        Assert.True(none is { IsPresent: true, IsTransHuge: true, IsProtNone: true, IsDirty: true }, none.ToString());
        Pmd<TArch> migration = Pmd<TArch>.FromSwpEntry(new SwpEntry(SwpEntry.MigrationWrite, 0x200));
        Assert.True(migration is { IsNone: false, IsPresent: false, IsTransHuge: false, IsMigration: true }, migration.ToString());
    }

    [Fact]
    public void A_malformed_pmd_is_cleared_by_the_map_that_meets_it()
    {
        using var space = new TestSpace<TArch>();
        Pmd<TArch>* pmd = PageTable.PmdAllocWalk(space.Mm, Start);
        PageTable.SetPmd(pmd, Bad);
        Assert.True(Bad is { IsBad: true, IsNone: false, IsMigration: false, IsTransHuge: false }, Bad.ToString());
        Assert.True(PageTable.PteOffsetMap(pmd, Start) is null);
        Assert.True(PageTable.PmdpGet(pmd).IsNone);
    }

    /// <summary>A pmd that is neither empty, huge nor migrating, and refers to no table.</summary>
    protected abstract Pmd<TArch> Bad { get; }

    private static int Log2(int value) => System.Numerics.BitOperations.Log2((uint)value);
}
