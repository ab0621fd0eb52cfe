namespace PteGuard.Runtime.Tests;

/// <summary>
/// What the three granules share: descriptors from the Arm ARM (DDI 0487, section D8.3), and the use that Linux 6.12 makes of
/// bits 2, 3, 11 and 55 to 58.
/// </summary>
public abstract class Arm64Contract<TArch> : ArchitectureContract<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    protected const ulong Valid = 1, PageBit = 2, User = 1 << 6, ReadOnly = 1 << 7, Shared = 3 << 8, Af = 1 << 10, Ng = 1 << 11;
    protected const ulong Dbm = 1UL << 51, Cont = 1UL << 52, Pxn = 1UL << 53, Uxn = 1UL << 54, Dirty = 1UL << 55;
    protected const ulong Special = 1UL << 56, Devmap = 1UL << 57, UffdWp = 1UL << 58, PxnTable = 1UL << 59;
    protected const ulong Readable = Valid | PageBit | User | ReadOnly | Shared | Af | Ng | Pxn | Uxn;

    // An invalid descriptor that is no migration entry, and present to nobody.
    protected override Pmd<TArch> Bad => new(0x20_0000 | PageBit);

    private static Pte<TArch> Pte(ulong bits) => new(bits);

    [Theory]
    [InlineData(VmFlags.None, 0x0060_0000_0000_0f82UL)]
    [InlineData(VmFlags.Shared, 0x0060_0000_0000_0f82UL)]
    [InlineData(VmFlags.Read, 0x0060_0000_0000_0fc3UL)]
    [InlineData(VmFlags.Write, 0x0060_0000_0000_0fc3UL)]
    [InlineData(VmFlags.Exec, 0x0020_0000_0000_0fc3UL)]
    [InlineData(VmFlags.Read | VmFlags.Write, 0x0060_0000_0000_0fc3UL)]
    [InlineData(VmFlags.Read | VmFlags.Shared, 0x0060_0000_0000_0fc3UL)]
    [InlineData(VmFlags.Read | VmFlags.Write | VmFlags.Shared, 0x0068_0000_0000_0fc3UL)]
    [InlineData(VmFlags.Read | VmFlags.Write | VmFlags.Exec | VmFlags.Shared, 0x0028_0000_0000_0fc3UL)]
    public void The_protection_of_a_region_has_the_bits_of_the_manual(VmFlags flags, ulong bits)
        => Assert.Equal(bits, Pgprot<TArch>.Of(flags).Value);

    [Fact]
    public void The_page_frame_takes_the_bits_from_the_granule_up_to_49()
    {
        ulong pfn = 0x2_5678_9abc_d000UL >> TArch.PageShift;
        Pte<TArch> pte = PageTable.PfnPte(pfn, Pgprot<TArch>.Of(VmFlags.Read));
        Assert.Equal((pfn << TArch.PageShift) | Readable, pte.Value);
        Assert.Equal(pfn, pte.Pfn);
        Assert.Equal(pfn, Pte(pte.Value | (0xfffcUL << 48)).Pfn);
    }

    [Theory]
    [InlineData(0UL, true, false, false)]
    [InlineData(Valid, false, true, false)]
    [InlineData(Ng, false, true, false)]
    [InlineData(Ng | Uxn, false, true, true)]
    [InlineData(Ng | Uxn | Valid, false, true, false)]
    [InlineData(Ng | Uxn | User, false, true, false)]
    [InlineData(PageBit, false, false, false)]
    [InlineData(Dbm | Dirty | Af, false, false, false)]
    public void Present_is_valid_or_bit_11_without_it(ulong bits, bool none, bool present, bool protNone)
    {
        Assert.Equal(none, Pte(bits).IsNone);
        Assert.Equal(present, Pte(bits).IsPresent);
        Assert.Equal(protNone, Pte(bits).IsProtNone);
    }

    [Theory]
    [InlineData(Valid | ReadOnly, false, false)]
    [InlineData(Valid, false, false)]
    [InlineData(Valid | Dbm | ReadOnly, true, false)]
    [InlineData(Valid | Dbm, true, true)]
    [InlineData(Valid | Dbm | ReadOnly | Dirty, true, true)]
    [InlineData(Valid | ReadOnly | Dirty, false, true)]
    public void Write_is_bit_51_and_dirty_is_bit_55_or_what_hardware_left(ulong bits, bool write, bool dirty)
    {
        Assert.Equal(write, Pte(bits).IsWritable);
        Assert.Equal(dirty, Pte(bits).IsDirty);
    }

    [Fact]
    public void Write_protecting_moves_dirty_from_where_hardware_has_it()
    {
        Assert.Equal(Valid | ReadOnly | Dirty, Pte(Valid | Dbm).Wrprotect().Value);
        Assert.Equal(Valid | ReadOnly, Pte(Valid | Dbm | ReadOnly).Wrprotect().Value);
        Assert.Equal(Valid | Dbm | Dirty, Pte(Valid | Dbm).Wrprotect().MkWrite().Value);
        Assert.Equal(Valid | Dbm | ReadOnly, Pte(Valid | ReadOnly).MkWrite().Value);
    }

    [Fact]
    public void Marks_have_the_bits_of_the_manual_and_of_the_kernel()
    {
        Assert.Equal(Valid | Af, Pte(Valid).MkYoung().Value);
        Assert.Equal(Valid, Pte(Valid | Af).MkOld().Value);
        Assert.Equal(Valid | Dbm | Dirty, Pte(Valid | Dbm | ReadOnly).MkDirty().Value);
        Assert.Equal(Valid | ReadOnly | Dirty, Pte(Valid | ReadOnly).MkDirty().Value);
        Assert.Equal(Valid | Dbm | ReadOnly, Pte(Valid | Dbm | Dirty).MkClean().Value);
        Assert.Equal(Valid | Special, Pte(Valid).MkSpecial().Value);
        Assert.Equal(Valid | UffdWp | ReadOnly | Dirty, Pte(Valid | Dbm).MkUffdWp().Value);
        Assert.Equal(Valid | ReadOnly, Pte(Valid | ReadOnly | UffdWp).ClearUffdWp().Value);
        Assert.True(Pte(Valid | UffdWp).IsUffdWp && !Pte(Valid).IsUffdWp);
        Assert.Equal(Valid, Pte(Valid).MkSoftDirty().Value);
        Assert.False(Pte(ulong.MaxValue).IsSoftDirty || Pte(ulong.MaxValue).IsSwpSoftDirty);
        Assert.True(Pte(Valid).IsExecutable && !Pte(Valid | Uxn).IsExecutable);
    }

    [Fact]
    public void Modify_keeps_the_page_and_the_marks_and_nothing_else()
    {
        const ulong device = 4 << 2, guarded = 1UL << 50, overlay = 7UL << 60, frame = 0x5_0000;
        Pgprot<TArch> readOnly = Pgprot<TArch>.Of(VmFlags.Read);
        ulong old = frame | Valid | PageBit | device | User | Shared | Af | Ng | guarded | Dbm | Special | UffdWp | overlay;
        Assert.Equal(frame | Readable | Special | UffdWp | Dirty, Pte(old).Modify(readOnly).Value);
        Assert.Equal(frame | (Readable & ~Af), Pte(frame | (Readable & ~Af)).Modify(readOnly).Value);
        ulong none = Pte(old).Modify(Pgprot<TArch>.Of(VmFlags.None)).Value;
        Assert.Equal(frame | 0x0060_0000_0000_0f82UL | Special | UffdWp | Dirty, none);
        Assert.Equal(frame | (Readable & ~ReadOnly) | Dbm | Special | UffdWp | Dirty,
            Pte(none).Modify(Pgprot<TArch>.Of(VmFlags.Read | VmFlags.Write | VmFlags.Shared)).Value);
    }

    [Fact]
    public void Swap_entries_have_the_bits_of_the_kernel()
    {
        Pte<TArch> pte = Pte<TArch>.FromSwpEntry(new SwpEntry(21, 0x3_1234_5678_9abcUL));
        Assert.Equal((21UL << 6) | (0x3_1234_5678_9abcUL << 12), pte.Value);
        Assert.Equal(pte.Value | 4, pte.SwpMkExclusive().Value);
        Assert.Equal(pte.Value | 8, pte.SwpMkUffdWp().Value);
        Assert.Equal(pte.Value, pte.SwpMkSoftDirty().Value);
        Assert.Equal(50, TArch.SwapOffsetBits);
        Assert.Throws<ArgumentOutOfRangeException>(() => Pte<TArch>.FromSwpEntry(new SwpEntry(1, 1UL << 50)));
    }

    [Fact]
    public void A_block_is_a_page_without_bit_1()
    {
        ulong pfn = 3UL << (TArch.PmdShift - TArch.PageShift);
        Pmd<TArch> pmd = Pmd<TArch>.MkHuge(pfn, Pgprot<TArch>.Of(VmFlags.Read));
        Assert.Equal((3UL << TArch.PmdShift) | (Readable & ~PageBit), pmd.Value);
        Assert.Equal(pfn, pmd.Pfn);
        Assert.Equal((pmd.Value & ~Valid) | Ng, pmd.MkInvalid().Value);
        Assert.True(pmd.MkInvalid() is { IsTransHuge: true, IsLeaf: true, IsProtNone: false });
        Assert.Equal((3UL << TArch.PmdShift) | 0x0060_0000_0000_0f80UL, pmd.Modify(Pgprot<TArch>.Of(VmFlags.None)).Value);
        Assert.Equal(Readable, TArch.HugeProtection(pmd.Value));
    }

    [Fact]
    public void Device_memory_is_present_and_no_transparent_huge_page()
    {
        Pmd<TArch> pmd = new(Pmd<TArch>.MkHuge(0, Pgprot<TArch>.Of(VmFlags.Read)).Value | Devmap);
        Assert.True(pmd is { IsPresent: true, IsDevmap: true, IsLeaf: true, IsBad: true, IsTransHuge: false });
    }

    [Fact]
    public void A_table_is_for_user_memory_and_whatever_is_none_is_bad()
    {
        ulong address = 5UL << TArch.PageShift;
        Assert.Equal(address | Valid | PageBit | PxnTable, TArch.MakePmdTable(address));
        Assert.Equal(address, TArch.PmdTableAddress(TArch.MakePmdTable(address) | (0xfffcUL << 48)));
        Pmd<TArch> table = new(TArch.MakePmdTable(address));
        Assert.True(table is { IsPresent: true, IsBad: false, IsLeaf: false, IsTransHuge: false, IsDevmap: false });
        Pud<TArch> upper = new(TArch.MakePudTable(address));
        Assert.True(upper is { IsPresent: true, IsBad: false, IsLeaf: false } && new Pud<TArch>(address | Valid).IsBad);
        Assert.Equal(address | Valid | PageBit | PxnTable, TArch.MakePgdTable(address));
    }
}
