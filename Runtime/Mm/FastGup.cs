using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>
/// Takes a reference to a mapped page without any lock (Linux's <c>gup_fast</c>). Inside a read-side section nothing it walks is
/// freed; but the page may be, and be somebody else's by the time the reference is taken. So the reference comes first,
/// then a second look at the entries: who unmaps a page empties the entry first and counts references then.
/// </summary>
internal static unsafe class FastGup
{
    public enum Outcome
    {
        /// <summary>There is a reference to put.</summary>
        Found,

        /// <summary>There is no page here, or none that is counted, and a fault will not help.</summary>
        None,

        /// <summary>Not so easily: a fault is needed, or something changed meanwhile.</summary>
        Fault,
    }

    public static Outcome Try<TArch>(Mm<TArch> mm, ulong addr, bool write, out Page page)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        page = default;
        RcuReadLock();
        try
        {
            // The question is asked in the section: the tables stay until it ends, if the answer is no.
            if (mm.IsExiting && Defence.Holds(Defence.AskIfExiting))
                return Outcome.None;
            if (!TArch.IsCanonical(addr))
                return Outcome.None;
            Pmd<TArch>* pmdp = MmFindPmd(mm, addr);
            if (pmdp is null)
                return Outcome.Fault;
            Pmd<TArch> pmd = PmdpGetLockless(pmdp);
            if (pmd.IsNone || pmd.IsSwap)
                return Outcome.Fault;
            return HugePage.IsHuge(pmd) ? Huge(pmdp, pmd, addr, write, out page) : Small(pmdp, pmd, addr, write, out page);
        }
        finally
        {
            RcuReadUnlock();
        }
    }

    private static Outcome Small<TArch>(Pmd<TArch>* pmdp, Pmd<TArch> pmd, ulong addr, bool write, out Page page)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        page = default;
        Pte<TArch>* ptep = PteOffsetMap(&pmd, addr);
        if (ptep is null)
            return Outcome.Fault;
        Pte<TArch> pte = PtepGetLockless(ptep);
        Outcome outcome = Outcome.Fault;
        if (pte.IsPresent && !pte.IsProtNone && (pte.IsWritable || !write))
            outcome = Zap.IsCounted(pte) ? TryGet(pte.Page, out page) : Outcome.None;
        if (outcome == Outcome.Found && !IsUnchanged(pmdp, pmd, ptep, pte))
            outcome = PutBack(ref page);
        PteUnmap(ptep);
        return outcome;
    }

    private static Outcome Huge<TArch>(Pmd<TArch>* pmdp, Pmd<TArch> pmd, ulong addr, bool write, out Page page)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        page = default;
        if (pmd.IsDevmap || !HugePage.IsCounted(pmd))
            return Outcome.None;

        // One that is being split looks huge, and is not for use: hardware may not, and neither may we.
        if (pmd.IsProtNone || (write && !pmd.IsWritable) || !IsUsable(pmd))
            return Outcome.Fault;
        ulong part = (addr & ((1UL << TArch.PmdShift) - 1)) >> TArch.PageShift << (TArch.PageShift - PhysicalMemory.FrameShift);
        Outcome outcome = TryGet(new Page(pmd.Page.Frame + part), out page);
        return outcome == Outcome.Found && !IsUnchanged(pmdp, pmd) ? PutBack(ref page) : outcome;
    }

    private static Outcome TryGet(Page mapped, out Page page)
    {
        Checkpoint.Hit(Checkpoint.GupSampled);
        bool found = mapped.TryGet();
        page = found ? mapped : default;
        return found ? Outcome.Found : Outcome.Fault;
    }

    private static Outcome PutBack(ref Page page)
    {
        page.Put();
        page = default;
        return Outcome.Fault;
    }

    /// <summary>Compares all bits, private ones of the architecture too: a false alarm costs a fault and nothing else.</summary>
    private static bool IsUnchanged<TArch>(Pmd<TArch>* pmdp, Pmd<TArch> pmd, Pte<TArch>* ptep, Pte<TArch> pte)
        where TArch : unmanaged, IArchitecture<TArch>
        => (IsUnchanged(pmdp, pmd) && PtepGetLockless(ptep).Value == pte.Value) || !Defence.Holds(Defence.RecheckAfterReference);

    private static bool IsUnchanged<TArch>(Pmd<TArch>* pmdp, Pmd<TArch> pmd)
        where TArch : unmanaged, IArchitecture<TArch>
        => PmdpGetLockless(pmdp).Value == pmd.Value || !Defence.Holds(Defence.RecheckAfterReference);

    private static bool IsUsable<TArch>(Pmd<TArch> pmd)
        where TArch : unmanaged, IArchitecture<TArch>
        => PmdSame(pmd, pmd.MkInvalid()) is false;
}
