using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>
/// Access through a pointer. The defaults serve an architecture whose entries are one naturally aligned word each
/// and whose hardware may set accessed and dirty at any moment.
/// </summary>
public unsafe partial interface IArchitecture<TSelf>
{
    /// <summary>Reads a pte; its table's lock is held. May gather from neighbours.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual Pte<TSelf> PtepGet(Pte<TSelf>* ptep) => new(Cell.Load(ptep));

    /// <summary>Reads a pte without its table's lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual Pte<TSelf> PtepGetLockless(Pte<TSelf>* ptep) => TSelf.PtepGet(ptep);

    /// <summary>Reads a pmd.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual Pmd<TSelf> PmdpGet(Pmd<TSelf>* pmdp) => new(Cell.Load(pmdp));

    /// <summary>Reads a pmd without its lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual Pmd<TSelf> PmdpGetLockless(Pmd<TSelf>* pmdp) => TSelf.PmdpGet(pmdp);

    /// <summary>Begins a lockless read of a pmd, and of what is found through it, that <see cref="PmdpGetLocklessSync"/> waits for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void PmdpGetLocklessStart()
    {
    }

    /// <summary>Ends what <see cref="PmdpGetLocklessStart"/> began.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void PmdpGetLocklessEnd()
    {
    }

    /// <summary>Waits until no lockless read of a pmd that began before a change is still under way; page-table locks may be held.</summary>
    /// <exception cref="InvalidOperationException">This thread has interrupts off, and would wait for itself.</exception>
    static virtual void PmdpGetLocklessSync()
    {
    }

    /// <summary>Stores a pte whose old value hardware is not using.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void SetPte(Pte<TSelf>* ptep, Pte<TSelf> pte) => Cell.Store(ptep, pte.Value);

    /// <summary>Stores a pte of an address space whose old value hardware is not using.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void SetPteAt(Mm<TSelf> mm, ulong address, Pte<TSelf>* ptep, Pte<TSelf> pte) => TSelf.SetPte(ptep, pte);

    /// <summary>Stores ptes of consecutive pages in consecutive entries, whose old values hardware is not using.</summary>
    static virtual void SetPtes(Mm<TSelf> mm, ulong address, Pte<TSelf>* ptep, Pte<TSelf> pte, int count)
    {
        for (int i = 0; i < count; i++)
            TSelf.SetPteAt(mm, address + ((ulong)i << TSelf.PageShift), ptep + i, new(TSelf.PteAdvancePfn(pte.Value, (ulong)i)));
    }

    /// <summary>Empties a pmd.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void PmdClear(Pmd<TSelf>* pmdp) => TSelf.SetPmd(pmdp, new(TSelf.NonePmd));

    /// <summary>Stores a pmd.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void SetPmd(Pmd<TSelf>* pmdp, Pmd<TSelf> pmd) => Cell.Store(pmdp, pmd.Value);

    /// <summary>Atomically replaces a pte by what a function makes of it; returns the old one.</summary>
    static virtual Pte<TSelf> PtepModify(Pte<TSelf>* ptep, Func<Pte<TSelf>, Pte<TSelf>> change)
    {
        ulong old = Cell.Load(ptep);
        while (!Cell.TryReplace(ptep, ref old, change(new(old)).Value))
        {
        }

        return new(old);
    }

    /// <summary>Empties a pte in one step and returns what it was.</summary>
    static virtual Pte<TSelf> PtepGetAndClear(Mm<TSelf> mm, ulong address, Pte<TSelf>* ptep)
        => new(Cell.Exchange(ptep, TSelf.NonePte));

    /// <summary>Empties a pte that hardware is not using.</summary>
    static virtual void PteClear(Mm<TSelf> mm, ulong address, Pte<TSelf>* ptep) => Cell.Store(ptep, TSelf.NonePte);

    /// <summary>Empties the entry of a huge page of hugetlbfs, and flushes its translation; returns what it was. Without an MMU the region is null.</summary>
    static virtual Pte<TSelf> HugePtepClearFlush(Vma<TSelf>? vma, ulong address, Pte<TSelf>* ptep)
    {
        ArgumentNullException.ThrowIfNull(vma);
        return PageTable.PtepClearFlush(vma, address, ptep);
    }

    /// <summary>Clears accessed; answers whether it was set.</summary>
    static virtual bool PtepTestAndClearYoung(Vma<TSelf> vma, ulong address, Pte<TSelf>* ptep)
    {
        ulong old = Cell.Load(ptep);
        while (TSelf.PteIsYoung(old))
        {
            if (Cell.TryReplace(ptep, ref old, TSelf.PteMkOld(old)))
                return true;
        }

        return false;
    }

    /// <summary>Forbids writing, without losing a dirty mark that hardware sets meanwhile.</summary>
    static virtual void PtepSetWrprotect(Mm<TSelf> mm, ulong address, Pte<TSelf>* ptep)
    {
        ulong old = Cell.Load(ptep);
        while (!Cell.TryReplace(ptep, ref old, TSelf.PteWrprotect(old)))
        {
        }
    }

    /// <summary>Makes a pte more permissive, younger or dirtier; answers whether it differed.</summary>
    static virtual bool PtepSetAccessFlags(Vma<TSelf> vma, ulong address, Pte<TSelf>* ptep, Pte<TSelf> entry, bool dirty)
    {
        bool changed = !TSelf.PteSame(Cell.Load(ptep), entry.Value);
        if (changed)
        {
            TSelf.SetPteAt(vma.Mm, address, ptep, entry);
            PageTable.FlushTlbFixSpuriousFault(vma, address, ptep);
        }

        return changed;
    }

    /// <summary>Takes a pte out of hardware's reach, to change its protection.</summary>
    static virtual Pte<TSelf> PtepModifyProtStart(Vma<TSelf> vma, ulong address, Pte<TSelf>* ptep)
        => TSelf.PtepGetAndClear(vma.Mm, address, ptep);

    /// <summary>Ends what <see cref="PtepModifyProtStart"/> began.</summary>
    static virtual void PtepModifyProtCommit(Vma<TSelf> vma, ulong address, Pte<TSelf>* ptep, Pte<TSelf> old, Pte<TSelf> pte)
        => TSelf.SetPteAt(vma.Mm, address, ptep, pte);

    /// <summary>Whether an access that faults makes its processor drop the translation that forbade it, and look again.</summary>
    static virtual bool FaultDropsTranslation => false;

    /// <summary>After a fault that found nothing to change: makes sure that this processor sees the live entry.</summary>
    static virtual void FlushTlbFixSpuriousFault(Vma<TSelf> vma, ulong address, Pte<TSelf>* ptep)
        => PageTable.FlushTlbPage(vma, address);

    /// <summary>Walks the tables as the architecture's memory management unit does.</summary>
    /// <param name="pgd">The root table.</param>
    /// <param name="address">The virtual address, in bytes.</param>
    /// <param name="access">What is to be done there.</param>
    /// <param name="physical">The physical address, in bytes.</param>
    static abstract MmuFault HardwareWalk(Pgd<TSelf>* pgd, ulong address, MmuAccess access, out ulong physical);
}
