using static PteGuard.Arm64;

namespace PteGuard;

internal unsafe partial interface IArm64<TSelf>
{
    static int IArchitecture<TSelf>.PteBatchHint(Pte<TSelf>* ptep, Pte<TSelf> pte)
        => IsInBlock(ptep, pte.Value) ? TSelf.ContPtes - IndexInBlock(ptep) : 1;

    // Every entry of a whole block loses the same permission, so the block may stay one.
    static void IArchitecture<TSelf>.WrprotectPtes(Mm<TSelf> mm, ulong address, Pte<TSelf>* ptep, int count)
    {
        UnfoldPartial(mm, ptep, count);
        for (int i = 0; i < count; i++)
        {
            ulong old = Cell.Load(ptep + i);
            while (!Cell.TryReplace(ptep + i, ref old, TSelf.PteWrprotect(old)))
            {
            }
        }
    }

    static void IArchitecture<TSelf>.ClearYoungDirtyPtes(Vma<TSelf> vma, ulong address, Pte<TSelf>* ptep, int count, CydpFlags flags)
    {
        Widen(ref ptep, ref count);
        ClearMarks(ptep, count, (flags & CydpFlags.ClearYoung) != 0 ? Accessed : 0, (flags & CydpFlags.ClearDirty) != 0);
    }

    static Pte<TSelf> IArchitecture<TSelf>.GetAndClearFullPtes(Mm<TSelf> mm, ulong address, Pte<TSelf>* ptep, int count)
    {
        UnfoldPartial(mm, ptep, count);
        ulong first = Cell.Exchange(ptep, TSelf.NonePte);
        for (int i = 1; i < count; i++)
            first = AddMarks(first, Cell.Exchange(ptep + i, TSelf.NonePte));
        return new(first);
    }

    static void IArchitecture<TSelf>.ClearFullPtes(Mm<TSelf> mm, ulong address, Pte<TSelf>* ptep, int count)
        => TSelf.GetAndClearFullPtes(mm, address, ptep, count);

    /// <summary>Extends a run to the blocks that it begins and ends in.</summary>
    private static void Widen(ref Pte<TSelf>* ptep, ref int count)
    {
        Pte<TSelf>* last = ptep + count - 1;
        if (IsInBlock(last, Cell.Load(last)))
            count += TSelf.ContPtes - 1 - IndexInBlock(last);
        if (!IsInBlock(ptep, Cell.Load(ptep)))
            return;
        count += IndexInBlock(ptep);
        ptep = (Pte<TSelf>*)BlockOf(ptep);
    }

    /// <summary>Clears marks; answers whether any entry was accessed.</summary>
    private static bool ClearMarks(Pte<TSelf>* ptep, int count, ulong accessed, bool dirty)
    {
        bool young = false;
        for (int i = 0; i < count; i++)
        {
            ulong old = Cell.Load(ptep + i);
            while (true)
            {
                ulong cleared = (dirty ? MkClean(old) : old) & ~accessed;
                if (cleared == old || Cell.TryReplace(ptep + i, ref old, cleared))
                    break;
            }

            young |= (old & Accessed) != 0;
        }

        return young;
    }
}
