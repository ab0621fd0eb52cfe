namespace PteGuard.Runtime.Tests;

public class Arm64K4ContpteUnfoldTests() : ContpteUnfoldTests<Arm64K4>(16);

public class Arm64K16ContpteUnfoldTests() : ContpteUnfoldTests<Arm64K16>(128);

public class Arm64K64ContpteUnfoldTests() : ContpteUnfoldTests<Arm64K64>(32);

/// <summary>Every change to part of a contiguous block takes it apart and leaves its marks on all the others; a change to the whole leaves it.</summary>
public abstract unsafe class ContpteUnfoldTests<TArch>(int contPtes)
    where TArch : unmanaged, IArchitecture<TArch>
{
    private const int Inner = 5;

    private static ulong Addr(int index) => ContpteFixture<TArch>.Addr(index);

    private static readonly Dictionary<string, Action<ContpteFixture<TArch>, nint, int>> s_partial = new()
    {
        ["PtepGetAndClear"] = static (s, p, i) => Assert.True(PageTable.PtepGetAndClear(s.Mm, Addr(i), Entry(p)) is { IsYoung: true, IsDirty: true }),
        ["PteClear"] = static (s, p, i) => PageTable.PteClear(s.Mm, Addr(i), Entry(p)),
        ["PtepSetWrprotect"] = static (s, p, i) => PageTable.PtepSetWrprotect(s.Mm, Addr(i), Entry(p)),
        ["PtepModifyProtStart"] = static (s, p, i) => Assert.True(PageTable.PtepModifyProtStart(s.Vma, Addr(i), Entry(p)) is { IsYoung: true, IsDirty: true }),
        ["SetPteAt"] = static (s, p, i) => PageTable.SetPteAt(s.Mm, Addr(i), Entry(p), Pte<TArch>.None),
        ["SetPte"] = static (s, p, i) => PageTable.SetPte(Entry(p), Pte<TArch>.None),
        ["SetPtes"] = static (s, p, i) => PageTable.SetPtes(s.Mm, Addr(i), Entry(p), PageTable.PtepGet(Entry(p)).Wrprotect(), 2),
        ["PtepModify"] = static (s, p, i) => Assert.True(PageTable.PtepModify(Entry(p), static pte => new(pte.Wrprotect().Value | (1UL << 52))) is { IsYoung: true, IsDirty: true }),
        ["WrprotectPtes"] = static (s, p, i) => PageTable.WrprotectPtes(s.Mm, Addr(i), Entry(p), 2),
        ["GetAndClearFullPtes"] = static (s, p, i) => Assert.True(PageTable.GetAndClearFullPtes(s.Mm, Addr(i), Entry(p), 2) is { IsYoung: true, IsDirty: true }),
        ["ClearFullPtes"] = static (s, p, i) => PageTable.ClearFullPtes(s.Mm, Addr(i), Entry(p), 2),
    };

    private static Pte<TArch>* Entry(nint ptep) => (Pte<TArch>*)ptep;

    [Theory]
    [InlineData("PtepGetAndClear")]
    [InlineData("PteClear")]
    [InlineData("PtepSetWrprotect")]
    [InlineData("PtepModifyProtStart")]
    [InlineData("SetPteAt")]
    [InlineData("SetPte")]
    [InlineData("SetPtes")]
    [InlineData("PtepModify")]
    [InlineData("WrprotectPtes")]
    [InlineData("GetAndClearFullPtes")]
    [InlineData("ClearFullPtes")]
    public void A_change_to_a_part_unfolds(string change)
    {
        foreach (int index in new[] { 0, Inner, contPtes - 2 })
        {
            using var space = new ContpteFixture<TArch>(contPtes);
            Pte<TArch> first = space.MapBlock();
            space.HardwareMarks(contPtes - 1, MmuAccess.Write);
            space.Locked(index, ptep => s_partial[change](space, (nint)ptep, index));
            Assert.False(space.IsFolded(0));
            int changed = 0;
            for (int i = 0; i < contPtes; i++)
            {
                var raw = new Pte<TArch>(*space.Raw(i));
                if (raw.IsNone)
                    first.Page.Put();
                if (raw is { IsNone: false, IsWritable: true })
                    Assert.True(raw is { IsYoung: true, IsDirty: true } && raw.Pfn == first.Pfn + (ulong)i, $"{i}: {raw}");
                else
                    changed++;
            }

            Assert.InRange(changed, 1, 2);
        }
    }

    [Fact]
    public void A_run_unfolds_the_blocks_at_its_ends_only()
    {
        using var space = new ContpteFixture<TArch>(contPtes);
        space.Map(0, space.AllocPages(4 * contPtes), 3 * contPtes);
        space.Locked(Inner, ptep => PageTable.WrprotectPtes(space.Mm, Addr(Inner), ptep, 2 * contPtes));
        Assert.Equal((false, true, false), (space.IsFolded(0), space.IsFolded(contPtes), space.IsFolded(2 * contPtes)));
        for (int i = 0; i < 3 * contPtes; i++)
            Assert.Equal(i < Inner || i >= Inner + (2 * contPtes), space.Get(i).IsWritable);
    }

    [Fact]
    public void A_change_to_the_whole_leaves_the_block()
    {
        using var space = new ContpteFixture<TArch>(contPtes);
        Pte<TArch> first = space.MapBlock();
        space.HardwareMarks(Inner, MmuAccess.Write);
        space.Locked(0, ptep => PageTable.WrprotectPtes(space.Mm, Addr(0), ptep, contPtes));
        Assert.True(space.IsFolded(0));
        for (int i = 0; i < contPtes; i++)
            Assert.True(space.Get(i) is { IsWritable: false, IsDirty: true });

        space.Locked(0, ptep =>
        {
            Pte<TArch> old = PageTable.GetAndClearFullPtes(space.Mm, Addr(0), ptep, contPtes);
            Assert.True(old is { IsDirty: true, IsYoung: true } && old.Pfn == first.Pfn);
        });
        for (int i = 0; i < contPtes; i++)
        {
            Assert.Equal(0UL, *space.Raw(i));
            first.Page.Put();
        }
    }

    [Fact]
    public void Aging_takes_the_whole_block_and_leaves_it()
    {
        using var space = new ContpteFixture<TArch>(contPtes);
        space.MapBlock(static pte => pte.MkYoung().MkDirty());
        space.Locked(Inner, ptep =>
        {
            Assert.True(PageTable.PtepTestAndClearYoung(space.Vma, Addr(Inner), ptep));
            Assert.False(PageTable.PtepTestAndClearYoung(space.Vma, Addr(Inner), ptep));
        });
        Assert.True(space.IsFolded(0));
        for (int i = 0; i < contPtes; i++)
            Assert.True(new Pte<TArch>(*space.Raw(i)) is { IsYoung: false, IsDirty: true });
        space.HardwareMarks(contPtes - 1, MmuAccess.Read);
        space.Locked(0, ptep => Assert.True(PageTable.PtepTestAndClearYoung(space.Vma, Addr(0), ptep)));
    }

    [Theory]
    [InlineData(CydpFlags.None)]
    [InlineData(CydpFlags.ClearYoung)]
    [InlineData(CydpFlags.ClearDirty)]
    [InlineData(CydpFlags.ClearYoung | CydpFlags.ClearDirty)]
    public void Cleaning_widens_to_the_blocks_it_touches(CydpFlags flags)
    {
        using var space = new ContpteFixture<TArch>(contPtes);
        space.Map(0, space.AllocPages(4 * contPtes), 4 * contPtes, change: static pte => pte.MkYoung().MkDirty());
        int index = contPtes + Inner;
        space.Locked(index, ptep => PageTable.ClearYoungDirtyPtes(space.Vma, Addr(index), ptep, contPtes, flags));
        for (int i = 0; i < 4 * contPtes; i++)
        {
            bool inside = i >= contPtes && i < 3 * contPtes;
            var raw = new Pte<TArch>(*space.Raw(i));
            Assert.Equal(!inside || (flags & CydpFlags.ClearYoung) == 0, raw.IsYoung);
            Assert.Equal(!inside || (flags & CydpFlags.ClearDirty) == 0, raw.IsDirty);
            Assert.True(raw.IsWritable);
        }

        Assert.True(space.IsFolded(contPtes) && space.IsFolded(2 * contPtes));
    }

    [Fact]
    public void A_run_must_lie_in_one_table()
    {
        using var space = new ContpteFixture<TArch>(contPtes);
        space.Locked(0, ptep =>
        {
            var entry = (nint)ptep;
            foreach (int count in new[] { 0, -1, TArch.PtrsPerPte + 1 })
            {
                Assert.Throws<ArgumentOutOfRangeException>(() => PageTable.WrprotectPtes(space.Mm, Addr(0), Entry(entry), count));
                Assert.Throws<ArgumentOutOfRangeException>(() => PageTable.ClearYoungDirtyPtes(space.Vma, Addr(0), Entry(entry), count, CydpFlags.ClearYoung));
                Assert.Throws<ArgumentOutOfRangeException>(() => PageTable.GetAndClearFullPtes(space.Mm, Addr(0), Entry(entry), count));
                Assert.Throws<ArgumentOutOfRangeException>(() => PageTable.ClearFullPtes(space.Mm, Addr(0), Entry(entry), count));
            }
        });
    }
}
