using PteGuard;

namespace Legacy.Kernel;

/// <summary>A process: its page tables and regions, and the memory accesses that it makes.</summary>
internal sealed unsafe class Process : IDisposable
{
    private const int MaxFaultsPerAccess = 4;

    private readonly List<Region> _regions = [];
    private readonly SoftMmu<X86_64> _mmu;

    public Process(Arena arena, Swap swap)
    {
        Arena = arena;
        Swap = swap;
        Mm = new Mm(arena);
        _mmu = new SoftMmu<X86_64>(Mm);
    }

    public Arena Arena { get; }

    public Swap Swap { get; }

    public Mm Mm { get; }

    public FaultCounters Faults { get; } = new();

    public IReadOnlyList<Region> Regions => _regions;

    public Region AddRegion(string name, ulong start, int pages, bool writable = true)
    {
        Region region = new(name, start, start + (ulong)pages * Layout.PageSize, writable);
        _regions.Add(region);
        return region;
    }

    public Region? FindRegion(ulong address) => _regions.Find(region => region.Contains(address));

    public void Replace(Region region, Region with) => _regions[_regions.IndexOf(region)] = with;

    public void Remove(Region region) => _regions.Remove(region);

    /// <summary>The pmd of an address; null where the tables above do not reach it.</summary>
    public Pmd* FindPmd(ulong address)
    {
        Pgd* pgd = PgdOffset(Mm, address);
        if (pgd->IsNone || pgd->IsBad)
            return null;

        P4d* p4d = P4dOffset(pgd, address);
        if (p4d->IsNone || p4d->IsBad)
            return null;

        Pud* pud = PudOffset(p4d, address);
        if (pud->IsNone || pud->IsBad)
            return null;

        return PmdOffset(pud, address);
    }

    /// <summary>The entry of an address as it is now; empty where there is none.</summary>
    public Pte Peek(ulong address)
    {
        Pmd* pmd = FindPmd(address);
        if (pmd == null || pmd->IsNone)
            return Pte.None;

        Pte* ptep = PteOffsetMap(pmd, address);
        Pte entry = *ptep;
        PteUnmap(ptep);
        return entry;
    }

    /// <summary>Makes one access; false: it is a segmentation fault.</summary>
    public bool Touch(ulong address, bool write) => Access(address, write) != null;

    public bool Store(ulong address, ulong value)
    {
        ulong* cell = Access(address, write: true);
        if (cell == null)
            return false;
        *cell = value;
        return true;
    }

    public ulong? Load(ulong address)
    {
        ulong* cell = Access(address, write: false);
        return cell == null ? null : *cell;
    }

    /// <summary>Faults in the pages of a range ahead of use; returns how many were missing.</summary>
    public int Populate(ulong start, ulong end)
    {
        int missing = 0;
        for (ulong address = start; address < end; address += Layout.PageSize)
        {
            Pmd* pmd = PmdAllocWalk(Mm, address);
            if (pmd == null || !PteAlloc(Mm, pmd))
                break;

            Pte* ptep;
            while ((ptep = PteOffsetMap(pmd, address))->IsNone)
            {
                PteUnmap(ptep);
                if (FaultHandler.Handle(this, address, write: false) != VmFault.None)
                    return missing;
                missing++;
            }

            PteUnmap(ptep);
        }

        return missing;
    }

    public void Dispose()
    {
        foreach (Region region in _regions.ToArray())
            Unmapping.Unmap(this, region);
        _mmu.Dispose();
        Mm.Dispose();
    }

    private ulong* Access(ulong address, bool write)
    {
        MmuAccess access = write ? MmuAccess.User | MmuAccess.Write : MmuAccess.User;
        for (int fault = 0; fault < MaxFaultsPerAccess; fault++)
        {
            if (_mmu.Translate(address, access, out ulong physical) == MmuFault.None)
                return (ulong*)PhysicalMemory.ToPointer(physical);
            if (FaultHandler.Handle(this, address, write) != VmFault.None)
                return null;
        }

        return null;
    }
}
