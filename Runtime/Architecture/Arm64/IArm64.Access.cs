using static PteGuard.Arm64;

namespace PteGuard;

/// <summary>
/// Access to ptes that may be part of a contiguous block: to read one is to read the block, and to change one alone
/// is to unfold it first. Raw words are read only here.
/// </summary>
internal unsafe partial interface IArm64<TSelf>
{
    static Pte<TSelf> IArchitecture<TSelf>.PtepGet(Pte<TSelf>* ptep)
    {
        ulong pte = Cell.Load(ptep);
        return new(IsInBlock(ptep, pte) ? Gather(ptep, pte) : pte);
    }

    private static ulong Gather(Pte<TSelf>* ptep, ulong pte)
    {
        ulong* block = BlockOf(ptep);
        for (int i = 0; i < TSelf.ContPtes; i++)
            pte = AddMarks(pte, Cell.Load(block + i));
        return pte;
    }

    // Without the lock, a block may be half made or half unmade: it counts once all of it was seen to fit together.
    static Pte<TSelf> IArchitecture<TSelf>.PtepGetLockless(Pte<TSelf>* ptep)
    {
        for (var wait = default(SpinWait); ; wait.SpinOnce(sleep1Threshold: -1))
        {
            ulong pte = Cell.Load(ptep);
            if (!IsInBlock(ptep, pte) || TryGather(ptep, ref pte))
                return new(pte);
        }
    }

    private static bool TryGather(Pte<TSelf>* ptep, ref ulong pte)
    {
        ulong* block = BlockOf(ptep);
        ulong begin = WithoutMarks(pte) - PageOffset(IndexInBlock(ptep));
        for (int i = 0; i < TSelf.ContPtes; i++)
        {
            ulong entry = Cell.Load(block + i);
            if (WithoutMarks(entry) != begin + PageOffset(i))
                return false;
            pte = AddMarks(pte, entry);
        }

        return true;
    }

    static void IArchitecture<TSelf>.SetPte(Pte<TSelf>* ptep, Pte<TSelf> pte)
    {
        TryUnfoldInPlace(ptep);
        Cell.Store(ptep, WithoutContiguous(pte.Value));
    }

    static void IArchitecture<TSelf>.SetPteAt(Mm<TSelf> mm, ulong address, Pte<TSelf>* ptep, Pte<TSelf> pte)
    {
        ulong value = WithoutContiguous(pte.Value);
        TryUnfold(mm, ptep);
        Cell.Store(ptep, value);
        TryFold(mm, ptep, value);
    }

    static void IArchitecture<TSelf>.SetPtes(Mm<TSelf> mm, ulong address, Pte<TSelf>* ptep, Pte<TSelf> pte, int count)
    {
        if (count == 1)
        {
            TSelf.SetPteAt(mm, address, ptep, pte);
            return;
        }

        UnfoldPartial(mm, ptep, count);
        ulong value = WithoutContiguous(pte.Value);
        for (int done = 0, run; done < count; done += run)
        {
            run = Math.Min(count - done, TSelf.ContPtes - IndexInBlock(ptep + done));
            ulong first = value + PageOffset(done);
            if (run == TSelf.ContPtes && CanBegin(first))
                first |= Contiguous;
            for (int i = 0; i < run; i++)
                Cell.Store(ptep + done + i, first + PageOffset(i));
        }
    }

    static Pte<TSelf> IArchitecture<TSelf>.PtepModify(Pte<TSelf>* ptep, Func<Pte<TSelf>, Pte<TSelf>> change)
    {
        TryUnfoldInPlace(ptep);
        ulong old = Cell.Load(ptep);
        while (!Cell.TryReplace(ptep, ref old, WithoutContiguous(change(new(old)).Value)))
        {
        }

        return new(old);
    }

    static Pte<TSelf> IArchitecture<TSelf>.PtepGetAndClear(Mm<TSelf> mm, ulong address, Pte<TSelf>* ptep)
    {
        TryUnfold(mm, ptep);
        return new(Cell.Exchange(ptep, TSelf.NonePte));
    }

    static void IArchitecture<TSelf>.PteClear(Mm<TSelf> mm, ulong address, Pte<TSelf>* ptep)
    {
        TryUnfold(mm, ptep);
        Cell.Store(ptep, TSelf.NonePte);
    }

    // Young is a property of the block; unfolding it would cost more than the precision is worth.
    static bool IArchitecture<TSelf>.PtepTestAndClearYoung(Vma<TSelf> vma, ulong address, Pte<TSelf>* ptep)
    {
        int count = 1;
        Widen(ref ptep, ref count);
        return ClearMarks(ptep, count, Accessed, dirty: false);
    }

    static void IArchitecture<TSelf>.PtepSetWrprotect(Mm<TSelf> mm, ulong address, Pte<TSelf>* ptep)
        => TSelf.WrprotectPtes(mm, address, ptep, 1);

    // What a getter says of a block may be true of a neighbour alone, and a processor that marks nothing itself would
    // fault on the others forever: each entry is looked at for itself (Linux 97c5550b).
    static bool IArchitecture<TSelf>.PtepSetAccessFlags(Vma<TSelf> vma, ulong address, Pte<TSelf>* ptep, Pte<TSelf> entry, bool dirty)
    {
        int count = 1;
        if (((Cell.Load(ptep) ^ entry.Value) & Writable) != 0)
            TryUnfold(vma.Mm, ptep);
        else
            Widen(ref ptep, ref count);
        bool changed = false;
        for (int i = 0; i < count; i++)
            changed |= AddFlags(ptep + i, entry.Value);
        if (changed && dirty)
            PageTable.FlushTlbRange(vma, address, address + PageOffset(count));
        return changed;
    }

    // Translations that hardware cached are dropped everywhere by whoever changes the entry.
    static void IArchitecture<TSelf>.FlushTlbFixSpuriousFault(Vma<TSelf> vma, ulong address, Pte<TSelf>* ptep)
    {
    }

    private static bool AddFlags(Pte<TSelf>* ptep, ulong entry)
    {
        ulong added = entry & (Accessed | Writable | SoftwareDirty);
        ulong removed = ~entry & ReadOnly;
        ulong old = Cell.Load(ptep);
        while (true)
        {
            ulong changed = (old | added) & ~removed;
            if (changed == old)
                return false;
            if (Cell.TryReplace(ptep, ref old, changed))
                return true;
        }
    }
}
