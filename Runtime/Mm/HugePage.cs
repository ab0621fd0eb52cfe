using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>
/// What becomes of a huge pmd: a huge page, or device memory, which has no table deposited and is not counted. Each method
/// takes the pmd's lock and looks again whether it is one.
/// </summary>
internal static unsafe class HugePage
{
    /// <summary>The buddy order of a huge page.</summary>
    public static int Order<TArch>()
        where TArch : unmanaged, IArchitecture<TArch>
        => TArch.PmdShift - PhysicalMemory.FrameShift;

    /// <summary>Whether an entry maps memory itself.</summary>
    public static bool IsHuge<TArch>(Pmd<TArch> pmd)
        where TArch : unmanaged, IArchitecture<TArch>
        => pmd.IsTransHuge || (pmd.IsPresent && pmd.IsDevmap);

    /// <summary>Installs a huge page, with a page table deposited for it, if the pmd is empty. False: it is not.</summary>
    public static bool TryInstall<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong addr, Page page, Pgtable table)
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
        Pmd<TArch> old;
        Pgtable table = default;
        PtLock pml = PmdLock(vma.Mm, pmdp);
        try
        {
            old = PmdpGet(pmdp);
            if (!IsHuge(old))
                return false;

            // First, since there may be none, and then nothing is to have changed.
            if (old.IsTransHuge)
                table = PgtableTransHugeWithdraw(vma.Mm, pmdp);
            old = PmdpHugeClearFlush(vma, addr, pmdp);
        }
        finally
        {
            pml.Exit();
        }

        if (!table.IsNull)
            PteFree(vma.Mm, table);
        if (!IsCounted(old))
            return true;
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
        bool huge = IsHuge(PmdpGet(pmdp));
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
    public static VmFault Fault<TArch>(PageFault<TArch> fault, Pmd<TArch>* pmdp)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Vma<TArch> vma = fault.Vma;
        ulong addr = fault.Address & ~((1UL << TArch.PmdShift) - 1);
        PtLock pml = PmdLock(vma.Mm, pmdp);
        Pmd<TArch> pmd = PmdpGet(pmdp);
        VmFault outcome = VmFault.None;
        bool split = false;
        if (pmd.IsTransHuge && pmd.IsProtNone)
        {
            SetPmdAt(vma.Mm, addr, pmdp, pmd.Modify(vma.PageProt).MkYoung());
        }
        else if (pmd.IsTransHuge)
        {
            split = fault.IsWrite && !pmd.IsWritable && !CanReuse(vma, pmd);
            if (!split)
            {
                // Nothing to change: the fault came from a translation that this processor had kept.
                PmdpModify(pmdp, fault.IsWrite ? static pmd => pmd.MkYoung().MkDirty().MkWrite() : static pmd => pmd.MkYoung());
                if (PmdSame(PmdpGet(pmdp), pmd))
                    FlushTlbRange(vma, addr, addr + (1UL << TArch.PmdShift));
                outcome = fault.Outcome();
            }
        }

        pml.Exit();
        if (split)
            Split(vma, pmdp, addr);
        return outcome;
    }

    /// <summary>
    /// Turns a huge page into a table of pages, each of which holds a reference to the whole; device memory is taken
    /// out instead, as the kernel does it. Nothing happens if there is neither (any more).
    /// </summary>
    public static void Split<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        PtLock pml = PmdLock(vma.Mm, pmdp);
        try
        {
            Pmd<TArch> pmd = PmdpGet(pmdp);
            if (pmd.IsTransHuge)
            {
                Pgtable table = PgtableTransHugeWithdraw(vma.Mm, pmdp);
                Fill(vma.Mm, table, addr, Invalidate(vma, pmdp, addr));
                PmdPopulate(vma.Mm, pmdp, table);
            }
            else if (IsHuge(pmd))
            {
                PmdpHugeClearFlush(vma, addr, pmdp);
            }
        }
        finally
        {
            pml.Exit();
        }
    }

    /// <summary>Whether an entry owns a reference to its page: device memory and frames outside the arenas are somebody else's.</summary>
    private static bool IsCounted<TArch>(Pmd<TArch> pmd)
        where TArch : unmanaged, IArchitecture<TArch>
        => !pmd.IsDevmap && pmd.Page.IsInArena;

    private static bool CanReuse<TArch>(Vma<TArch> vma, Pmd<TArch> pmd)
        where TArch : unmanaged, IArchitecture<TArch>
        => (vma.Flags & VmFlags.Shared) != 0 || (IsCounted(pmd) && pmd.Page.RefCount == 1);

    /// <summary>Takes the entry out of hardware's reach, while walkers go on seeing a huge page (<c>pmdp_invalidate</c>).</summary>
    private static Pmd<TArch> Invalidate<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pmd<TArch> old = PmdpModify(pmdp, static pmd => pmd.MkInvalid());
        FlushTlbRange(vma, addr, addr + (1UL << TArch.PmdShift));
        return old;
    }

    [UnpublishedTable]
    private static void Fill<TArch>(Mm<TArch> mm, Pgtable table, ulong addr, Pmd<TArch> old)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        var protection = new Pgprot<TArch>(TArch.HugeProtection(old.Value));
        for (int i = 1; i < TArch.PtrsPerPte && IsCounted(old); i++)
            old.Page.Get();
        SetPtes(mm, addr, (Pte<TArch>*)table.Pointer, PfnPte(old.Pfn, protection), TArch.PtrsPerPte);
    }
}
