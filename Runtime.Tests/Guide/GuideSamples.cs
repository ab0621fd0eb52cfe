using static PteGuard.PageTable;

namespace PteGuard.Runtime.Tests;

/// <summary>The code of docs/runtime-guide.md, word for word between the markers; GuideTests compares.</summary>
public static unsafe class GuideSamples
{
    #region hello
    public static ulong Hello()
    {
        using var arena = new Arena(64 << 20);
        using var mm = new Mm<X86_64>(arena);
        using var mmu = new SoftMmu<X86_64>(mm);

        Vma<X86_64> vma = mm.Mmap(0, 1 << 20, VmFlags.Read | VmFlags.Write);
        mmu.Store(vma.Start + 8, 42UL);   // faults, allocates tables and a page, is tried again
        return mmu.Load<ulong>(vma.Start + 8);
    }
    #endregion

    #region walk
    public static bool IsDirty(Mm<X86_64> mm, ulong addr)
    {
        mm.MmapLock.EnterRead();
        try
        {
            Pmd<X86_64>* pmd = MmFindPmd(mm, addr);
            if (pmd is null)
                return false;

            Pte<X86_64>* ptep = PteOffsetMap(pmd, addr);
            if (ptep is null)                    // no table: empty, huge, migrating, just removed
                return PmdpGetLockless(pmd) is { IsTransHuge: true, IsDirty: true };

            Pte<X86_64> pte = PtepGetLockless(ptep);   // once, into a local
            PteUnmap(ptep);                            // on every path
            return pte.IsPresent && pte.IsDirty;
        }
        finally
        {
            mm.MmapLock.ExitRead();
        }
    }
    #endregion

    #region lock
    /// <summary>Write-protects the pages of a range of a region, and counts them. The mmap lock is held.</summary>
    public static int WriteProtect(Vma<X86_64> vma)
    {
        int count = 0;
        for (ulong addr = vma.Start, next; addr < vma.End; addr = next)
        {
            Pmd<X86_64>* pmd = MmFindPmd(vma.Mm, addr, out next);
            next = Math.Min(next, vma.End);
            if (pmd is null)
                continue;

            Pte<X86_64>* first = PteOffsetMapLock(vma.Mm, pmd, addr, out PtLock ptl);
            if (first is null)
                continue;                              // nothing mapped in pages here
            for (Pte<X86_64>* ptep = first; addr < next; addr += 4096, ptep++)
            {
                if (!PtepGet(ptep).IsPresent)
                    continue;
                PtepSetWrprotect(vma.Mm, addr, ptep);  // not SetPte(ptep, PtepGet(ptep).Wrprotect()): that loses dirty
                count++;
            }

            FlushTlbRange(vma, vma.Start, vma.End);    // before the lock is released
            PteUnmapUnlock(first, ptl);
        }

        return count;
    }
    #endregion

    #region nolock
    /// <summary>Marks a page dirty that was found without the lock. False: it changed meanwhile; the caller looks again.</summary>
    public static bool TryMarkDirty(Mm<X86_64> mm, Pmd<X86_64>* pmd, ulong addr)
    {
        Pte<X86_64>* ptep = PteOffsetMapNolock(mm, pmd, addr, out PtLock ptl);
        if (ptep is null)
            return false;
        Pte<X86_64> seen = PtepGetLockless(ptep);
        if (!seen.IsPresent)
        {
            PteUnmap(ptep);
            return false;
        }

        ptl.Enter();
        bool same = PteSame(seen, PtepGet(ptep));      // it was not empty, so the table is still attached
        if (same)
            PtepModify(ptep, static pte => pte.MkDirty());
        PteUnmapUnlock(ptep, ptl);
        return same;
    }
    #endregion

    #region huge
    /// <summary>A device writes to a page, which is then part of a huge one, and of a small one again.</summary>
    public static CollapseResult Watch(Mm<X86_64> mm, ulong start)
    {
        if (!mm.GetUserPagesFast(start, write: true, out Page page))   // a reference, without a lock if it is mapped
            return CollapseResult.NotMapped;
        Volatile.Write(ref *(ulong*)page.Pointer, 1);
        page.MarkDirty();                              // hardware saw nothing of this
        CollapseResult refused = mm.CollapseHuge(start);   // Pinned: a copy would lose what the device writes next
        page.Put();

        CollapseResult result = mm.CollapseHuge(start);
        return refused == CollapseResult.Pinned && mm.SplitHuge(start) ? result : refused;
    }
    #endregion

    #region fork
    public static (int Parent, int Child) ForkAndSwap()
    {
        using var swap = new SwapArea<X86_64>(pages: 16);
        using var arena = new Arena(64 << 20);
        using var parent = new Mm<X86_64>(arena);
        parent.SwapOn(swap);
        ulong addr = parent.Mmap(0, 1 << 20, VmFlags.Read | VmFlags.Write).Start;
        using var mmu = new SoftMmu<X86_64>(parent);
        mmu.Store(addr, 1);

        using Mm<X86_64> child = parent.Fork();   // or TryFork, which says false where there is no memory
        using var childMmu = new SoftMmu<X86_64>(child);
        parent.SwapOut(addr);                     // out of the parent; the child still maps the page
        childMmu.Store(addr, 2);                  // shared with the swap slot, so the child gets a copy
        return (mmu.Load<int>(addr), childMmu.Load<int>(addr));
    }
    #endregion

    #region userfault
    public static int Handle()
    {
        using var arena = new Arena(64 << 20);
        using var mm = new Mm<X86_64>(arena);
        ulong addr = mm.Mmap(0, 1 << 20, VmFlags.Read | VmFlags.Write).Start;
        using Userfault<X86_64> userfault = mm.UserfaultRegister(addr, 1 << 20, UserfaultMode.Missing);
        var handler = new Thread(() =>
        {
            byte[] page = new byte[4096];
            page[0] = 42;
            userfault.Copy(userfault.Read().Address, page);   // puts the page there, and wakes who waits
        });
        handler.Start();

        using var mmu = new SoftMmu<X86_64>(mm);
        int value = mmu.Load<int>(addr + 4096);   // waits for the handler
        handler.Join();
        mm.ChangeProtNuma(addr, 1 << 20);         // the next access is noticed,
        mm.MigratePage(addr + 4096);              // or the page goes where it is wanted
        return value;
    }
    #endregion
}
