namespace PteGuard.Runtime.Tests;

public class X86SwapTests
{
    [Fact]
    public void A_swap_entry_has_the_type_on_top_and_the_offset_inverted()
    {
        Pte<X86_64> pte = Pte<X86_64>.FromSwpEntry(new SwpEntry(3, 0x1234));
        Assert.Equal((3UL << 59) | ((~0x1234UL & ((1UL << 50) - 1)) << 9), pte.Value);
        Assert.Equal(0UL, pte.Value & 0x1ff & ~0xeUL);
    }

    [Fact]
    public void Every_type_and_offset_comes_back_and_is_neither_empty_nor_present()
    {
        for (uint type = 0; type < 32; type++)
        {
            foreach (ulong offset in new ulong[] { 0, 1, 0x123_4567_89ab, (1UL << 50) - 1 })
            {
                if (type == 0 && offset == (1UL << 50) - 1)
                    continue; // All bits inverted away: it would look empty.
                Pte<X86_64> pte = Pte<X86_64>.FromSwpEntry(new SwpEntry(type, offset));
                Assert.True(pte.IsSwap, $"type {type} offset {offset:x}");
                Assert.Equal(new SwpEntry(type, offset), pte.ToSwpEntry());
            }
        }
    }

    [Fact]
    public void Marks_are_stripped_from_the_swap_entry_and_count_for_being_the_same()
    {
        Pte<X86_64> plain = Pte<X86_64>.FromSwpEntry(new SwpEntry(1, 77));
        Pte<X86_64> marked = plain.SwpMkExclusive().SwpMkSoftDirty().SwpMkUffdWp();
        Assert.Equal(plain.Value | 0xe, marked.Value);
        Assert.Equal(plain.ToSwpEntry(), marked.ToSwpEntry());
        Assert.False(PageTable.PteSame(plain, marked));
        Assert.True(marked.IsSwpExclusive && marked.IsSwpSoftDirty && marked.IsSwpUffdWp);
        Assert.Equal(plain.Value, marked.SwpClearExclusive().SwpClearSoftDirty().SwpClearUffdWp().Value);
    }

    [Fact]
    public void Only_swap_areas_have_exclusive_entries()
    {
        Assert.True(Pte<X86_64>.FromSwpEntry(new SwpEntry(22, 1)).SwpMkExclusive().IsSwpExclusive);
        Assert.False(Pte<X86_64>.FromSwpEntry(new SwpEntry(SwpEntry.MigrationRead, 1)).SwpMkExclusive().IsSwpExclusive);
        Assert.Equal(23u, SwpEntry.MaxSwapFiles);
    }

    [Fact]
    public void A_marker_has_no_page_behind_it()
    {
        Pte<X86_64> marker = Pte<X86_64>.FromSwpEntry(new SwpEntry(SwpEntry.Marker, SwpEntry.MarkerUffdWp));
        Assert.True(marker.IsNoneMostly);
        Assert.False(marker.IsNone);
        Assert.False(Pte<X86_64>.FromSwpEntry(new SwpEntry(1, 1)).IsNoneMostly);
    }

    [Fact]
    public void A_migration_entry_looks_like_device_memory_to_who_does_not_ask_first_whether_it_is_present()
    {
        Pmd<X86_64> pmd = Pmd<X86_64>.FromSwpEntry(new SwpEntry(SwpEntry.MigrationRead, 0x400));
        Assert.True(pmd.IsMigration);
        Assert.True(pmd.IsDevmap);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Assert.Equal("Type", Assert.Throws<ArgumentOutOfRangeException>(() => new SwpEntry(32, 0)).ParamName);
        Assert.Equal("entry", Assert.Throws<ArgumentOutOfRangeException>(() => Pte<X86_64>.FromSwpEntry(new SwpEntry(1, 1UL << 50))).ParamName);
        Assert.Equal("entry", Assert.Throws<ArgumentOutOfRangeException>(() => Pte<X86_64>.FromSwpEntry(new SwpEntry(0, (1UL << 50) - 1))).ParamName);
    }
}
