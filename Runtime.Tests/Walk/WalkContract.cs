namespace PteGuard.Runtime.Tests;

public class X86_64WalkContractTests : WalkContract<X86_64>;

public class X86_64La57WalkContractTests : WalkContract<X86_64La57>;

public class X86PaeWalkContractTests : WalkContract<X86Pae>;

public class Arm64K4WalkContractTests : WalkContract<Arm64K4>;

public class Arm64K16WalkContractTests : WalkContract<Arm64K16>;

public class Arm64K64WalkContractTests : WalkContract<Arm64K64>;

public class RiscV64Sv39WalkContractTests : WalkContract<RiscV64Sv39>;

public class RiscV64Sv48WalkContractTests : WalkContract<RiscV64Sv48>;

public class RiscV64Sv57WalkContractTests : WalkContract<RiscV64Sv57>;

public class S390XWalkContractTests : WalkContract<S390X>;

/// <summary>What the walks answer, on every architecture.</summary>
public abstract class WalkContract<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private const ulong Addr = 1UL << 30;

    private static ulong Page => 1UL << TArch.PageShift;

    private static ulong Huge => 1UL << TArch.PmdShift;

    private static TestSpace<TArch> Space() => new((TArch.HasHugePmd ? 2 * (long)Huge : 0) + (32 << 20));

    [Fact]
    public void Mincore_tells_memory_from_everything_else()
    {
        using TestSpace<TArch> space = Space();
        space.Mm.Mmap(Addr, 6 * Page, TestSpace.ReadWrite);
        using var mmu = new SoftMmu<TArch>(space.Mm);
        mmu.Store(Addr + Page, 1);
        space.SetPte(Addr + (2 * Page), Pte<TArch>.FromSwpEntry(new SwpEntry(1, 5)));
        space.SetPte(Addr + (3 * Page), Pte<TArch>.FromSwpEntry(new SwpEntry(SwpEntry.MigrationRead, 5)));
        space.SetPte(Addr + (4 * Page), Pte<TArch>.FromSwpEntry(new SwpEntry(SwpEntry.Marker, 1)));
        byte[] answer = [9, 9, 9, 9, 9, 9, 9];
        space.Mm.Mincore(Addr, (6 * Page) - 1, answer);
        Assert.Equal([0, 1, 0, 1, 0, 0, 9], answer);
        Assert.Throws<ArgumentException>(() => space.Mm.Mincore(Addr, 7 * Page, answer));
        Assert.Throws<ArgumentException>(() => space.Mm.Mincore(Addr, 6 * Page, new byte[5]));
        for (ulong addr = Addr + (2 * Page); addr < Addr + (5 * Page); addr += Page)
            space.SetPte(addr, Pte<TArch>.None);
    }

    [Fact]
    public void Aging_counts_once_what_was_accessed()
    {
        using TestSpace<TArch> space = Space();
        space.Mm.Mmap(Addr, 8 * Page, TestSpace.ReadWrite);
        using var mmu = new SoftMmu<TArch>(space.Mm);
        foreach (ulong page in new ulong[] { 0, 3, 5 })
            mmu.Store(Addr + (page * Page), 1);
        Assert.Equal(3, space.Mm.Age(Addr, 100 * Page));
        Assert.Equal(0, space.Mm.Age(Addr, 100 * Page));
        Assert.Equal(1, mmu.Load<int>(Addr + (3 * Page)));
        Assert.Equal(0, space.Mm.Age(Addr, 3 * Page));
        Assert.Equal(1, space.Mm.Age(Addr, 4 * Page));
        mmu.Store(Addr, 2);
        space.Mm.MadviseCold(Addr, 8 * Page);
        Assert.False(space.PteAt(Addr).IsYoung);
        Assert.True(space.PteAt(Addr).IsDirty);
        Assert.Throws<ArgumentException>(() => space.Mm.MadviseCold(Addr, 9 * Page));
    }

    [Fact]
    public void A_huge_page_ages_whole_and_is_cold_in_part()
    {
        if (!TArch.HasHugePmd)
            return;
        using TestSpace<TArch> space = Space();
        space.Mm.Mmap(Addr, Huge, TestSpace.ReadWrite);
        Assert.True(space.Mm.MapHuge(Addr));
        using var mmu = new SoftMmu<TArch>(space.Mm);
        mmu.Store(Addr, 1);
        Assert.Equal((long)(Huge / Page), space.Mm.Age(Addr, Huge));
        Assert.Equal(0, space.Mm.Age(Addr, Huge));
        mmu.Store(Addr, 1);
        byte[] answer = new byte[Huge / Page];
        space.Mm.Mincore(Addr, Huge, answer);
        Assert.All(answer, value => Assert.Equal(1, value));
        space.Mm.MadviseCold(Addr, Page);
        Assert.True(space.PteAt(Addr) is { IsPresent: true, IsYoung: false });

        // Not the next page: where pages are kept in blocks, they age together.
        Assert.True(space.PteAt(Addr + Huge - Page) is { IsPresent: true, IsYoung: true });
    }

    [Fact]
    public void Pagemap_says_what_is_there()
    {
        using TestSpace<TArch> space = Space();
        space.Mm.Mmap(Addr, 4 * Page, TestSpace.ReadWrite);
        using var mmu = new SoftMmu<TArch>(space.Mm);
        mmu.Store(Addr, 1);
        Assert.Equal(0UL, space.Mm.Pagemap(Addr - Page).Value);
        Assert.Equal(0UL, space.Mm.Pagemap(Addr + Page).Value);
        PagemapEntry entry = space.Mm.Pagemap(Addr + 17);
        Assert.True(entry is { IsPresent: true, IsSwapped: false, IsExclusive: true }, entry.ToString());
        Assert.Equal(space.PteAt(Addr).Pfn, entry.Pfn);
        space.PteAt(Addr).Page.Get();
        Assert.False(space.Mm.Pagemap(Addr).IsExclusive);
        space.PteAt(Addr).Page.Put();

        space.SetPte(Addr + Page, Pte<TArch>.FromSwpEntry(new SwpEntry(3, 0x77)).SwpMkExclusive());
        entry = space.Mm.Pagemap(Addr + Page);
        Assert.True(entry is { IsPresent: false, IsSwapped: true, IsExclusive: true, Pfn: 0 }, entry.ToString());
        Assert.Equal(new SwpEntry(3, 0x77), entry.SwapEntry);
        Assert.Equal(0x4100_0000_0000_0000UL | (0x77 << 5) | 3, entry.Value & ~(1UL << 57));
        space.SetPte(Addr + Page, Pte<TArch>.None);
    }

    [Fact]
    public void Soft_dirty_is_what_was_written_since()
    {
        using TestSpace<TArch> space = Space();
        Mm<TArch> mm = space.Mm;
        mm.Mmap(Addr, 4 * Page, TestSpace.ReadWrite);
        mm.Mmap(Addr + (4 * Page), 2 * Page, TestSpace.ReadWrite | VmFlags.Shared);
        if (!WriteTracking.IsSupported<TArch>())
        {
            Assert.Throws<NotSupportedException>(mm.ClearSoftDirty);
            return;
        }

        using var mmu = new SoftMmu<TArch>(mm);
        for (ulong addr = Addr; addr < Addr + (6 * Page); addr += Page)
            mmu.Load<int>(addr);
        Assert.True(mm.Pagemap(Addr).IsSoftDirty, "a page that may be written without a fault counts as written");
        mmu.Store(Addr, 1);
        mm.ClearSoftDirty();
        Assert.Equal(new bool[6], Dirty(mm));
        Assert.True(space.PteAt(Addr) is { IsWritable: false, IsDirty: true }, "only the soft mark is forgotten");

        Assert.Equal(1, mmu.Load<int>(Addr));
        Assert.Equal(new bool[6], Dirty(mm));
        mmu.Store(Addr + Page, 2);
        mmu.Store(Addr + (4 * Page), 2);
        mm.Mprotect(Addr, 6 * Page, VmFlags.None);
        mm.Mprotect(Addr, 6 * Page, TestSpace.ReadWrite);
        Assert.Equal([false, true, false, false, true, false], Dirty(mm));
        mmu.Store(Addr + (5 * Page), 2);
        mmu.Store(Addr + Page, 2);
        Assert.Equal([false, true, false, false, true, true], Dirty(mm));

        space.SetPte(Addr + (2 * Page), Drop(space.PteAt(Addr + (2 * Page)), Pte<TArch>.FromSwpEntry(new SwpEntry(3, 0x77)).SwpMkSoftDirty()));
        Assert.True(mm.Pagemap(Addr + (2 * Page)).IsSoftDirty);
        mm.ClearSoftDirty();
        Assert.Equal(new bool[6], Dirty(mm));
        space.SetPte(Addr + (2 * Page), Pte<TArch>.None);
    }

    [Fact]
    public void Soft_dirty_of_a_huge_page_is_that_of_all_its_pages()
    {
        if (!TArch.HasHugePmd || !WriteTracking.IsSupported<TArch>())
            return;
        using TestSpace<TArch> space = Space();
        Mm<TArch> mm = space.Mm;
        mm.Mmap(Addr, Huge, TestSpace.ReadWrite);
        Assert.True(mm.MapHuge(Addr));
        Assert.True(mm.Pagemap(Addr + Page).IsSoftDirty);
        mm.ClearSoftDirty();
        using var mmu = new SoftMmu<TArch>(mm);
        mmu.Load<int>(Addr);
        Assert.True(mm.Pagemap(Addr + Page) is { IsPresent: true, IsSoftDirty: false, IsExclusive: true });
        mmu.Store(Addr, 1);
        Assert.True(mm.Pagemap(Addr + Page).IsSoftDirty);
        Assert.Equal(mm.Pagemap(Addr).Pfn + 1, mm.Pagemap(Addr + Page).Pfn);
    }

    private static bool[] Dirty(Mm<TArch> mm)
    {
        var entries = new PagemapEntry[6];
        mm.Pagemap(Addr, entries);
        return Array.ConvertAll(entries, entry => entry.IsSoftDirty);
    }

    private static Pte<TArch> Drop(Pte<TArch> old, Pte<TArch> then)
    {
        old.Page.Put();
        return then;
    }
}
