using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>Faults on nothing, in a region that maps a <see cref="SharedMemory"/>: the page is found by its index.</summary>
internal static unsafe class SharedFault
{
    /// <summary>Maps the page. In a private region it is read-only, and a write will copy it.</summary>
    [MayBlock]
    public static VmFault Handle<TArch>(PageFault<TArch> fault, Pmd<TArch>* pmdp)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        Vma<TArch> vma = fault.Vma;
        ulong addr = fault.Address;
        ulong index = vma.MemoryIndex(addr);
        if (index >= vma.Memory!.PageCount)
            return VmFault.SigBus;
        if (!PteAlloc(vma.Mm, pmdp) || !vma.Memory.TryGetPage(index, out Page page))
            return VmFault.Oom;

        Pte<TArch> entry = MkPte(page, vma.PageProt).MkYoung();
        if (fault.IsWrite && (vma.Flags & VmFlags.Shared) != 0)
            entry = entry.MkDirty().MkWrite();

        bool installed = false;
        Pte<TArch>* ptep = PteOffsetMapLock(vma.Mm, pmdp, addr, out PtLock ptl);
        if (ptep is not null)
        {
            installed = PtepGet(ptep).IsNone;
            if (installed)
                SetPteAt(vma.Mm, addr, ptep, entry);
            PteUnmapUnlock(ptep, ptl);
        }

        if (!installed)
            page.Put();
        return VmFault.None;
    }
}
