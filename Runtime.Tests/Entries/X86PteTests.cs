namespace PteGuard.Runtime.Tests;

/// <summary>Bits from the Intel SDM, volume 3A, section 4.5, and the kernel's use of those that are left to software.</summary>
public class X86PteTests
{
    private const ulong P = 1, W = 2, U = 4, A = 0x20, D = 0x40, ProtNone = 0x100, Special = 0x200, UffdWp = 0x400, SoftDirty = 0x800;
    private const ulong SavedDirty = 1UL << 58, NoExecute = 1UL << 63;

    private static Pte<X86_64> Pte(ulong bits) => new(bits);

    [Fact]
    public void An_entry_is_one_word() => Assert.Equal(8, System.Runtime.CompilerServices.Unsafe.SizeOf<Pte<X86_64>>());

    [Theory]
    [InlineData(VmFlags.None, 0x120UL)]
    [InlineData(VmFlags.Read, 0x8000000000000025UL)]
    [InlineData(VmFlags.Read | VmFlags.Exec, 0x25UL)]
    [InlineData(VmFlags.Read | VmFlags.Write, 0x8000000000000025UL)]
    [InlineData(VmFlags.Read | VmFlags.Write | VmFlags.Shared, 0x8000000000000027UL)]
    [InlineData(VmFlags.Read | VmFlags.Write | VmFlags.Exec | VmFlags.Shared, 0x27UL)]
    public void The_protection_of_a_region_has_the_bits_of_the_manual(VmFlags flags, ulong bits)
        => Assert.Equal(bits, Pgprot<X86_64>.Of(flags).Value);

    [Fact]
    public void A_page_frame_sits_in_bits_12_to_51()
    {
        Pte<X86_64> pte = PageTable.PfnPte(0xab_cdef_0123UL, new Pgprot<X86_64>(P | U));
        Assert.Equal(0x000a_bcde_f012_3005UL, pte.Value);
        Assert.Equal(0xab_cdef_0123UL, pte.Pfn);
    }

    [Fact]
    public void The_frame_of_an_inaccessible_page_is_stored_inverted()
    {
        Pte<X86_64> pte = PageTable.PfnPte(0x123UL, Pgprot<X86_64>.Of(VmFlags.None));
        Assert.Equal(0x000f_ffff_ffed_c120UL, pte.Value);
        Assert.Equal(0x123UL, pte.Pfn);
        Assert.True(pte.IsPresent);
        Assert.True(pte.IsProtNone);
        Assert.False(pte.IsSwap);
    }

    [Theory]
    [InlineData(VmFlags.Read | VmFlags.Write | VmFlags.Shared)]
    [InlineData(VmFlags.None)]
    [InlineData(VmFlags.Read)]
    public void Modify_keeps_the_frame_whichever_way_it_is_stored(VmFlags flags)
    {
        foreach (VmFlags old in new[] { VmFlags.None, VmFlags.Read, VmFlags.Read | VmFlags.Write | VmFlags.Shared })
        {
            Pte<X86_64> pte = PageTable.PfnPte(0x4_5678UL, Pgprot<X86_64>.Of(old)).MkSpecial().MkDirty();
            Pte<X86_64> modified = pte.Modify(Pgprot<X86_64>.Of(flags));
            Assert.Equal(0x4_5678UL, modified.Pfn);
            Assert.Equal(flags == VmFlags.None, modified.IsProtNone);
            Assert.True(modified.IsSpecial);
            Assert.True(modified.IsDirty);
        }
    }

    [Theory]
    [InlineData(0UL, true)]
    [InlineData(A, true)]
    [InlineData(D, true)]
    [InlineData(A | D, true)]
    [InlineData(P, false)]
    [InlineData(ProtNone, false)]
    [InlineData(Special, false)]
    public void Only_accessed_and_dirty_do_not_count_when_an_entry_is_empty(ulong bits, bool none)
        => Assert.Equal(none, Pte(bits).IsNone);

    [Fact]
    public void Write_protecting_moves_dirty_aside_and_allowing_writes_moves_it_back()
    {
        Pte<X86_64> writable = Pte(0x1000 | P | W | U | A | D);
        Pte<X86_64> readOnly = writable.Wrprotect();
        Assert.Equal(0x1000 | P | U | A | SavedDirty, readOnly.Value);
        Assert.True(readOnly.IsDirty);
        Assert.False(readOnly.IsWritable);
        Assert.Equal(writable.Value, readOnly.MkWrite().Value);
    }

    [Fact]
    public void A_read_only_entry_made_dirty_never_looks_like_a_shadow_stack()
    {
        Pte<X86_64> dirty = Pte(P | U).MkDirty();
        Assert.Equal(P | U | SoftDirty | SavedDirty, dirty.Value);
        Assert.False(dirty.IsWritable);
        Assert.True(Pte(P | U | D).IsWritable, "not writable and dirty is a shadow stack, which is written");
    }

    [Fact]
    public void Cleaning_clears_both_dirty_bits_and_keeps_soft_dirty()
        => Assert.Equal(P | W | SoftDirty, Pte(P | W | D | SavedDirty | SoftDirty).MkClean().Value);

    [Fact]
    public void Marks_have_the_bits_of_the_manual_and_of_the_kernel()
    {
        Assert.Equal(P | A, Pte(P).MkYoung().Value);
        Assert.Equal(P, Pte(P | A).MkOld().Value);
        Assert.Equal(P | W | D | SoftDirty, Pte(P | W).MkDirty().Value);
        Assert.Equal(P | Special, Pte(P).MkSpecial().Value);
        Assert.Equal(P | SoftDirty, Pte(P).MkSoftDirty().Value);
        Assert.Equal(P, Pte(P | SoftDirty).ClearSoftDirty().Value);
        Assert.Equal(P | UffdWp | SavedDirty, Pte(P | W | D).MkUffdWp().Value);
        Assert.Equal(P, Pte(P | UffdWp).ClearUffdWp().Value);
        Assert.False(Pte(P | NoExecute).IsExecutable);
        Assert.True(Pte(P).IsExecutable);
    }

    [Fact]
    public void The_text_of_an_entry_says_what_it_is()
    {
        Assert.Equal("pte 0x0 none", Pte<X86_64>.None.ToString());
        Assert.Equal("pte 0x1067 pfn 0x1 writable young dirty", Pte(0x1067).ToString());
    }

    [Fact]
    public void Modify_keeps_the_memory_type()
    {
        const ulong type = 1UL << 7 | 1UL << 4 | 1UL << 3;
        Pgprot<X86_64> readOnly = Pgprot<X86_64>.Of(VmFlags.Read);
        var uncached = new Pgprot<X86_64>(Pgprot<X86_64>.Of(VmFlags.Read | VmFlags.Exec).Value | type);
        Assert.Equal(type, PageTable.PfnPte(5, uncached).Modify(readOnly).Value & type);
        Assert.Equal(0UL, PageTable.PfnPte(5, readOnly).Modify(uncached).Value & type);
    }
}
