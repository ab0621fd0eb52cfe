using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>What becomes of a huge pmd. Each method takes the pmd's lock and looks again whether it is one.</summary>
internal static unsafe class HugePage
{
    /// <summary>The buddy order of a huge page.</summary>
    public static int Order<TArch>()
        where TArch : unmanaged, IArchitecture<TArch>
        => TArch.PmdShift - PhysicalMemory.FrameShift;

    /// <summary>Installs a huge page, with a page table deposited for it, if the pmd is empty. False: it is not.</summary>
    public static bool TryInstall<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong addr, Page page, Page table)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pmd<TArch> huge = Pmd<TArch>.MkHuge(page.Address >> TArch.PageShift, vma.PageProt);
        if ((vma.Flags & VmFlags.Write) != 0)
            huge = huge.MkWrite();

        PtLock pml = PmdLock(vma.Mm, pmdp);
        bool empty = PmdpGet(pmdp).IsNone;
        if (empty)
        {
            PgtableTransHugeDeposit(vma.Mm, pmdp, table);
            SetPmdAt(vma.Mm, addr, pmdp, huge);
        }

        pml.Exit();
        return empty;
    }

    /// <summary>Removes a huge page. False: there is none (any more).</summary>
    public static bool TryZap<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        PtLock pml = PmdLock(vma.Mm, pmdp);
        if (!PmdpGet(pmdp).IsTransHuge)
        {
            pml.Exit();
            return false;
        }

        Pmd<TArch> old = PmdpHugeClearFlush(vma, addr, pmdp);
        Page table = PgtableTransHugeWithdraw(vma.Mm, pmdp);
        pml.Exit();

        PteFree(vma.Mm, table);
        if (old.IsDirty)
            old.Page.MarkDirty();
        old.Page.Put();
        return true;
    }

    /// <summary>Gives a huge page the protection of its region. False: there is none (any more).</summary>
    public static bool TryProtect<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        PtLock pml = PmdLock(vma.Mm, pmdp);
        bool huge = PmdpGet(pmdp).IsTransHuge;
        if (huge)
        {
            // Not emptied in between: who looks without the lock would take the entry for free.
            Pmd<TArch> old = Invalidate(vma, pmdp, addr);
            SetPmdAt(vma.Mm, addr, pmdp, old.Modify(vma.PageProt));
        }

        pml.Exit();
        return huge;
    }

    /// <summary>Marks a huge page accessed or dirty, or makes it writable where it is nobody else's; splits it where it is.</summary>
    public static void Fault<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong addr, bool write)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        PtLock pml = PmdLock(vma.Mm, pmdp);
        Pmd<TArch> pmd = PmdpGet(pmdp);
        if (!pmd.IsTransHuge)
        {
            pml.Exit();
            return;
        }

        bool shared = write && !pmd.IsWritable && (vma.Flags & VmFlags.Shared) == 0 && pmd.Page.RefCount != 1;
        if (!shared)
            PmdpModify(pmdp, write ? static pmd => pmd.MkYoung().MkDirty().MkWrite() : static pmd => pmd.MkYoung());
        pml.Exit();
        if (shared)
            Split(vma, pmdp, addr);
    }

    /// <summary>Turns a huge page into a table of pages, each of which holds a reference to the whole. Nothing happens if there is none (any more).</summary>
    public static void Split<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        PtLock pml = PmdLock(vma.Mm, pmdp);
        if (PmdpGet(pmdp).IsTransHuge)
        {
            Pmd<TArch> old = Invalidate(vma, pmdp, addr);
            Page table = PgtableTransHugeWithdraw(vma.Mm, pmdp);
            Fill(vma.Mm, table, addr, old);
            PmdPopulate(vma.Mm, pmdp, table);
        }

        pml.Exit();
    }

    /// <summary>Takes the entry out of hardware's reach, while walkers go on seeing a huge page (<c>pmdp_invalidate</c>).</summary>
    private static Pmd<TArch> Invalidate<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pmd<TArch> old = PmdpModify(pmdp, static pmd => pmd.MkInvalid());
        FlushTlbRange(vma, addr, addr + (1UL << TArch.PmdShift));
        return old;
    }

    [UnpublishedTable]
    private static void Fill<TArch>(Mm<TArch> mm, Page table, ulong addr, Pmd<TArch> old)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        var protection = new Pgprot<TArch>(TArch.HugeProtection(old.Value));
        Pte<TArch>* ptep = (Pte<TArch>*)table.Pointer;
        for (int i = 0; i < TArch.PtrsPerPte; i++, ptep++)
        {
            Pte<TArch> pte = PfnPte(old.Pfn + (ulong)i, protection);
            if (i != 0)
                old.Page.Get();
            SetPteAt(mm, addr + ((ulong)i << TArch.PageShift), ptep, pte);
        }
    }
}
