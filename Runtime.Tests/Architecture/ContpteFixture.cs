namespace PteGuard.Runtime.Tests;

/// <summary>A region with a page as large as one or several contiguous blocks, entries that are seen raw, and the lock around what changes them.</summary>
internal sealed unsafe class ContpteFixture<TArch> : TestSpace<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    public const ulong Af = 1 << 10, ReadOnly = 1 << 7, Dbm = 1UL << 51, Cont = 1UL << 52, Dirty = 1UL << 55;

    public ContpteFixture(int contPtes)
    {
        ContPtes = contPtes;
        Vma = Mm.Mmap(TestSpace.Start, (ulong)(4 * contPtes) << TArch.PageShift, TestSpace.ReadWrite | VmFlags.Shared);
        Assert.True(PageTable.PteAlloc(Mm, Pmd));
    }

    public int ContPtes { get; }

    public Vma<TArch> Vma { get; }

    public Pgprot<TArch> Writable => Vma.PageProt;

    public static ulong PageBytes => 1UL << TArch.PageShift;

    /// <summary>The entry itself; what it says is for hardware, and for these tests.</summary>
    public ulong* Raw(int index) => (ulong*)PageTable.PteOffsetKernel(Pmd, Addr(index));

    public static ulong Addr(int index) => TestSpace.Start + ((ulong)index << TArch.PageShift);

    public Page AllocPages(int pages)
        => Arena.AllocPage(System.Numerics.BitOperations.Log2((uint)pages) + TArch.PageShift - 12);

    /// <summary>Maps pages of one larger page from an entry on, with one reference each.</summary>
    public Pte<TArch> Map(int index, Page page, int count, int skip = 0, Func<Pte<TArch>, Pte<TArch>>? change = null)
    {
        var first = new Pte<TArch>(TArch.PteAdvancePfn(PageTable.MkPte(page, Writable).Value, (ulong)skip));
        first = change?.Invoke(first) ?? first;
        Locked(index, ptep => PageTable.SetPtes(Mm, Addr(index), ptep, first, count));
        for (int i = 0; i < count; i++)
            page.Get();
        page.Put();
        return first;
    }

    /// <summary>A whole block, folded.</summary>
    public Pte<TArch> MapBlock(Func<Pte<TArch>, Pte<TArch>>? change = null)
    {
        Pte<TArch> first = Map(0, AllocPages(ContPtes), ContPtes, change: change ?? (static pte => pte.MkOld()));
        Assert.True(IsFolded(0));
        return first;
    }

    public delegate void OnEntry(Pte<TArch>* ptep);

    /// <summary>Does something with an entry under its table's lock.</summary>
    public void Locked(int index, OnEntry body)
    {
        Pte<TArch>* ptep = PageTable.PteOffsetMapLock(Mm, Pmd, Addr(index), out PtLock ptl);
        try
        {
            body(ptep);
        }
        finally
        {
            PageTable.PteUnmapUnlock(ptep, ptl);
        }
    }

    /// <summary>What the getter says under the lock.</summary>
    public Pte<TArch> Get(int index)
    {
        Pte<TArch> pte = default;
        Locked(index, ptep => pte = PageTable.PtepGet(ptep));
        return pte;
    }

    /// <summary>Whether all entries of a block have the contiguous bit; fails if only some do.</summary>
    public bool IsFolded(int first)
    {
        int folded = 0;
        for (int i = 0; i < ContPtes; i++)
            folded += (Volatile.Read(ref *Raw(first + i)) & Cont) != 0 ? 1 : 0;
        Assert.True(folded == 0 || folded == ContPtes, $"{folded} of {ContPtes} entries are in the block");
        return folded != 0;
    }

    public void HardwareMarks(int index, MmuAccess access)
        => Assert.Equal(MmuFault.None, TArch.HardwareWalk(Mm.Pgd, Addr(index), access | MmuAccess.User, out _));
}
