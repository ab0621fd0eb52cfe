using PteGuard;

const ulong Start = 0x40_0000;
const int Pages = 8;

using Arena arena = new(4 << 20);
using Mm mm = new(arena);
for (int page = 0; page < Pages; page++)
{
    if (!TryMap(AddressOf(page), dirty: page % 2 == 0))
        return 1;
}

int dirty = 0;
for (int page = 0; page < Pages; page++)
    dirty += IsDirty(AddressOf(page)) ? 1 : 0;
Console.WriteLine($"{dirty} of {Pages} pages are dirty");
return dirty == Pages / 2 ? 0 : 1;

static ulong AddressOf(int page) => Start + (ulong)page * PhysicalMemory.FrameSize;

unsafe bool TryMap(ulong address, bool dirty)
{
    Pmd* pmd = PmdAllocWalk(mm, address);
    if (pmd == null)
        return false;

    Pte pte = MkPte(arena.AllocPage(), Pgprot<X86_64>.Of(VmFlags.Read | VmFlags.Write)).MkWrite();
    Pte* ptep = PteAllocMapLock(mm, pmd, address, out PtLock ptl);
    if (ptep == null)
    {
        pte.Page.Put();
        return false;
    }

    SetPteAt(mm, address, ptep, dirty ? pte.MkDirty() : pte);
    PteUnmapUnlock(ptep, ptl);
    return true;
}

unsafe bool IsDirty(ulong address)
{
    Pmd* pmd = PmdAllocWalk(mm, address);
    if (pmd == null)
        return false;

    Pte* ptep = PteOffsetMap(pmd, address);
    if (ptep == null)
        return false;

    Pte pte = PtepGet(ptep);
    PteUnmap(ptep);
    return pte.IsPresent && pte.IsDirty;
}
