namespace PteGuard;

public static unsafe partial class PageTable
{
    /// <summary>The pmd entry for an address, if there is a pmd table for it; null otherwise (<c>mm_find_pmd</c>, which asks no more of the entry).</summary>
    /// <param name="mm">The address space; its mmap lock is held, or this is inside a read-side section.</param>
    /// <param name="addr">A canonical virtual address, in bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The address is not canonical.</exception>
    public static Pmd<TArch>* MmFindPmd<TArch>(Mm<TArch> mm, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
        => MmFindPmd(mm, addr, out _);

    /// <summary>As <see cref="MmFindPmd{TArch}(Mm{TArch}, ulong)"/>, and says where to look next, so that holes are passed over whole.</summary>
    /// <param name="mm">The address space; its mmap lock is held, or this is inside a read-side section.</param>
    /// <param name="addr">A canonical virtual address, in bytes.</param>
    /// <param name="next">The end of what the answer is about: of the part that the pmd entry covers, or of the hole; 0 is the end of all addresses.</param>
    /// <exception cref="ArgumentOutOfRangeException">The address is not canonical.</exception>
    public static Pmd<TArch>* MmFindPmd<TArch>(Mm<TArch> mm, ulong addr, out ulong next)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        // One snapshot a level: who walks without the mmap lock may see an upper table go between two reads.
        Pgd<TArch>* pgdp = PgdOffset(mm, addr);
        P4d<TArch>* p4dp = (P4d<TArch>*)pgdp;
        if (!TArch.IsP4dFolded)
        {
            Pgd<TArch> pgd = PgdpGet(pgdp);
            if (!pgd.IsPresent || pgd.IsBad)
                return Hole<TArch>(addr, TArch.PgdShift, out next);
            p4dp = (P4d<TArch>*)PhysicalMemory.ToPointer(TArch.PgdTableAddress(pgd.Value)) + Index(addr, TArch.P4dShift, TArch.PtrsPerP4d);
        }

        Pud<TArch>* pudp = (Pud<TArch>*)p4dp;
        if (!TArch.IsPudFolded)
        {
            P4d<TArch> p4d = P4dpGet(p4dp);
            if (!p4d.IsPresent || p4d.IsBad)
                return Hole<TArch>(addr, TArch.P4dShift, out next);
            pudp = (Pud<TArch>*)PhysicalMemory.ToPointer(TArch.P4dTableAddress(p4d.Value)) + Index(addr, TArch.PudShift, TArch.PtrsPerPud);
        }

        Pmd<TArch>* pmdp = (Pmd<TArch>*)pudp;
        if (!TArch.IsPmdFolded)
        {
            Pud<TArch> pud = PudpGet(pudp);
            if (!pud.IsPresent || pud.IsLeaf || pud.IsBad)
                return Hole<TArch>(addr, TArch.PudShift, out next);
            pmdp = (Pmd<TArch>*)PhysicalMemory.ToPointer(TArch.PudTableAddress(pud.Value)) + Index(addr, TArch.PmdShift, TArch.PtrsPerPmd);
        }

        next = ((addr >> TArch.PmdShift) + 1) << TArch.PmdShift;
        return pmdp;
    }

    private static Pmd<TArch>* Hole<TArch>(ulong addr, int shift, out ulong next)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        next = ((addr >> shift) + 1) << shift;
        return null;
    }
}
