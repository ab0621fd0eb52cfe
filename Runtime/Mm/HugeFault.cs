using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>Faults on nothing at all, where the region wants huge pages (<c>do_huge_pmd_anonymous_page</c>).</summary>
internal static unsafe class HugeFault
{
    /// <summary>Maps a zeroed huge page. <see cref="VmFault.Fallback"/>: not here, or there is no memory; small pages may do.</summary>
    [MayBlock]
    public static VmFault Handle<TArch>(PageFault<TArch> fault, Pmd<TArch>* pmdp)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Vma<TArch> vma = fault.Vma;
        ulong addr = fault.Address & ~((1UL << TArch.PmdShift) - 1);
        if (!IsWanted(vma, addr))
            return VmFault.Fallback;
        Pgtable table = PteAllocOne(vma.Mm);
        if (table.IsNull)
            return VmFault.Fallback;
        if (!vma.Mm.Arena.TryAllocPage(out Page page, HugePage.Order<TArch>()))
        {
            PteFree(vma.Mm, table);
            return VmFault.Fallback;
        }

        Pmd<TArch> huge = HugePage.MkEntry(vma, page).MkYoung();
        if (HugePage.TryInstall(vma, pmdp, addr, fault.IsWrite ? huge.MkDirty() : huge, table))
            return VmFault.None;

        // Somebody was faster. The access is tried again with what is there now.
        page.Put();
        PteFree(vma.Mm, table);
        return VmFault.None;
    }

    /// <summary>Whether a region wants a huge page at an address that is aligned to one, and has room for it.</summary>
    private static bool IsWanted<TArch>(Vma<TArch> vma, ulong addr)
        where TArch : unmanaged, IArchitecture<TArch>
        => TArch.HasHugePmd && vma.Memory is null && vma.Userfault is null
            && (vma.Flags & (VmFlags.HugePage | VmFlags.NoHugePage)) == VmFlags.HugePage
            && addr >= vma.Start && vma.End - addr >= 1UL << TArch.PmdShift;
}
