using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>The marks that say that a page may not be written before a handler was asked.</summary>
internal static unsafe class UserfaultMarks
{
    /// <summary>Whether entries of the architecture have the mark.</summary>
    public static bool IsSupported<TArch>()
        where TArch : unmanaged, IArchitecture<TArch>
        => new Pte<TArch>(TArch.PteMkUffdWp(TArch.NonePte)).IsUffdWp;

    /// <summary>Whether an entry is the marker of a missing page that is write-protected, and nothing worse.</summary>
    public static bool IsMarker<TArch>(Pte<TArch> pte)
        where TArch : unmanaged, IArchitecture<TArch>
        => pte.IsSwap && pte.ToSwpEntry() is { IsMarker: true, Offset: SwpEntry.MarkerUffdWp };

    /// <summary>Whether a page may be put in the place of an entry.</summary>
    public static bool IsVacant<TArch>(Pte<TArch> pte)
        where TArch : unmanaged, IArchitecture<TArch>
        => pte.IsNone || IsMarker(pte);

    /// <summary>Sets or clears the marks of a range of a region. The mmap lock is held, for reading or writing. False: no memory, and a part is done.</summary>
    [MayBlock]
    public static bool TryChange<TArch>(Vma<TArch> vma, ulong start, ulong end, bool protect)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        for (ulong addr = start, next; addr < end; addr = next)
        {
            Pmd<TArch>* pmdp = MmFindPmd(vma.Mm, addr, out next);
            if (protect && pmdp is null)
            {
                pmdp = PmdAllocWalk(vma.Mm, addr);
                if (pmdp is null)
                    return false;
                next = ((addr >> TArch.PmdShift) + 1) << TArch.PmdShift;
            }

            next = Math.Min(next, end);
            if (pmdp is not null && !TryDirectory(vma, pmdp, addr, next, protect))
                return false;
        }

        return true;
    }

    /// <summary>What one pmd entry covers, looked at again until it is a table, or nothing that would have a mark.</summary>
    private static bool TryDirectory<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong start, ulong end, bool protect)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        while (true)
        {
            Pmd<TArch> pmd = PmdpGetLockless(pmdp);
            if (pmd.IsSwap || (pmd.IsNone && !protect))
                return true;
            if (pmd.IsNone)
            {
                if (!PteAlloc(vma.Mm, pmdp))
                    return false;
            }
            else if (HugePage.IsHuge(pmd))
            {
                // Huge entries never have the mark: it is the small pages that a handler allows one by one.
                if (!protect)
                    return true;
                HugePage.Split(vma, pmdp, start & ~((1UL << TArch.PmdShift) - 1));
            }
            else if (TryTable(vma, pmdp, start, end, protect))
            {
                return true;
            }
        }
    }

    private static bool TryTable<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong start, ulong end, bool protect)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pte<TArch>* first = PteOffsetMapLock(vma.Mm, pmdp, start, out PtLock ptl);
        if (first is null)
            return false;
        Pte<TArch>* ptep = first;
        for (ulong addr = start; addr < end; addr += 1UL << TArch.PageShift, ptep++)
        {
            Pte<TArch> pte = PtepGet(ptep);
            if (pte.IsPresent && pte.IsUffdWp != protect)
            {
                Pte<TArch> old = PtepModifyProtStart(vma, addr, ptep);
                PtepModifyProtCommit(vma, addr, ptep, old, protect ? old.MkUffdWp() : old.ClearUffdWp());
            }
            else if (!pte.IsPresent)
            {
                Pte<TArch> changed = protect ? Marked(pte) : Unmarked(pte);
                if (!PteSame(pte, changed))
                    SetPteAt(vma.Mm, addr, ptep, changed);
            }
        }

        // Before the lock is released: who finds the mark relies on nobody writing any more.
        if (protect)
            FlushTlbRange(vma, start, end);
        PteUnmapUnlock(first, ptl);
        return true;
    }

    private static Pte<TArch> Marked<TArch>(Pte<TArch> pte)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (pte.IsNone)
            return Pte<TArch>.FromSwpEntry(new SwpEntry(SwpEntry.Marker, SwpEntry.MarkerUffdWp));
        return pte.ToSwpEntry().IsMarker ? pte : pte.SwpMkUffdWp();
    }

    private static Pte<TArch> Unmarked<TArch>(Pte<TArch> pte)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (pte.IsNone || IsMarker(pte))
            return Pte<TArch>.None;
        return pte.ToSwpEntry().IsMarker ? pte : pte.SwpClearUffdWp();
    }
}
