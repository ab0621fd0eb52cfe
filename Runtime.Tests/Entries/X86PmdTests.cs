namespace PteGuard.Runtime.Tests;

public class X86PmdTests
{
    private static readonly Pmd<X86_64> s_table = new(0x12_3000 | 0x67);
    private static readonly Pmd<X86_64> s_huge = Pmd<X86_64>.MkHuge(0x400, Pgprot<X86_64>.Of(VmFlags.Read | VmFlags.Write | VmFlags.Shared));

    /// <summary>The truth table of the reference: none, present, huge, leaf, bad.</summary>
    public static TheoryData<string, ulong, string> Truth => new()
    {
        { "empty", 0, "none bad" },
        { "table", s_table.Value, "present" },
        { "huge", s_huge.Value, "present huge leaf bad" },
        { "device", s_huge.Value | 1UL << 57, "present leaf bad" },
        { "huge without access", s_huge.Modify(Pgprot<X86_64>.Of(VmFlags.None)).Value, "present huge leaf bad" },
        { "being split", s_huge.MkInvalid().Value, "present huge leaf bad" },
        { "migrating", Pmd<X86_64>.FromSwpEntry(new SwpEntry(SwpEntry.MigrationWrite, 0x400)).Value, "migration bad" },
        { "corrupt", s_table.Value | 1UL << 63, "present bad" },
        { "read-only table", s_table.Value & ~2UL, "present bad" },
    };

    [Theory]
    [MemberData(nameof(Truth))]
    public void A_pmd_answers_as_the_truth_table_says(string state, ulong bits, string expected)
    {
        var pmd = new Pmd<X86_64>(bits);
        string answers = string.Join(' ', new[]
        {
            pmd.IsNone ? "none" : "",
            pmd.IsMigration ? "migration" : "",
            pmd.IsPresent ? "present" : "",
            pmd.IsTransHuge ? "huge" : "",
            pmd.IsPresent && pmd.IsLeaf ? "leaf" : "",
            pmd.IsBad ? "bad" : "",
        }.Where(word => word.Length != 0));
        Assert.True(expected == answers, $"{state}: {answers}");
    }

    [Fact]
    public void A_table_reference_has_the_bits_of_the_manual()
    {
        Assert.Equal(0x12_3067UL, new Pmd<X86_64>(X86.Table | 0x12_3000).Value);
        Assert.Equal(0x123UL, s_table.Table.Page.Frame);
    }

    [Fact]
    public void A_huge_entry_has_the_size_bit_and_its_frame()
    {
        Assert.Equal(0x8000_0000_0040_00a7UL, s_huge.Value);
        Assert.Equal(0x400UL, s_huge.Pfn);
    }

    [Fact]
    public void A_huge_page_that_is_being_split_keeps_its_frame_inverted()
    {
        Pmd<X86_64> invalid = s_huge.MkInvalid();
        Assert.Equal(0UL, invalid.Value & 1);
        Assert.Equal(0x400UL, invalid.Pfn);
        Assert.NotEqual(0x40_0000UL, invalid.Value & 0xf_ffff_ffff_f000);
    }

    [Fact]
    public void A_huge_page_starts_at_a_multiple_of_its_size()
        => Assert.Equal("pfn", Assert.Throws<ArgumentException>(() => Pmd<X86_64>.MkHuge(0x401, default)).ParamName);

    [Fact]
    public void Marks_of_a_huge_entry_leave_size_and_frame()
    {
        Pmd<X86_64> marked = s_huge.MkDirty().MkYoung().Wrprotect();
        Assert.True(marked.IsTransHuge && marked.IsDirty && marked.IsYoung && !marked.IsWritable);
        Assert.Equal(0x400UL, marked.Pfn);
        Assert.True(marked.MkWrite().IsWritable);
        Assert.False(marked.MkOld().IsYoung);
        Assert.False(marked.MkClean().IsDirty);
    }

    [Fact]
    public void The_entry_above_a_folded_level_is_never_empty()
    {
        Assert.False(Pgd<X86_64>.None.IsNone);
        Assert.True(Pgd<X86_64>.None.IsPresent);
        Assert.False(new Pgd<X86_64>(ulong.MaxValue).IsBad);
        Assert.True(P4d<X86_64>.None.IsNone);
    }

    [Fact]
    public void A_huge_pud_is_a_leaf_and_no_table()
    {
        var pud = new Pud<X86_64>(0x4000_00e7);
        Assert.True(pud.IsLeaf && pud.IsPresent && pud.IsTransHuge && pud.IsBad);
        Assert.Equal(0x4_0000UL, pud.Pfn);
    }
}
