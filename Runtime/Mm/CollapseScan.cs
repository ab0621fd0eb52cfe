using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>Whether the pages of a table can become one huge page.</summary>
internal static unsafe class CollapseScan
{
    /// <summary>Looks at every entry of a table whose lock is held.</summary>
    public static CollapseResult Judge<TArch>(Pte<TArch>* first, int maxNone)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        int none = 0;
        bool writable = false;
        ulong known = 0;
        Pte<TArch>* ptep = first;
        for (int i = 0; i < TArch.PtrsPerPte; i++, ptep++)
        {
            Pte<TArch> pte = PtepGet(ptep);
            if (pte.IsNone)
            {
                if (++none > maxNone)
                    return CollapseResult.TooManyEmpty;
                continue;
            }

            if (!pte.IsPresent)
                return CollapseResult.SwapEntries;
            if (pte.IsUffdWp)
                return CollapseResult.UffdWp;
            if (!Zap.IsCounted(pte))
                return CollapseResult.Uncounted;
            writable |= pte.IsWritable;

            // The small pages that a huge one was split into count their references together.
            ulong block = PhysicalMemory.FrameOf(pte.Page.Checked());
            if (block == known)
                continue;
            bool small = PhysicalMemory.Descriptor(block)->Order == TArch.PageShift - PhysicalMemory.FrameShift;
            if (pte.Page.RefCount > (small ? 1 : References(first, block)))
                return CollapseResult.Pinned;
            known = small ? known : block;
        }

        return writable ? CollapseResult.Succeeded : CollapseResult.NotWritable;
    }

    /// <summary>How many entries of a table refer to a block.</summary>
    private static int References<TArch>(Pte<TArch>* first, ulong block)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ulong frames = 1UL << PhysicalMemory.Descriptor(block)->Order;
        int count = 0;
        Pte<TArch>* ptep = first;
        for (int i = 0; i < TArch.PtrsPerPte; i++, ptep++)
        {
            Pte<TArch> pte = PtepGet(ptep);
            if (pte.IsPresent && pte.Page.Frame - block < frames)
                count++;
        }

        return count;
    }
}
