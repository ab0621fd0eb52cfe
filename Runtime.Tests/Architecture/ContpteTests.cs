namespace PteGuard.Runtime.Tests;

public unsafe class Arm64K4ContpteTests() : ContpteTests<Arm64K4>(16)
{
    [Fact]
    public void A_huge_page_falls_into_blocks()
    {
        using var space = new ContpteFixture<Arm64K4>(512 / 4);
        Assert.True(space.Mm.MapHuge(TestSpace.Start));
        using var mmu = new SoftMmu<Arm64K4>(space.Mm);
        mmu.Store(TestSpace.Start + (100 << 12), 42UL);
        space.Mm.MadviseDontNeed(TestSpace.Start + (17 << 12), 1 << 12);
        for (int i = 0; i < 512; i++)
            Assert.Equal(i is < 16 or >= 32, (*space.Raw(i) & (1UL << 52)) != 0);
        Assert.True(space.Get(0).IsDirty);
        Assert.Equal(42UL, mmu.Load<ulong>(TestSpace.Start + (100 << 12)));
        Assert.Equal(511, space.Get(0).Page.RefCount);
    }
}

public class Arm64K16ContpteTests() : ContpteTests<Arm64K16>(128);

public class Arm64K64ContpteTests() : ContpteTests<Arm64K64>(32);

/// <summary>Contiguous blocks of arm64: when there is one, what a getter makes of it, and what takes it apart.</summary>
public abstract unsafe class ContpteTests<TArch>(int contPtes)
    where TArch : unmanaged, IArchitecture<TArch>
{
    private const ulong Af = ContpteFixture<TArch>.Af, ReadOnly = ContpteFixture<TArch>.ReadOnly;
    private const ulong Cont = ContpteFixture<TArch>.Cont, Dirty = ContpteFixture<TArch>.Dirty;

    /// <summary>An entry inside of the block, at neither end.</summary>
    private const int Inner = 5;

    private ContpteFixture<TArch> Space() => new(contPtes);

    private static ulong Addr(int index) => ContpteFixture<TArch>.Addr(index);

    [Fact]
    public void A_whole_aligned_run_of_one_page_becomes_a_block()
    {
        using ContpteFixture<TArch> space = Space();
        Pte<TArch> first = space.MapBlock();
        for (int i = 0; i < contPtes; i++)
        {
            Assert.Equal(TArch.PteAdvancePfn(first.Value, (ulong)i) | Cont, *space.Raw(i));
            Pte<TArch> pte = space.Get(i);
            Assert.Equal(first.Pfn + (ulong)i, pte.Pfn);
            Assert.True(PageTable.PteSame(pte, space.PteAt(Addr(i))));
            space.Locked(i, ptep => Assert.Equal(contPtes - i, PageTable.PteBatchHint(ptep, pte)));
        }
    }

    [Fact]
    public void A_run_has_blocks_only_where_it_covers_them()
    {
        using ContpteFixture<TArch> space = Space();
        Page page = space.AllocPages(4 * contPtes);
        space.Map(Inner, page, (2 * contPtes) + 3, skip: Inner);
        Assert.False(space.IsFolded(0) || space.IsFolded(2 * contPtes));
        Assert.True(space.IsFolded(contPtes));
        space.Locked(Inner, ptep => Assert.Equal(1, PageTable.PteBatchHint(ptep, PageTable.PtepGet(ptep))));
    }

    [Fact]
    public void What_is_not_aligned_special_invalid_or_in_no_arena_stays_apart()
    {
        using ContpteFixture<TArch> space = Space();
        space.Map(0, space.AllocPages(2 * contPtes), contPtes, skip: 1);
        Assert.False(space.IsFolded(0), "the frame is not aligned");
        space.Map(contPtes, space.AllocPages(contPtes), contPtes, change: static pte => pte.Modify(Pgprot<TArch>.Of(VmFlags.None)));
        Assert.False(space.IsFolded(contPtes), "nobody may access it");
        var outside = new Pte<TArch>(TArch.MakePte((PhysicalMemory.Size >> TArch.PageShift) - (ulong)contPtes, space.Writable.Value));
        Pte<TArch> special = PageTable.MkPte(new Page(space.Get(contPtes).Page.Frame), space.Writable).MkSpecial();
        foreach (Pte<TArch> pte in new[] { outside, outside.MkSpecial(), special })
        {
            space.Locked(2 * contPtes, ptep => PageTable.SetPtes(space.Mm, Addr(2 * contPtes), ptep, pte, contPtes));
            Assert.False(space.IsFolded(2 * contPtes));
            space.Locked(2 * contPtes, ptep => PageTable.ClearFullPtes(space.Mm, Addr(2 * contPtes), ptep, contPtes));
        }
    }

    [Fact]
    public void Pages_that_only_happen_to_be_neighbours_are_no_block()
    {
        using ContpteFixture<TArch> space = Space();
        var pages = new List<Page>();
        for (int i = 0; i < 2 * contPtes; i++)
            pages.Add(space.AllocPages(1));
        pages.Sort(static (a, b) => a.Frame.CompareTo(b.Frame));
        ulong frames = 1UL << (TArch.PageShift - 12);
        int first = pages.FindIndex(page => page.Frame % (frames * (ulong)contPtes) == 0);
        for (int i = 0; i < contPtes; i++)
        {
            Assert.Equal(pages[first].Frame + ((ulong)i * frames), pages[first + i].Frame);
            space.SetPte(Addr(i), PageTable.MkPte(pages[first + i], space.Writable));
        }

        Assert.False(space.IsFolded(0));
        for (int i = 0; i < pages.Count; i++)
        {
            if (i < first || i >= first + contPtes)
                pages[i].Put();
        }
    }

    [Fact]
    public void Single_stores_fold_with_the_last_entry_and_gather_the_marks()
    {
        using ContpteFixture<TArch> space = Space();
        Pte<TArch> first = PageTable.MkPte(space.AllocPages(contPtes), space.Writable).MkOld();
        for (int i = 0; i < contPtes; i++)
        {
            Assert.False(space.IsFolded(0));
            var pte = new Pte<TArch>(TArch.PteAdvancePfn(first.Value, (ulong)i));
            if (i != 0)
                first.Page.Get();
            space.SetPte(Addr(i), i == 1 ? pte.MkDirty() : i == 2 ? pte.MkYoung() : pte);
        }

        Assert.True(space.IsFolded(0));
        for (int i = 0; i < contPtes; i++)
            Assert.Equal(first.Pfn + (ulong)i, new Pte<TArch>(*space.Raw(i)) is { IsYoung: true, IsDirty: true } pte ? pte.Pfn : 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(-1)]
    public void The_last_store_looks_at_all_the_others(int odd)
    {
        using ContpteFixture<TArch> space = Space();
        space.MapBlock();
        int index = odd < 0 ? contPtes - 1 : odd;
        space.Locked(index, ptep =>
        {
            Pte<TArch> old = PageTable.PtepModifyProtStart(space.Vma, Addr(index), ptep);
            PageTable.PtepModifyProtCommit(space.Vma, Addr(index), ptep, old, old.Wrprotect());
        });
        Assert.False(space.IsFolded(0));
        int last = contPtes - 1;
        if (index != last)
        {
            space.SetPte(Addr(last), space.Get(last));
            Assert.False(space.IsFolded(0), "one may not be written");
        }

        space.SetPte(Addr(index), space.Get(index).MkWrite());
        Assert.Equal(index == last, space.IsFolded(0));
        space.SetPte(Addr(last), space.Get(last));
        Assert.True(space.IsFolded(0));
    }

    [Fact]
    public void Accessed_and_dirty_are_the_blocks()
    {
        using ContpteFixture<TArch> space = Space();
        space.MapBlock();
        Assert.True(space.Get(0) is { IsYoung: false, IsDirty: false, IsWritable: true });
        space.HardwareMarks(Inner, MmuAccess.Read);
        Assert.True(space.Get(0) is { IsYoung: true, IsDirty: false });
        space.HardwareMarks(Inner, MmuAccess.Write);
        for (int i = 0; i < contPtes; i++)
        {
            Assert.True(space.Get(i) is { IsYoung: true, IsDirty: true });
            Assert.True(space.PteAt(Addr(i)) is { IsYoung: true, IsDirty: true });
            Assert.Equal(i == Inner, new Pte<TArch>(*space.Raw(i)).IsDirty);
        }
    }

    [Fact]
    public void A_copy_has_no_neighbours()
    {
        using ContpteFixture<TArch> space = Space();
        Pte<TArch> copy = space.MapBlock();
        copy = new(copy.Value | Cont);
        Assert.Equal(copy.Value, PageTable.PtepGet(&copy).Value);
        Assert.Equal(copy.Value, PageTable.PtepGetLockless(&copy).Value);
        PageTable.SetPte(&copy, copy.MkDirty());
        Assert.True(copy.IsDirty);
    }

    [Fact]
    public void A_swap_entry_keeps_all_its_bits()
    {
        using ContpteFixture<TArch> space = Space();
        Pte<TArch> swap = Pte<TArch>.FromSwpEntry(new SwpEntry(1, 1UL << 40));
        Assert.Equal(Cont, swap.Value & Cont);
        space.SetPte(Addr(0), swap);
        Assert.Equal(swap.Value, space.Get(0).Value);
        Assert.Equal(swap.Value, space.PteAt(Addr(0)).Value);
        Assert.False(PageTable.PteSame(swap, new(swap.Value & ~Cont)));
        space.Locked(0, ptep =>
        {
            Assert.Equal(1, PageTable.PteBatchHint(ptep, swap));
            PageTable.SetPte(ptep, swap);
            Assert.Equal(swap.Value, PageTable.PtepModify(ptep, static pte => pte).Value);
            Assert.Equal(swap.Value, PageTable.PtepGetAndClear(space.Mm, Addr(0), ptep).Value);
        });
    }

    [Fact]
    public void Granting_more_looks_at_each_entry_for_itself()
    {
        using ContpteFixture<TArch> space = Space();
        space.MapBlock();
        space.HardwareMarks(Inner, MmuAccess.Write);
        Pte<TArch> gathered = space.Get(0).MkYoung().MkDirty();
        Assert.Equal(ReadOnly, *space.Raw(0) & ReadOnly);
        space.Locked(0, ptep => Assert.True(PageTable.PtepSetAccessFlags(space.Vma, Addr(0), ptep, gathered, dirty: true)));
        for (int i = 0; i < contPtes; i++)
            Assert.Equal(Af, *space.Raw(i) & (Af | ReadOnly));
        Assert.True(space.IsFolded(0));
        space.Locked(0, ptep => Assert.False(PageTable.PtepSetAccessFlags(space.Vma, Addr(0), ptep, gathered, dirty: true)));
    }

    [Fact]
    public void Granting_to_write_takes_the_block_apart()
    {
        using ContpteFixture<TArch> space = Space();
        space.MapBlock(static pte => pte.MkDirty().Wrprotect());
        Pte<TArch> entry = space.Get(Inner).MkWrite();
        space.Locked(Inner, ptep => Assert.True(PageTable.PtepSetAccessFlags(space.Vma, Addr(Inner), ptep, entry, dirty: true)));
        Assert.False(space.IsFolded(0));
        Assert.True(space.Get(Inner) is { IsWritable: true, IsDirty: true } && space.Get(0) is { IsWritable: false, IsDirty: true });
        Assert.Equal(Dirty, *space.Raw(Inner) & (Dirty | ReadOnly));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_entry_of_the_new_size_is_there_before_those_of_the_old_are_out_of_use(bool fold)
    {
        using ContpteFixture<TArch> space = Space();
        space.MapBlock();
        int last = contPtes - 1;
        Pte<TArch> pte = space.Get(last);
        if (fold)
            space.Locked(last, ptep => PageTable.PtepSetWrprotect(space.Mm, Addr(last), ptep));

        var processor = new Processor();
        space.Mm.Processors.Attach(processor);
        processor.BeginAccess();
        var change = new Thread(() => space.Locked(last, ptep =>
        {
            if (fold)
                PageTable.SetPteAt(space.Mm, Addr(last), ptep, pte);
            else
                PageTable.PtepSetWrprotect(space.Mm, Addr(last), ptep);
        }));
        change.Start();
        while (Volatile.Read(ref *space.Raw(last)) != 0 && change.IsAlive)
            Thread.Yield();
        bool waits = !change.Join(20);
        bool empty = Cell.All(space.Raw(0), contPtes, 0);
        processor.EndAccess();
        change.Join();
        space.Mm.Processors.Detach(processor);
        Assert.True(waits && empty);
        Assert.Equal(fold, space.IsFolded(0));
    }

    [Fact]
    public void Mprotect_leaves_blocks_and_a_hole_takes_one_apart()
    {
        using ContpteFixture<TArch> space = Space();
        Page page = space.AllocPages(2 * contPtes);
        space.Map(0, page, 2 * contPtes);
        using var mmu = new SoftMmu<TArch>(space.Mm);
        mmu.Store(Addr(Inner), 42UL);
        space.Mm.Mprotect(Addr(0), space.Vma.End - space.Vma.Start, VmFlags.Read);
        Assert.True(space.IsFolded(0) && space.IsFolded(contPtes));
        Assert.Throws<MemoryFaultException>(() => mmu.Store(Addr(Inner), 1UL));
        Assert.True(space.Get(0).IsDirty);
        space.Mm.MadviseDontNeed(Addr(0), ContpteFixture<TArch>.PageBytes);
        Assert.False(space.IsFolded(0));
        Assert.True(space.IsFolded(contPtes));
        Assert.True(page.IsDirty, "what was written to a neighbour counts for the page");
        Assert.Equal(42UL, mmu.Load<ulong>(Addr(Inner)));
        Assert.Equal((2 * contPtes) - 1, page.RefCount);
    }
}
