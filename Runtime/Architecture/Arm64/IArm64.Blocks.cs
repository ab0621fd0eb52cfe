using static PteGuard.Arm64;

namespace PteGuard;

/// <summary>
/// Contiguous blocks: as many consecutive ptes as <see cref="ContPtes"/> says, aligned, of consecutive pages, equal but for
/// accessed and dirty, which belong to the block (Arm ARM DDI 0487, section D8.7.1). They come and go under the lock of the
/// table, and the core does not know of them.
/// </summary>
internal unsafe partial interface IArm64<TSelf>
{
    /// <summary>Whether an entry has neighbours to look at; a copy outside of physical memory has none, whatever its bits.</summary>
    static bool IsInBlock(void* ptep, ulong pte) => IsContiguous(pte) && PhysicalMemory.Contains(ptep);

    static ulong* BlockOf(void* ptep) => (ulong*)((nuint)ptep & ~(nuint)((TSelf.ContPtes * sizeof(ulong)) - 1));

    static int IndexInBlock(void* ptep) => (int)((ulong*)ptep - BlockOf(ptep));

    static ulong PageOffset(int pages) => (ulong)pages << TSelf.PageShift;

    /// <summary>Whether an entry can be the first of a block of its page.</summary>
    static bool CanBegin(ulong pte)
    {
        ulong pfn = TSelf.PtePfn(pte);
        int frames = TSelf.PageShift - PhysicalMemory.FrameShift;
        return (pte & (Valid | Special)) == Valid
            && (pfn & (ulong)(TSelf.ContPtes - 1)) == 0
            && new Page(pfn << frames).IsOneFor((ulong)TSelf.ContPtes << frames);
    }

    /// <summary>Makes a block if an entry was the last that was missing. Nothing is tried earlier: most tables are filled upwards.</summary>
    static void TryFold(Mm<TSelf> mm, Pte<TSelf>* ptep, ulong pte)
    {
        int last = TSelf.ContPtes - 1;
        ulong begin = WithoutMarks(pte) - PageOffset(last);
        if (IndexInBlock(ptep) != last || IsContiguous(pte) || TSelf.PtePfn(pte) < (ulong)last || !CanBegin(begin))
            return;
        ulong* block = BlockOf(ptep);
        for (int i = 0; i <= last; i++)
        {
            if (WithoutMarks(Cell.Load(block + i)) != begin + PageOffset(i))
                return;
        }

        Rewrite(mm, block, begin | Contiguous);
    }

    /// <summary>Makes entries on their own of the block that an entry is in, if it is in one.</summary>
    static void TryUnfold(Mm<TSelf> mm, Pte<TSelf>* ptep)
    {
        ulong pte = Cell.Load(ptep);
        if (IsInBlock(ptep, pte))
            Rewrite(mm, BlockOf(ptep), WithoutMarks(pte & ~Contiguous) - PageOffset(IndexInBlock(ptep)));
    }

    /// <summary>Unfolds the blocks that reach beyond either end of a run.</summary>
    static void UnfoldPartial(Mm<TSelf> mm, Pte<TSelf>* ptep, int count)
    {
        if (IndexInBlock(ptep) != 0 || count < TSelf.ContPtes)
            TryUnfold(mm, ptep);
        if (IndexInBlock(ptep + count) != 0)
            TryUnfold(mm, ptep + count - 1);
    }

    /// <summary>
    /// Takes every entry out, so that no translation of the old size is left when the first of the new size is there, and
    /// writes them anew, each with the marks of all. Whoever looks without the lock sees empty entries meanwhile.
    /// </summary>
    private static void Rewrite(Mm<TSelf> mm, ulong* block, ulong begin)
    {
        for (int i = 0; i < TSelf.ContPtes; i++)
            begin = AddMarks(begin, Cell.Exchange(block + i, TSelf.NonePte));
        PageTable.FlushTlbMm(mm);
        for (int i = 0; i < TSelf.ContPtes; i++)
            Cell.Store(block + i, begin + PageOffset(i));
    }

    /// <summary>
    /// As <see cref="TryUnfold"/>, where there is no address space to flush: each entry in one step, as processors with
    /// FEAT_BBM level 2 allow. The marks are everywhere before the first entry is on its own.
    /// </summary>
    static void TryUnfoldInPlace(Pte<TSelf>* ptep)
    {
        if (!IsInBlock(ptep, Cell.Load(ptep)))
            return;
        ulong* block = BlockOf(ptep);
        ulong marks = ChangeAll(block, 0, 0);
        ChangeAll(block, marks, 0);
        ulong late = ChangeAll(block, marks, Contiguous);
        ChangeAll(block, late, 0);
    }

    /// <summary>Adds marks to every entry of a block and takes bits away; returns the marks that there were.</summary>
    private static ulong ChangeAll(ulong* block, ulong marks, ulong clear)
    {
        ulong gathered = 0;
        for (int i = 0; i < TSelf.ContPtes; i++)
        {
            ulong old = Cell.Load(block + i);
            while (true)
            {
                ulong changed = AddMarks(old, marks) & ~clear;
                if (changed == old || Cell.TryReplace(block + i, ref old, changed))
                    break;
            }

            gathered = AddMarks(gathered, old);
        }

        return gathered;
    }
}
