namespace PteGuard.Runtime.Tests;

/// <summary>Bits from the Intel SDM, volume 3A, section 4.4, and the kernel's use of those that are left to software.</summary>
public unsafe class X86PaeTests : ArchitectureContract<X86Pae>
{
    private const ulong P = 1, W = 2, U = 4, A = 0x20, D = 0x40, PageSize = 0x80, Special = 0x200, NoExecute = 1UL << 63;

    // A table that only the kernel may use is none of a process.
    protected override Pmd<X86Pae> Bad => new(0x20_0000 | P);

    private static Pte<X86Pae> Pte(ulong bits) => new(bits);

    private static Pgprot<X86Pae> Shared => Pgprot<X86Pae>.Of(VmFlags.Read | VmFlags.Write | VmFlags.Shared);

    [Fact]
    public void The_geometry_is_the_manuals()
    {
        Assert.Equal((12, 21, 30, 30, 30), (X86Pae.PageShift, X86Pae.PmdShift, X86Pae.PudShift, X86Pae.P4dShift, X86Pae.PgdShift));
        Assert.Equal((512, 512, 1, 1, 4), (X86Pae.PtrsPerPte, X86Pae.PtrsPerPmd, X86Pae.PtrsPerPud, X86Pae.PtrsPerP4d, X86Pae.PtrsPerPgd));
        Assert.Equal(0xc000_0000UL, X86Pae.TaskSize);
        Assert.True(X86Pae.IsCanonical(0xffff_ffff));
        Assert.False(X86Pae.IsCanonical(0x1_0000_0000) || X86Pae.IsCanonical(ulong.MaxValue));
    }

    [Fact]
    public void Addresses_have_32_bits()
    {
        using var space = new TestSpace<X86Pae>();
        Assert.Equal(3, PageTable.PgdOffset(space.Mm, 0xffff_f000) - space.Mm.Pgd);
        Assert.Equal("addr", Assert.Throws<ArgumentOutOfRangeException>(() => { PageTable.PgdOffset(space.Mm, 1UL << 32); }).ParamName);
        Assert.Throws<ArgumentOutOfRangeException>(() => space.Mm.Mmap(0xc000_0000, 1 << 12, TestSpace.ReadWrite));
        space.Mm.Mmap(0xbfff_f000, 1 << 12, TestSpace.ReadWrite);
        using var mmu = new SoftMmu<X86Pae>(space.Mm);
        mmu.Store(0xbfff_fff8, 5UL);
        Assert.Equal(5UL, mmu.Load<ulong>(0xbfff_fff8));
        space.Mm.Munmap(0xbfff_f000, 1 << 12);
        Assert.True(PageTable.PudpGet((Pud<X86Pae>*)PageTable.PgdOffset(space.Mm, 0xbfff_f000)).IsNone);
    }

    [Theory]
    [InlineData(VmFlags.None, 0x120UL)]
    [InlineData(VmFlags.Read | VmFlags.Write, 0x8000000000000025UL)]
    [InlineData(VmFlags.Read | VmFlags.Write | VmFlags.Shared, 0x8000000000000027UL)]
    [InlineData(VmFlags.Read | VmFlags.Write | VmFlags.Exec | VmFlags.Shared, 0x27UL)]
    public void The_protection_of_a_region_has_the_bits_of_the_manual(VmFlags flags, ulong bits)
        => Assert.Equal(bits, Pgprot<X86Pae>.Of(flags).Value);

    [Fact]
    public void A_page_frame_sits_in_bits_12_to_51_and_inverted_where_there_is_no_access()
    {
        Pte<X86Pae> pte = PageTable.PfnPte(0xab_cdef_0123UL, new Pgprot<X86Pae>(P | U));
        Assert.Equal(0x000a_bcde_f012_3005UL, pte.Value);
        Assert.Equal(0xab_cdef_0123UL, pte.Pfn);
        Pte<X86Pae> none = PageTable.PfnPte(0x123UL, Pgprot<X86Pae>.Of(VmFlags.None));
        Assert.Equal(0x000f_ffff_ffed_c120UL, none.Value);
        Assert.True(none is { Pfn: 0x123, IsProtNone: true, IsPresent: true });
    }

    [Fact]
    public void There_is_one_dirty_bit_and_neither_soft_dirty_nor_userfaultfd()
    {
        Assert.Equal(P | W | D, Pte(P | W).MkDirty().Value);
        Assert.Equal(P | U | D, Pte(P | U).MkDirty().Value);
        Assert.Equal(P | U | A | D, Pte(P | W | U | A | D).Wrprotect().Value);
        Assert.Equal(P | W | D, Pte(P | D).MkWrite().Value);
        Assert.False(Pte(P | D).IsWritable, "there are no shadow stacks");
        Assert.Equal(P | W, Pte(P | W | D).MkClean().Value);
        Pte<X86Pae> all = Pte(P | W | 0xc00 | (1UL << 57) | (1UL << 58));
        Assert.False(all.IsSoftDirty || all.IsUffdWp || all.IsDirty);
        foreach (Pte<X86Pae> same in new[] { all.MkSoftDirty(), all.ClearSoftDirty(), all.MkUffdWp(), all.ClearUffdWp() })
            Assert.Equal(all.Value, same.Value);
    }

    [Fact]
    public void Modify_keeps_frame_marks_and_memory_type_and_no_reserved_bit()
    {
        const ulong type = 1UL << 7 | 1UL << 4 | 1UL << 3;
        Pte<X86Pae> pte = PageTable.PfnPte(0x12_3456_7UL, new Pgprot<X86Pae>(P | W | U | A | D | Special | type | NoExecute | (1UL << 58)));
        Assert.Equal(0x1234_5670_00UL | P | U | A | D | Special | type, pte.Modify(Pgprot<X86Pae>.Of(VmFlags.Read | VmFlags.Exec)).Value);
    }

    [Fact]
    public void A_swap_entry_has_the_type_on_top_the_offset_inverted_and_exclusive_in_bit_7()
    {
        Pte<X86Pae> pte = Pte<X86Pae>.FromSwpEntry(new SwpEntry(3, 0x1234));
        Assert.Equal((3UL << 59) | ((~0x1234UL & ((1UL << 50) - 1)) << 9), pte.Value);
        Assert.Equal(pte.Value | 0x80, pte.SwpMkExclusive().Value);
        Assert.True(pte.SwpMkExclusive() is { IsSwpExclusive: true, IsPresent: false });
        Assert.Equal(pte.Value, pte.SwpMkExclusive().SwpClearExclusive().Value);
        foreach (Pte<X86Pae> same in new[] { pte.SwpMkSoftDirty(), pte.SwpMkUffdWp(), pte.SwpClearSoftDirty(), pte.SwpClearUffdWp() })
            Assert.Equal(pte.Value, same.Value);
        Assert.False(Pte(pte.Value | 6).IsSwpSoftDirty || Pte(pte.Value | 6).IsSwpUffdWp);
    }

    [Fact]
    public void A_swap_entry_with_an_empty_low_word_is_not_empty()
    {
        Pte<X86Pae> pte = Pte<X86Pae>.FromSwpEntry(new SwpEntry(1, 0x7f_ffff));
        Assert.Equal(0u, (uint)pte.Value);
        Assert.True(pte is { IsNone: false, IsSwap: true });
        Assert.Equal(new SwpEntry(1, 0x7f_ffff), pte.ToSwpEntry());
        Assert.Equal("entry", Assert.Throws<ArgumentOutOfRangeException>(() => Pmd<X86Pae>.FromSwpEntry(new SwpEntry(SwpEntry.MigrationRead, 0x7f_ffff))).ParamName);
    }

    [Theory]
    [InlineData(0UL, true)]
    [InlineData(0x60UL, true)]
    [InlineData(0x12_3400_0000_0000UL, true)]
    [InlineData(0x12_3400_0000_0060UL, true)]
    [InlineData(0x12_3400_0000_0080UL, false)]
    public void A_pmd_is_empty_if_its_low_word_is(ulong bits, bool none) => Assert.Equal(none, new Pmd<X86Pae>(bits).IsNone);

    [Theory]
    [InlineData("empty", "none bad")]
    [InlineData("table", "present")]
    [InlineData("huge", "present huge leaf bad")]
    [InlineData("huge without access", "present huge leaf bad")]
    [InlineData("being split", "present huge leaf bad")]
    [InlineData("migrating", "migration bad")]
    [InlineData("not executable", "present bad")]
    [InlineData("read-only table", "present bad")]
    public void A_pmd_answers_as_the_truth_table_says(string state, string expected)
    {
        var table = new Pmd<X86Pae>(0x5_0000_3000 | 0x67);
        Pmd<X86Pae> huge = Pmd<X86Pae>.MkHuge(0x60_0400, Shared);
        Pmd<X86Pae> pmd = state switch
        {
            "table" => table,
            "huge" => huge,
            "huge without access" => huge.Modify(Pgprot<X86Pae>.Of(VmFlags.None)),
            "being split" => huge.MkInvalid(),
            "migrating" => Pmd<X86Pae>.FromSwpEntry(new SwpEntry(SwpEntry.MigrationWrite, 0x400)),
            "not executable" => new(table.Value | NoExecute),
            "read-only table" => new(table.Value & ~W),
            _ => Pmd<X86Pae>.None,
        };
        string answers = string.Join(' ', new[]
        {
            pmd.IsNone ? "none" : "",
            pmd.IsMigration ? "migration" : "",
            pmd.IsPresent ? "present" : "",
            pmd.IsTransHuge ? "huge" : "",
            pmd.IsPresent && pmd.IsLeaf ? "leaf" : "",
            pmd.IsBad ? "bad" : "",
        }.Where(word => word.Length != 0));
        Assert.Equal(expected, answers);
        Assert.False(pmd.IsDevmap);
        Assert.True(!pmd.IsPresent || !pmd.IsLeaf || pmd.Pfn == 0x60_0400);
    }

    [Fact]
    public void An_entry_on_top_has_present_and_memory_type_and_nothing_else()
    {
        Assert.Equal(0x1_2345_6001UL, X86Of.MakePudTable<X86Pae>(0x1_2345_6000));
        Assert.False(new Pud<X86Pae>(0x1_2345_6000 | P | 0x18).IsBad);
        for (int bit = 0; bit < 64; bit++)
        {
            bool frame = bit is >= 12 and < 52;
            Assert.Equal(!frame && bit is not (0 or 3 or 4), new Pud<X86Pae>(P | (1UL << bit)).IsBad);
        }

        Assert.False(new Pud<X86Pae>(P | PageSize).IsLeaf || new Pud<X86Pae>(P | PageSize).IsTransHuge || new Pud<X86Pae>(P | 1UL << 57).IsDevmap);
    }
}

/// <summary>Members of architectures that are not their types' own.</summary>
internal static class X86Of
{
    public static ulong MakePudTable<TArch>(ulong address)
        where TArch : unmanaged, IArchitecture<TArch>
        => TArch.MakePudTable(address);
}
