namespace PteGuard.Runtime.Tests;

/// <summary>Values as the Principles of Operation and Linux's table of entry types have them, written out.</summary>
public unsafe class S390XTests : ArchitectureContract<S390X>
{
    private const VmFlags SharedWrite = TestSpace.ReadWrite | VmFlags.Shared;

    // A segment entry with the type of a region-third one.
    protected override Pmd<S390X> Bad => new(0x20_0005);

    private static Pte<S390X> Make(VmFlags flags) => PageTable.PfnPte(0x123UL, Pgprot<S390X>.Of(flags));

    private static TestSpace<S390X> Touched(out Vma<S390X> vma)
    {
        var space = new TestSpace<S390X>();
        vma = space.Mm.Mmap(Start, 4 * Page, TestSpace.ReadWrite);
        using var mmu = new SoftMmu<S390X>(space.Mm);
        mmu.Store(Start, 1UL);
        return space;
    }

    [Fact]
    public void The_geometry_is_the_manuals()
    {
        Assert.Equal((12, 20, 31, 42, 42), (S390X.PageShift, S390X.PmdShift, S390X.PudShift, S390X.P4dShift, S390X.PgdShift));
        Assert.Equal((256, 2048, 2048, 2048), (S390X.PtrsPerPte, S390X.PtrsPerPmd, S390X.PtrsPerPud, S390X.PtrsPerPgd));
        Assert.True(S390X.IsCanonical((1UL << 53) - 1));
        Assert.False(S390X.IsCanonical(1UL << 53) || S390X.IsCanonical(ulong.MaxValue));
        Assert.Equal(1UL << 53, S390X.TaskSize);
    }

    [Fact]
    public void Empty_entries_are_invalid_and_name_the_type_of_their_table()
    {
        Assert.Equal((0x400UL, 0x20UL, 0x24UL, 0x28UL, 0x28UL), (Pte<S390X>.None.Value, Pmd<S390X>.None.Value, Pud<S390X>.None.Value, P4d<S390X>.None.Value, Pgd<S390X>.None.Value));
        Assert.False(new Pte<S390X>(0).IsNone || new Pte<S390X>(0x1400).IsNone, "the whole value counts");
        Assert.False(new Pmd<S390X>(0).IsNone);
    }

    [Theory]
    [InlineData(VmFlags.None, false, false, 0x601)]
    [InlineData(VmFlags.None, false, true, 0x605)]
    [InlineData(VmFlags.None, true, false, 0x60b)]
    [InlineData(VmFlags.None, true, true, 0x60f)]
    [InlineData(VmFlags.Read, false, false, 0x711)]
    [InlineData(VmFlags.Read, false, true, 0x315)]
    [InlineData(VmFlags.Read, true, false, 0x71b)]
    [InlineData(VmFlags.Read, true, true, 0x31f)]
    [InlineData(SharedWrite, false, false, 0x731)]
    [InlineData(SharedWrite, false, true, 0x335)]
    [InlineData(SharedWrite, true, false, 0x53b)]
    [InlineData(SharedWrite, true, true, 0x13f)]
    [InlineData(VmFlags.Read | VmFlags.Exec, false, true, 0x215)]
    [InlineData(SharedWrite | VmFlags.Exec, true, true, 0x03f)]
    public void Hardware_bits_follow_from_the_marks(VmFlags flags, bool dirty, bool young, ulong bits)
    {
        Pte<S390X> pte = Make(flags);
        pte = dirty ? pte.MkDirty() : pte.MkClean();
        pte = young ? pte.MkYoung() : pte.MkOld();
        Assert.Equal(0x12_3000 | bits, pte.Value);
        Assert.Equal(flags == VmFlags.None, pte.IsProtNone);
        Assert.Equal(flags == VmFlags.None || (flags & VmFlags.Exec) != 0, pte.IsExecutable);
        Assert.Equal(pte.Value | 0x40, pte.MkSpecial().Value);

        // By every other way to the same place.
        Assert.Equal(pte.Value, pte.Modify(Pgprot<S390X>.Of(VmFlags.None)).Modify(Pgprot<S390X>.Of(flags)).Value);
        if (pte.IsWritable)
            Assert.Equal(pte.Value, pte.Wrprotect().MkWrite().Value);
    }

    [Fact]
    public void Soft_dirty_is_set_with_dirty_and_cleared_alone()
    {
        Pte<S390X> pte = Make(SharedWrite).MkDirty();
        Assert.True(pte.IsSoftDirty && !pte.ClearSoftDirty().IsSoftDirty && pte.ClearSoftDirty().IsDirty && pte.ClearSoftDirty().MkSoftDirty().IsSoftDirty);
        Assert.Equal(pte.Value & ~2UL, pte.ClearSoftDirty().Value);
        Assert.False(pte.MkUffdWp().IsUffdWp);
    }

    [Fact]
    public void Swap_entries_have_Linuxs_layout()
    {
        Pte<S390X> pte = Pte<S390X>.FromSwpEntry(new SwpEntry(0x15, 0x5));
        Assert.Equal(0x5000UL | 0x600 | (0x15UL << 2), pte.Value);
        Assert.Equal(0x200UL, pte.Value & 0x201);
        Assert.Equal(pte.Value | 0x800, pte.SwpMkExclusive().Value);
        Assert.Equal(pte.Value | 0x002, pte.SwpMkSoftDirty().Value);
        Pmd<S390X> pmd = Pmd<S390X>.FromSwpEntry(new SwpEntry(SwpEntry.MigrationWrite, 0x500));
        Assert.Equal(0x50_0000UL | 0x20 | 0x10 | ((ulong)SwpEntry.MigrationWrite << 6), pmd.Value);
        foreach (uint type in new uint[] { 0, 7, 16, SwpEntry.MigrationRead, 31 })
        {
            pmd = Pmd<S390X>.FromSwpEntry(new SwpEntry(type, 0x500));
            Assert.Equal(new SwpEntry(type, 0x500), pmd.ToSwpEntry());
            Assert.True(pmd is { IsSwap: true, IsTransHuge: false } && (pmd.Value & 0x20) != 0, "hardware must not take it for a segment");
        }
    }

    [Fact]
    public void Large_segments_have_a_layout_of_their_own()
    {
        Pmd<S390X> pmd = Pmd<S390X>.MkHuge(0x300, Pgprot<S390X>.Of(SharedWrite));
        Assert.Equal(0x30_0000UL | 0x400 | 0x200 | 0x100 | 0xd000 | 1, pmd.Value);
        Assert.Equal(0x30_0000UL | 0x400 | 0x100 | 0xf000 | 0x3, pmd.MkDirty().Value);
        Assert.Equal(0x30_0000UL | 0x400 | 0x320 | 0xc000 | 1, pmd.MkOld().Value);
        Assert.Equal(pmd.Value | 0x20, pmd.MkInvalid().Value);
        Assert.Equal(0x30_0000UL | 0x400 | 0x220 | 0x1000 | 1, pmd.Modify(Pgprot<S390X>.Of(VmFlags.None)).Value);
        Assert.Equal(0x300UL, pmd.Pfn);
        Assert.True(pmd.Wrprotect() is { IsWritable: false, IsYoung: true });
    }

    [Fact]
    public void Directories_name_type_and_full_length()
    {
        using TestSpace<S390X> space = Touched(out _);
        Pgd<S390X>* pgd = PageTable.PgdOffset(space.Mm, Start);
        Pud<S390X>* pud = PageTable.PudOffset(PageTable.P4dOffset(pgd, Start), Start);
        Assert.Equal(0x0bUL, PageTable.PgdpGet(pgd).Value & 0xfff);
        Assert.Equal(0x07UL, PageTable.PudpGet(pud).Value & 0xfff);
        Assert.Equal(0x01UL, PageTable.PmdpGet(PageTable.PmdOffset(pud, Start)).Value & 0x7ff);
        Assert.Equal(0x28UL, space.Mm.Pgd[2047].Value);
        space.Mm.Munmap(Start, 4 * Page);
        Assert.Equal(0x28UL, PageTable.PgdpGet(pgd).Value);
    }

    [Fact]
    public void A_table_of_segments_is_not_made_old()
    {
        using TestSpace<S390X> space = Touched(out Vma<S390X> vma);
        Pmd<S390X>* pmd = PageTable.MmFindPmd(space.Mm, Start);
        Pmd<S390X> before = PageTable.PmdpGet(pmd);
        Assert.False(PageTable.PmdpTestAndClearYoung(vma, Start, pmd));
        Assert.True(PageTable.PmdSame(before, PageTable.PmdpGet(pmd)));
    }

    [Fact]
    public void The_highest_address_is_mapped_and_leaves_nothing()
    {
        using var space = new TestSpace<S390X>();
        ulong addr = S390X.TaskSize - Page;
        long before = space.Mm.PgtablesBytes;
        space.Mm.Mmap(addr, Page, TestSpace.ReadWrite);
        using (var mmu = new SoftMmu<S390X>(space.Mm))
        {
            mmu.Store(addr + 8, 7UL);
            Assert.Equal(7UL, mmu.Load<ulong>(addr + 8));
            Assert.Equal(MmuFault.NotCanonical, mmu.Translate(S390X.TaskSize, MmuAccess.Read, out _));
        }

        Assert.Equal(before + (2 * 16384) + 2048, space.Mm.PgtablesBytes);
        space.Mm.Munmap(addr, Page);
        Assert.Equal(before, space.Mm.PgtablesBytes);
    }
}
