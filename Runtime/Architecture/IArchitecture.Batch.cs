namespace PteGuard;

/// <summary>
/// Several entries at once: present ones, in one table, of the pages of one larger page. The defaults go one by one; an architecture that
/// makes one of many entries can leave it whole.
/// </summary>
public unsafe partial interface IArchitecture<TSelf>
{
    /// <summary>How many entries, from a pte on, are known to be alike without looking at them.</summary>
    static virtual int PteBatchHint(Pte<TSelf>* ptep, Pte<TSelf> pte) => 1;

    /// <summary>Forbids writing through a run of entries, without losing a dirty mark.</summary>
    static virtual void WrprotectPtes(Mm<TSelf> mm, ulong address, Pte<TSelf>* ptep, int count)
    {
        for (int i = 0; i < count; i++)
            TSelf.PtepSetWrprotect(mm, address + ((ulong)i << TSelf.PageShift), ptep + i);
    }

    /// <summary>Clears marks of a run of entries. May clear those of neighbours too.</summary>
    static virtual void ClearYoungDirtyPtes(Vma<TSelf> vma, ulong address, Pte<TSelf>* ptep, int count, CydpFlags flags)
    {
        for (int i = 0; i < count; i++)
        {
            ulong old = Cell.Load(ptep + i);
            while (!Cell.TryReplace(ptep + i, ref old, Cleared(old, flags)))
            {
            }
        }
    }

    /// <summary>Empties a run of entries; returns the first, with the marks of all.</summary>
    static virtual Pte<TSelf> GetAndClearFullPtes(Mm<TSelf> mm, ulong address, Pte<TSelf>* ptep, int count)
    {
        Pte<TSelf> first = TSelf.PtepGetAndClear(mm, address, ptep);
        for (int i = 1; i < count; i++)
        {
            Pte<TSelf> pte = TSelf.PtepGetAndClear(mm, address + ((ulong)i << TSelf.PageShift), ptep + i);
            first = pte.IsYoung ? first.MkYoung() : first;
            first = pte.IsDirty ? first.MkDirty() : first;
        }

        return first;
    }

    /// <summary>Empties a run of entries.</summary>
    static virtual void ClearFullPtes(Mm<TSelf> mm, ulong address, Pte<TSelf>* ptep, int count)
    {
        for (int i = 0; i < count; i++)
            TSelf.PtepGetAndClear(mm, address + ((ulong)i << TSelf.PageShift), ptep + i);
    }

    private static ulong Cleared(ulong pte, CydpFlags flags)
    {
        if ((flags & CydpFlags.ClearYoung) != 0)
            pte = TSelf.PteMkOld(pte);
        return (flags & CydpFlags.ClearDirty) != 0 ? TSelf.PteMkClean(pte) : pte;
    }
}
