using static PteGuard.S390;

namespace PteGuard;

public readonly unsafe partial struct S390X
{
    // The mark is only seen again after a fault, so the translation goes with it, as IPTE does it.
    static bool IArchitecture<S390X>.PtepTestAndClearYoung(Vma<S390X> vma, ulong address, Pte<S390X>* ptep)
    {
        ulong old = Cell.Load(ptep);
        if ((old & (Present | Young)) != (Present | Young))
            return false;
        Cell.Store(ptep, Fit(old & ~Young));
        FlushIfValid(vma, address, old);
        return true;
    }

    // Who grants writing resets the protection in the entry (RDP): a processor that has not heard of it faults, finds
    // nothing to change, and gets to FlushTlbFixSpuriousFault. Other changes of a valid entry take it out first.
    static bool IArchitecture<S390X>.PtepSetAccessFlags(Vma<S390X> vma, ulong address, Pte<S390X>* ptep, Pte<S390X> entry, bool dirty)
    {
        ulong old = Cell.Load(ptep);
        if (old == entry.Value)
            return false;
        if (!CanResetProtection(old, entry.Value))
        {
            Cell.Store(ptep, old | Invalid);
            FlushIfValid(vma, address, old);
        }

        Cell.Store(ptep, entry.Value);
        return true;
    }

    // The entry keeps its content and becomes invalid (IPTE): who looks without the lock sees a page, and waits for the lock.
    // The kernel also holds off preemption until the commit, which the lock makes up for here: its waiters yield.
    static Pte<S390X> IArchitecture<S390X>.PtepModifyProtStart(Vma<S390X> vma, ulong address, Pte<S390X>* ptep)
    {
        ulong old = Cell.Load(ptep);
        Cell.Store(ptep, old | Invalid);
        FlushIfValid(vma, address, old);
        return new(old);
    }

    // RDP names the entry, so it must be the live one; it resets the protection that this processor had kept of it.
    static void IArchitecture<S390X>.FlushTlbFixSpuriousFault(Vma<S390X> vma, ulong address, Pte<S390X>* ptep)
    {
        if (!PhysicalMemory.Contains(ptep))
            Throw.ForeignPointer(nameof(ptep));
        if ((Cell.Load(ptep) & Protect) == 0)
            PageTable.FlushTlbPage(vma, address);
    }

    /// <summary>No processor keeps a translation of an entry that was invalid.</summary>
    private static void FlushIfValid(Vma<S390X> vma, ulong address, ulong old)
    {
        if ((old & Invalid) == 0)
            PageTable.FlushTlbPage(vma, address);
    }
}
