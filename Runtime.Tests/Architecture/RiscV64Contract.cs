namespace PteGuard.Runtime.Tests;

/// <summary>What the privileged architecture says of all modes; bits by number, as the manual has them.</summary>
public abstract unsafe class RiscV64Contract<TArch> : ArchitectureContract<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private const ulong V = 1, R = 2, W = 4, X = 8, U = 16, G = 32, A = 64, D = 128;

    // A reference to a table with A set, which is reserved there.
    protected override Pmd<TArch> Bad => new((0x20_0000 >> 2) | V | A);

    private static Pgprot<TArch> Prot(VmFlags flags) => Pgprot<TArch>.Of(flags);

    private static Mm<TArch> Touched(TestSpace<TArch> space, out Vma<TArch> vma)
    {
        vma = space.Mm.Mmap(Start, 32 * Page, TestSpace.ReadWrite);
        using var mmu = new SoftMmu<TArch>(space.Mm);
        mmu.Store(Start, 1UL);
        return space.Mm;
    }

    [Theory]
    [InlineData(VmFlags.None, G | R | A)]
    [InlineData(VmFlags.Read, V | R | U | A)]
    [InlineData(VmFlags.Write, V | R | U | A)]
    [InlineData(VmFlags.Exec, V | X | U | A)]
    [InlineData(VmFlags.Read | VmFlags.Exec, V | R | X | U | A)]
    [InlineData(VmFlags.Read | VmFlags.Write | VmFlags.Shared, V | R | W | U | A)]
    [InlineData(VmFlags.Write | VmFlags.Exec | VmFlags.Shared, V | R | W | X | U | A)]
    public void Protections_have_the_manuals_bits(VmFlags flags, ulong bits) => Assert.Equal(bits, Prot(flags).Value);

    [Fact]
    public void Bits_lie_where_the_manual_has_them()
    {
        Pte<TArch> pte = PageTable.PfnPte((1UL << 44) - 1, Prot(VmFlags.Read));
        Assert.Equal(0x003f_ffff_ffff_fc00 | V | R | U | A, pte.Value);
        Assert.Equal(pte.Value | D, pte.MkDirty().Value);
        Assert.Equal(pte.Value & ~A, pte.MkOld().Value);
        Assert.Equal(pte.Value | W, pte.MkWrite().Value);
        Assert.Equal(pte.Value | (1UL << 8), pte.MkSpecial().Value);
        Assert.True(new Pmd<TArch>(V | R | (1UL << 9)) is { IsDevmap: true, IsTransHuge: false, IsPresent: true });
        Assert.True(new Pte<TArch>(0x400 | G) is { IsPresent: true, IsProtNone: true });
        Assert.True(new Pte<TArch>(0x400 | V | G) is { IsPresent: true, IsProtNone: false });
        Assert.False(pte.MkSoftDirty().IsSoftDirty || pte.MkUffdWp().IsUffdWp);
    }

    [Fact]
    public void Changing_protection_keeps_what_regions_do_not_say()
    {
        ulong kept = (0x123UL << 10) | A | D | (3UL << 8) | (1UL << 61);
        Pte<TArch> pte = new Pte<TArch>(kept | V | R | W | X | U | G).Modify(Prot(VmFlags.Read));
        Assert.Equal(kept | V | R | U, pte.Value);
        Assert.Equal(kept | G | R, pte.Modify(Prot(VmFlags.None)).Value);
        Assert.False(pte.MkOld().Modify(Prot(VmFlags.None)).Modify(Prot(TestSpace.ReadWrite)).IsYoung, "nor does it make anything accessed");
    }

    [Fact]
    public void Swap_entries_have_Linuxs_layout()
    {
        Pte<TArch> pte = Pte<TArch>.FromSwpEntry(new SwpEntry(0x1f, 0xf_ffff_ffff_ffff));
        Assert.Equal(0xffff_ffff_ffff_ff80, pte.Value);
        Assert.Equal(0UL, pte.Value & (V | R | W | X | G));
        pte = Pte<TArch>.FromSwpEntry(new SwpEntry(3, 0x5));
        Assert.Equal((5UL << 12) | (3UL << 7), pte.Value);
        Assert.Equal(pte.Value | (1UL << 6), pte.SwpMkExclusive().Value);
    }

    [Fact]
    public void A_huge_entry_being_split_is_known_by_what_makes_it_a_leaf()
    {
        Pmd<TArch> pmd = Pmd<TArch>.MkHuge(0x200, Prot(VmFlags.Read));
        Assert.Equal((0x200UL << 10) | V | R | U | A, pmd.Value);
        Assert.Equal((0x200UL << 10) | R | U | A, pmd.MkInvalid().Value);
        Assert.True(new Pmd<TArch>((0x200UL << 10) | V) is { IsBad: false, IsTransHuge: false, IsPresent: true });
        foreach (ulong reserved in new[] { A, D, U, 1UL << 54, 1UL << 61, 1UL << 63 })
            Assert.True(new Pmd<TArch>((0x200UL << 10) | V | reserved).IsBad, $"0x{reserved:x} is reserved in a reference to a table");
    }

    [Theory]
    [InlineData(W, MmuFault.ReservedBit)]
    [InlineData(1UL << 54, MmuFault.ReservedBit)]
    [InlineData(1UL << 60, MmuFault.ReservedBit)]
    [InlineData(3UL << 61, MmuFault.ReservedBit)]
    [InlineData(1UL << 61, MmuFault.None)]
    [InlineData(2UL << 61, MmuFault.None)]
    [InlineData(3UL << 8, MmuFault.None)]
    [InlineData(G, MmuFault.None)]
    public void Reserved_bits_fault_and_others_do_not(ulong bits, MmuFault expected)
    {
        using var space = new TestSpace<TArch>();
        Mm<TArch> mm = Touched(space, out _);
        ulong value = space.PteAt(Start).Value;
        space.SetPte(Start, new((bits == W ? value & ~(R | W | A) : value & ~A) | bits));
        using var mmu = new SoftMmu<TArch>(mm);
        Assert.Equal(expected, mmu.Translate(Start, MmuAccess.Read | MmuAccess.User, out _));
        Assert.Equal(expected == MmuFault.None, space.PteAt(Start).IsYoung);
        space.SetPte(Start, new(value));
    }

    [Fact]
    public void Who_may_do_what()
    {
        using var space = new TestSpace<TArch>();
        Mm<TArch> mm = Touched(space, out _);
        ulong frame = space.PteAt(Start).Value & ~0x3ffUL;
        ulong value = space.PteAt(Start).Value;
        using var mmu = new SoftMmu<TArch>(mm);
        foreach ((ulong bits, MmuAccess access, MmuFault expected) in new[]
        {
            (R | U, MmuAccess.User, MmuFault.None),
            (R | U, MmuAccess.Read, MmuFault.None),
            (R | W | U, MmuAccess.Write, MmuFault.None),
            (R | U, MmuAccess.User | MmuAccess.Write, MmuFault.Protection),
            (R, MmuAccess.User, MmuFault.Protection),
            (R, MmuAccess.Read, MmuFault.None),
            (X | U, MmuAccess.User, MmuFault.Protection),
            (X | U, MmuAccess.User | MmuAccess.Execute, MmuFault.None),
            (X | U, MmuAccess.Execute, MmuFault.Protection),
            (X, MmuAccess.Execute, MmuFault.None),
            (R | W | U, MmuAccess.User | MmuAccess.Execute, MmuFault.Protection),
        })
        {
            space.SetPte(Start, new(frame | V | bits));
            Assert.Equal(expected, mmu.Translate(Start + 8, access, out ulong physical));
            bool marked = space.PteAt(Start).IsYoung;
            Assert.True(marked == (expected == MmuFault.None), $"0x{bits:x} {access} leaves a mark exactly if it is allowed");
            Assert.Equal(expected == MmuFault.None && (access & MmuAccess.Write) != 0, space.PteAt(Start).IsDirty);
            Assert.Equal(expected == MmuFault.None ? (frame << 2) + 8 : 0, physical);
        }

        space.SetPte(Start, new(frame | V));
        Assert.Equal(MmuFault.ReservedBit, mmu.Translate(Start, MmuAccess.User, out _));
        space.SetPte(Start, new(value));
    }

    [Fact]
    public void Upper_levels_are_not_marked_and_their_reserved_bits_fault()
    {
        using var space = new TestSpace<TArch>();
        Mm<TArch> mm = Touched(space, out _);
        using var mmu = new SoftMmu<TArch>(mm);
        Pmd<TArch>* pmd = PageTable.MmFindPmd(mm, Start);
        Pmd<TArch> table = PageTable.PmdpGet(pmd);
        Assert.Equal(V, table.Value & 0xffc0_0000_0000_03ff);
        foreach (ulong reserved in new[] { A, D, U, 1UL << 57, 1UL << 61, 1UL << 63 })
        {
            PageTable.SetPmd(pmd, new Pmd<TArch>(table.Value | reserved));
            Assert.Equal(MmuFault.ReservedBit, mmu.Translate(Start, MmuAccess.User, out _));
        }

        // A superpage that does not lie at a multiple of its size.
        PageTable.SetPmd(pmd, new Pmd<TArch>((table.Value & ~0x7_ffffUL) | (1UL << 10) | V | R | U | A));
        Assert.Equal(MmuFault.ReservedBit, mmu.Translate(Start, MmuAccess.User, out _));
        PageTable.SetPmd(pmd, table);
        Assert.Equal(MmuFault.None, mmu.Translate(Start, MmuAccess.User, out _));
    }

    [Fact]
    public void Access_flags_always_answer_that_something_changed_and_keep_what_hardware_set()
    {
        using var space = new TestSpace<TArch>();
        Mm<TArch> mm = Touched(space, out Vma<TArch> vma);
        Pte<TArch>* ptep = PageTable.GetLockedPte(mm, Start, out PtLock ptl);
        Pte<TArch> pte = PageTable.PtepGet(ptep);
        Assert.True(PageTable.PtepSetAccessFlags(vma, Start, ptep, pte, dirty: true), "without Svvptc there is always something to fence");
        PageTable.SetPte(ptep, pte.MkDirty());
        Assert.True(PageTable.PtepSetAccessFlags(vma, Start, ptep, pte.MkClean().MkYoung(), dirty: false));
        Assert.True(PageTable.PtepGet(ptep) is { IsDirty: true, IsYoung: true }, "a store in between is not forgotten");
        PageTable.PteUnmapUnlock(ptep, ptl);
    }

    [Fact]
    public void A_region_that_may_only_be_executed_cannot_be_read()
    {
        using var space = new TestSpace<TArch>();
        space.Mm.Mmap(Start, Page, VmFlags.Exec);
        using var mmu = new SoftMmu<TArch>(space.Mm);
        Assert.Equal(VmFault.SigSegv, mmu.Read(Start, stackalloc byte[1]));
        Assert.Equal(MmuFault.None, mmu.Translate(Start, MmuAccess.User | MmuAccess.Execute, out _));
    }
}
