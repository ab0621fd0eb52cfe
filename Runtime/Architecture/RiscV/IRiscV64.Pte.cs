using static PteGuard.RiscV64;

namespace PteGuard;

/// <summary>What all RISC-V modes have in common. A mode adds its geometry.</summary>
[ArchitectureCode]
internal unsafe partial interface IRiscV64<TSelf> : IArchitecture<TSelf>
    where TSelf : unmanaged, IRiscV64<TSelf>
{
    static ulong IArchitecture<TSelf>.PageProt(VmFlags flags)
    {
        // Readable, though nothing can read it: a huge entry must go on looking like one.
        if ((flags & VmFlags.AccessFlags) == 0)
            return ProtNone | Readable | Accessed;
        ulong protection = Valid | User | Accessed;
        // Writable without readable is reserved.
        if ((flags & (VmFlags.Read | VmFlags.Write)) != 0)
            protection |= Readable;
        // A private page becomes writable when it is known to be nobody else's: by the fault.
        if ((flags & (VmFlags.Write | VmFlags.Shared)) == (VmFlags.Write | VmFlags.Shared))
            protection |= Writable;
        if ((flags & VmFlags.Exec) != 0)
            protection |= Executable;
        return protection;
    }

    static ulong IArchitecture<TSelf>.MakePte(ulong pfn, ulong protection)
        => ((pfn << PfnShift) & PfnMask) | (protection & ~PfnMask);

    // All entries of a group hold the same word; the next group follows.
    static ulong IArchitecture<TSelf>.PteAdvancePfn(ulong pte, ulong pages)
        => pte + ((RiscV64Svnapot.IsNapot(pte) ? pages & ~(RiscV64Svnapot.Pages - 1UL) : pages) << PfnShift);

    // A word of a group names the first page: the lowest set bit only tells the size.
    static ulong IArchitecture<TSelf>.PtePfn(ulong pte)
    {
        ulong pfn = (pte & PfnMask) >> PfnShift;
        return RiscV64Svnapot.IsNapot(pte) ? pfn & (pfn - 1) : pfn;
    }

    static bool IArchitecture<TSelf>.PteIsNone(ulong pte) => pte == 0;

    static bool IArchitecture<TSelf>.PteIsPresent(ulong pte) => RiscV64.IsPresent(pte);

    static bool IArchitecture<TSelf>.PteIsProtNone(ulong pte) => (pte & (Valid | ProtNone)) == ProtNone;

    static bool IArchitecture<TSelf>.PteIsYoung(ulong pte) => (pte & Accessed) != 0;

    static bool IArchitecture<TSelf>.PteIsDirty(ulong pte) => (pte & Dirty) != 0;

    static bool IArchitecture<TSelf>.PteIsWritable(ulong pte) => (pte & Writable) != 0;

    static bool IArchitecture<TSelf>.PteIsExecutable(ulong pte) => (pte & Executable) != 0;

    static bool IArchitecture<TSelf>.PteIsSpecial(ulong pte) => (pte & Special) != 0;

    static bool IArchitecture<TSelf>.PteIsSoftDirty(ulong pte) => false;

    static bool IArchitecture<TSelf>.PteIsUffdWp(ulong pte) => false;

    static ulong IArchitecture<TSelf>.PteMkYoung(ulong pte) => pte | Accessed;

    static ulong IArchitecture<TSelf>.PteMkOld(ulong pte) => pte & ~Accessed;

    static ulong IArchitecture<TSelf>.PteMkDirty(ulong pte) => pte | Dirty;

    static ulong IArchitecture<TSelf>.PteMkClean(ulong pte) => pte & ~Dirty;

    static ulong IArchitecture<TSelf>.PteMkWrite(ulong pte) => pte | Readable | Writable;

    static ulong IArchitecture<TSelf>.PteWrprotect(ulong pte) => pte & ~Writable;

    static ulong IArchitecture<TSelf>.PteMkSpecial(ulong pte) => pte | Special;

    static ulong IArchitecture<TSelf>.PteMkSoftDirty(ulong pte) => pte;

    static ulong IArchitecture<TSelf>.PteClearSoftDirty(ulong pte) => pte;

    static ulong IArchitecture<TSelf>.PteMkUffdWp(ulong pte) => pte;

    static ulong IArchitecture<TSelf>.PteClearUffdWp(ulong pte) => pte;

    static ulong IArchitecture<TSelf>.PteModify(ulong pte, ulong protection) => Modify(pte, protection);
}
