using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>Pins pages that are mapped writable: in a private region such a page belongs to its address space alone.</summary>
internal static unsafe class Pinning
{
    /// <summary>Without a lock; a page of a table only. False: nothing is pinned, which says nothing about whether it can be.</summary>
    public static bool TryFast<TArch>(Mm<TArch> mm, ulong addr, out Page page)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        page = default;
        int sequence = mm.ProtectSequence;
        if ((sequence & 1) != 0 && Defence.Holds(Defence.ProtectSequence))
            return false;

        bool pinned = false;
        RcuReadLock();
        Pmd<TArch>* pmdp = MmFindPmd(mm, addr);
        Pmd<TArch> pmd = default;
        Pte<TArch>* ptep = pmdp is null ? null : __PteOffsetMap(pmdp, addr, out pmd);
        if (ptep is not null)
        {
            Pte<TArch> pte = PtepGetLockless(ptep);
            if (pte.IsPresent && pte.IsWritable && Zap.IsCounted(pte) && pte.Page.TryPin())
            {
                page = pte.Page;

                // Pinned first, looked at second: reclaim and fork do it the other way round, so that one of the two sees the other.
                pinned = PteSame(pte, PtepGetLockless(ptep)) && PmdSame(pmd, PmdpGetLockless(pmdp))
                    && (mm.ProtectSequence == sequence || !Defence.Holds(Defence.ProtectSequence));
            }

            PteUnmap(ptep);
        }

        RcuReadUnlock();
        if (!pinned && !page.IsNull)
        {
            page.Unpin();
            page = default;
        }

        return pinned;
    }

    /// <summary>The mmap lock is held. Not pinned where there is something to wait for.</summary>
    [MayBlock]
    public static VmFault Slow<TArch>(Vma<TArch> vma, ulong addr, ref FaultWaiter? waiter, out Page page)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        while (true)
        {
            VmFault fault = vma.Mm.HandleMmFault(vma, addr, FaultFlags.Write | FaultFlags.User, ref waiter);
            if (fault != VmFault.None)
            {
                page = default;
                return fault;
            }

            Pmd<TArch>* pmdp = MmFindPmd(vma.Mm, addr);
            bool special = false;
            if (pmdp is not null && (TryHuge(vma, pmdp, addr, out page) || TryTable(vma, pmdp, addr, out page, out special)))
                return VmFault.None;
            page = default;
            if (special)
                return VmFault.SigBus;
        }
    }

    private static bool TryTable<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong addr, out Page page, out bool special)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        page = default;
        special = false;
        Pte<TArch>* ptep = PteOffsetMapLock(vma.Mm, pmdp, addr, out PtLock ptl);
        if (ptep is null)
            return false;
        Pte<TArch> pte = PtepGet(ptep);
        bool pinned = false;
        if (pte.IsPresent && pte.IsWritable)
        {
            special = !Zap.IsCounted(pte);
            pinned = !special && pte.Page.TryPin();
        }

        if (pinned)
        {
            page = pte.Page;
            if (vma.IsPrivate)
                page.SetAnonExclusive();
        }

        PteUnmapUnlock(ptep, ptl);
        return pinned;
    }

    private static bool TryHuge<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong addr, out Page page)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        page = default;
        if (!PmdpGetLockless(pmdp).IsTransHuge)
            return false;
        PtLock pml = PmdLock(vma.Mm, pmdp);
        Pmd<TArch> pmd = PmdpGet(pmdp);
        bool pinned = pmd.IsTransHuge && pmd.IsWritable && HugePage.IsCounted(pmd) && pmd.Page.TryPin();
        if (pinned)
        {
            if (vma.IsPrivate)
                pmd.Page.SetAnonExclusive();
            ulong offset = addr & ((1UL << TArch.PmdShift) - 1) & ~((1UL << TArch.PageShift) - 1);
            page = new Page(pmd.Page.Frame + (offset >> PhysicalMemory.FrameShift));
        }

        pml.Exit();
        return pinned;
    }
}
