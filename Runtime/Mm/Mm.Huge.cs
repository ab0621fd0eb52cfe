namespace PteGuard;

public sealed unsafe partial class Mm<TArch>
{
    /// <summary>Maps a zeroed huge page, in place of whatever is mapped there, whose contents are dropped.</summary>
    /// <remarks>Walkers that have the page table mapped which this removes keep it until they unmap; who maps afterwards gets null.</remarks>
    /// <param name="addr">Where, in bytes, aligned to the huge page, which lies in one region.</param>
    /// <returns>False: no memory, or the table that was there is not empty: somebody put an entry in meanwhile.</returns>
    /// <exception cref="ArgumentException">The address is not aligned, or no region of anonymous memory covers the huge page, or it is registered with a <see cref="Userfault{TArch}"/>.</exception>
    /// <exception cref="NotSupportedException">The architecture has no huge pmds.</exception>
    [MayBlock]
    public bool MapHuge(ulong addr)
    {
        ulong size = CheckedHuge(addr);
        MmapLock.EnterWrite();
        try
        {
            Vma<TArch>? vma = FindVma(addr);
            if (vma is null || vma.End - addr < size || vma.Memory is not null || vma.Userfault is not null)
                throw new ArgumentException($"No region of anonymous memory without a handler of its faults covers 0x{size:x} bytes at 0x{addr:x}.", nameof(addr));
            return TryMapHuge(vma, addr, size);
        }
        finally
        {
            MmapLock.ExitWrite();
        }
    }

    /// <summary>Removes a huge page; the next access finds zeroes. Leaves everything else that may be mapped there.</summary>
    /// <param name="addr">Where, in bytes, aligned to the huge page.</param>
    /// <returns>False: there is no huge page.</returns>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    /// <exception cref="NotSupportedException">The architecture has no huge pmds.</exception>
    [MayBlock]
    public bool ZapHuge(ulong addr)
    {
        CheckedHuge(addr);
        MmapLock.EnterRead();
        try
        {
            if (FindVma(addr) is not { } vma)
                return false;
            Pmd<TArch>* pmdp = PageTable.MmFindPmd(this, addr);
            return pmdp is not null && HugePage.TryZap(vma, pmdp, addr);
        }
        finally
        {
            MmapLock.ExitRead();
        }
    }

    /// <summary>Turns a huge page into small ones that map the same memory, with the protection and the marks it had (<c>split_huge_pmd</c>).</summary>
    /// <remarks>
    /// Whoever walks meanwhile sees a huge page, and then a table with all its entries filled, never anything else. The memory
    /// stays one block, which is free when the last of the small pages is.
    /// </remarks>
    /// <param name="addr">Where, in bytes, aligned to the huge page.</param>
    /// <returns>False: there is no huge page, or it is on the move.</returns>
    /// <exception cref="ArgumentException">The address is not aligned.</exception>
    /// <exception cref="NotSupportedException">The architecture has no huge pmds.</exception>
    [MayBlock]
    public bool SplitHuge(ulong addr)
    {
        CheckedHuge(addr);
        MmapLock.EnterRead();
        try
        {
            if (FindVma(addr) is not { } vma)
                return false;
            Pmd<TArch>* pmdp = PageTable.MmFindPmd(this, addr);
            return pmdp is not null && HugePage.Split(vma, pmdp, addr);
        }
        finally
        {
            MmapLock.ExitRead();
        }
    }

    private bool TryMapHuge(Vma<TArch> vma, ulong addr, ulong size)
    {
        Pmd<TArch>* pmdp = PageTable.PmdAllocWalk(this, addr);
        if (pmdp is null)
            return false;
        Pgtable table = PageTable.PteAllocOne(this);
        if (table.IsNull)
            return false;
        if (Arena.TryAllocPage(out Page page, HugePage.Order<TArch>()))
        {
            Zap.Range(vma, addr, addr + size);
            PageTable.TryReclaimPteTable(this, pmdp);
            if (HugePage.TryInstall(vma, pmdp, addr, HugePage.MkEntry(vma, page), table))
                return true;
            page.Put();
        }

        PageTable.PteFree(this, table);
        return false;
    }

    private static ulong CheckedHuge(ulong addr)
    {
        if (!TArch.HasHugePmd)
            throw new NotSupportedException($"{TArch.Name} has no huge pmds.");
        ulong size = 1UL << TArch.PmdShift;
        if ((addr & (size - 1)) != 0)
            Throw.NotAligned(nameof(addr), addr, size);
        return size;
    }
}
