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

    /// <summary>Whether a page table was deposited for a huge entry.</summary>
    public static bool HasDeposit<TArch>(Pmd<TArch> pmd)
        where TArch : unmanaged, IArchitecture<TArch>
        => pmd.IsTransHuge || (TArch.NeedsPgtableDeposit && IsHuge(pmd));

    /// <summary>The entry that maps a new huge page, which nobody else knows of, in a region.</summary>
    public static Pmd<TArch> MkEntry<TArch>(Vma<TArch> vma, Page page)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (vma.IsPrivate)
            page.SetAnonExclusive();
        Pmd<TArch> huge = Pmd<TArch>.MkHuge(page.Address >> TArch.PageShift, vma.PageProt);
        return WriteTracking.OfNewPage((vma.Flags & VmFlags.Write) != 0 ? huge.MkWrite() : huge);
    }

    /// <summary>Installs a huge page, with a page table deposited for it, if the pmd is empty. False: it is not.</summary>
    public static bool TryInstall<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong addr, Pmd<TArch> huge, Pgtable table)
        where TArch : unmanaged, IArchitecture<TArch>
    {
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
        Pgtable table = default;
        PtLock pml = PmdLock(vma.Mm, pmdp);
        try
        {
            Pmd<TArch> old = PmdpGet(pmdp);
            if (!IsHuge(old))
                return false;

            // First, since there may be none, and then nothing is to have changed.
            if (HasDeposit(old))
                table = PgtableTransHugeWithdraw(vma.Mm, pmdp);
            old = PmdpHugeClearFlush(vma, addr, pmdp);
            Checkpoint.Hit(Checkpoint.HugeCleared);

            // Before the lock is released: who finds the pmd empty takes it once, and then knows that the page is not mapped.
            if (IsCounted(old))
                Drop(old);
        }
        finally
        {
            pml.Exit();
        }

        if (!table.IsNull)
            PteFree(vma.Mm, table);
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
            SetPmdAt(vma.Mm, addr, pmdp, WriteTracking.Guard(old.Modify(vma.PageProt)));
        }

        pml.Exit();
        return huge;
    }

    /// <summary>Takes the access to a huge page away, so that the next one is noticed. False: there is none, or it would be of no use.</summary>
    public static bool TryHint<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        PtLock pml = PmdLock(vma.Mm, pmdp);
        Pmd<TArch> pmd = PmdpGet(pmdp);
        bool hint = pmd.IsTransHuge && !pmd.IsProtNone && IsCounted(pmd) && NumaHints.IsMovable(vma, pmd.Page);
        if (hint)
        {
            Pmd<TArch> old = Invalidate(vma, pmdp, addr);
            SetPmdAt(vma.Mm, addr, pmdp, old.Modify(Pgprot<TArch>.Of(VmFlags.None)));
        }

        pml.Exit();
        return hint;
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
            // Made so in order to see who accesses it (NUMA balancing): hardware does not use it, so a store will do.
            Pmd<TArch> huge = WriteTracking.Guard(pmd.Modify(vma.PageProt)).MkYoung();
            vma.Mm.CountNumaHintFault();
            bool reuse = fault.IsWrite && CanReuse(vma, pmd);
            SetPmdAt(vma.Mm, addr, pmdp, reuse ? huge.MkDirty().MkWrite() : huge);
        }
        else if (pmd.IsTransHuge)
        {
            split = fault.IsWrite && !pmd.IsWritable && !CanReuse(vma, pmd);
            if (!split)
            {
                if (fault.IsWrite && vma.IsPrivate && IsCounted(pmd))
                    pmd.Page.SetAnonExclusive();

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
    /// out instead, as the kernel does it. False: there is neither (any more), or it is on the move.
    /// </summary>
    public static bool Split<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        PtLock pml = PmdLock(vma.Mm, pmdp);
        try
        {
            Pmd<TArch> pmd = PmdpGet(pmdp);
            if (pmd.IsTransHuge || (pmd.IsMigration && !Defence.Holds(Defence.InvalidateOnlyPresent)))
            {
                Pgtable table = PgtableTransHugeWithdraw(vma.Mm, pmdp);
                Pmd<TArch> old = Invalidate(vma, pmdp, addr);
                Checkpoint.Hit(Checkpoint.HugeInvalid);
                Fill(vma.Mm, table, addr, old);

                // A store after all earlier ones: who sees the table sees what is in it.
                PmdPopulate(vma.Mm, pmdp, table);
            }
            else if (IsHuge(pmd))
            {
                if (HasDeposit(pmd))
                    PteFree(vma.Mm, PgtableTransHugeWithdraw(vma.Mm, pmdp));
                PmdpHugeClearFlush(vma, addr, pmdp);
            }
            else
            {
                return false;
            }
        }
        finally
        {
            pml.Exit();
        }

        Checkpoint.Hit(Checkpoint.HugeSplit);
        return true;
    }

    /// <summary>Ages a huge page that a page, whole or in part, is. False: it was not accessed, or something else is mapped.</summary>
    public static bool TestAndClearYoung<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong addr, Page page)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        PtLock pml = PmdLock(vma.Mm, pmdp);
        bool young = Holds(PmdpGet(pmdp), page) && PmdpTestAndClearYoung(vma, addr, pmdp);
        pml.Exit();
        return young;
    }

    /// <summary>Whether an entry is a huge page, and a page is that or a part of it.</summary>
    public static bool Holds<TArch>(Pmd<TArch> pmd, Page page)
        where TArch : unmanaged, IArchitecture<TArch>
        => pmd.IsTransHuge && page.Frame - pmd.Page.Frame < 1UL << Order<TArch>();

    /// <summary>Whether an entry owns a reference to its page: device memory and frames outside the arenas are somebody else's.</summary>
    public static bool IsCounted<TArch>(Pmd<TArch> pmd)
        where TArch : unmanaged, IArchitecture<TArch>
        => !pmd.IsDevmap && pmd.Page.IsInArena;

    private static void Drop<TArch>(Pmd<TArch> pmd)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (pmd.IsDirty)
            pmd.Page.MarkDirty();
        pmd.Page.Put();
    }

    private static bool CanReuse<TArch>(Vma<TArch> vma, Pmd<TArch> pmd)
        where TArch : unmanaged, IArchitecture<TArch>
        => (vma.Flags & VmFlags.Shared) != 0 || (IsCounted(pmd) && (pmd.Page.IsAnonExclusive || pmd.Page.RefCount == 1));

    /// <summary>Takes the entry out of hardware's reach, while walkers go on seeing a huge page (<c>pmdp_invalidate</c>).</summary>
    private static Pmd<TArch> Invalidate<TArch>(Vma<TArch> vma, Pmd<TArch>* pmdp, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Pmd<TArch> old = Defence.Holds(Defence.HugeWhileSplit) ? PmdpModify(pmdp, static pmd => pmd.MkInvalid())
            : PmdpHugeGetAndClear(vma.Mm, addr, pmdp);
        FlushTlbRange(vma, addr, addr + (1UL << TArch.PmdShift));
        return old;
    }

    [UnpublishedTable]
    private static void Fill<TArch>(Mm<TArch> mm, Pgtable table, ulong addr, Pmd<TArch> old)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        var protection = new Pgprot<TArch>(TArch.HugeProtection(old.Value));
        for (ulong i = 1; i < (ulong)TArch.PtrsPerPte && IsCounted(old); i++)
        {
            old.Page.Get();
            if (old.Page.IsAnonExclusive)
                new Page(old.Page.Frame + (i << (TArch.PageShift - PhysicalMemory.FrameShift))).SetAnonExclusive();
        }

        SetPtes(mm, addr, (Pte<TArch>*)table.Pointer, PfnPte(old.Pfn, protection), TArch.PtrsPerPte);
    }
}
