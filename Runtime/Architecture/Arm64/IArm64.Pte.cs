using static PteGuard.Arm64;

namespace PteGuard;

/// <summary>What the arm64 architectures have in common; each adds its granule.</summary>
[ArchitectureCode]
internal unsafe partial interface IArm64<TSelf> : IArchitecture<TSelf>
    where TSelf : unmanaged, IArm64<TSelf>
{
    /// <summary>The number of consecutive ptes that the contiguous bit makes one (Arm ARM, section D8.7.1).</summary>
    static abstract int ContPtes { get; }

    /// <summary>The logarithm of the bytes of the largest block that a descriptor can map itself.</summary>
    static abstract int LargestBlockShift { get; }

    /// <summary>The address in a descriptor: 48 bits, and two that would make it one of 50.</summary>
    static ulong AddressMask => ((1UL << 50) - 1) & ~((1UL << TSelf.PageShift) - 1);

    static ulong IArchitecture<TSelf>.PageProt(VmFlags flags)
    {
        if ((flags & VmFlags.AccessFlags) == 0)
            return NoAccess;
        ulong protection = UserPage;
        // A private page becomes writable when it is known to be nobody else's: by the fault.
        if ((flags & (VmFlags.Write | VmFlags.Shared)) == (VmFlags.Write | VmFlags.Shared))
            protection |= Writable;
        if ((flags & VmFlags.Exec) == 0)
            protection |= UserNoExecute;
        return protection;
    }

    static ulong IArchitecture<TSelf>.MakePte(ulong pfn, ulong protection)
        => ((pfn << TSelf.PageShift) & AddressMask) | (protection & ~AddressMask);

    static ulong IArchitecture<TSelf>.PteAdvancePfn(ulong pte, ulong pages) => pte + (pages << TSelf.PageShift);

    static ulong IArchitecture<TSelf>.PtePfn(ulong pte) => (pte & AddressMask) >> TSelf.PageShift;

    static bool IArchitecture<TSelf>.PteIsNone(ulong pte) => pte == 0;

    static bool IArchitecture<TSelf>.PteIsPresent(ulong pte) => IsPresent(pte);

    // A huge entry that is being split is invalid and present too, but keeps its permissions.
    static bool IArchitecture<TSelf>.PteIsProtNone(ulong pte)
        => (pte & (Valid | PresentInvalid | User | UserNoExecute)) == (PresentInvalid | UserNoExecute);

    static bool IArchitecture<TSelf>.PteIsYoung(ulong pte) => (pte & Accessed) != 0;

    static bool IArchitecture<TSelf>.PteIsDirty(ulong pte) => IsDirty(pte);

    static bool IArchitecture<TSelf>.PteIsWritable(ulong pte) => (pte & Writable) != 0;

    static bool IArchitecture<TSelf>.PteIsExecutable(ulong pte) => (pte & UserNoExecute) == 0;

    static bool IArchitecture<TSelf>.PteIsSpecial(ulong pte) => (pte & Special) != 0;

    static bool IArchitecture<TSelf>.PteIsSoftDirty(ulong pte) => false;

    static bool IArchitecture<TSelf>.PteIsUffdWp(ulong pte) => (pte & UffdWp) != 0;

    static ulong IArchitecture<TSelf>.PteMkYoung(ulong pte) => pte | Accessed;

    static ulong IArchitecture<TSelf>.PteMkOld(ulong pte) => pte & ~Accessed;

    static ulong IArchitecture<TSelf>.PteMkDirty(ulong pte) => MkDirty(pte);

    static ulong IArchitecture<TSelf>.PteMkClean(ulong pte) => MkClean(pte);

    // What was never written stays clean: hardware clears the read-only bit at the first write.
    static ulong IArchitecture<TSelf>.PteMkWrite(ulong pte)
        => (pte & SoftwareDirty) != 0 ? MkDirty(pte | Writable) : pte | Writable;

    static ulong IArchitecture<TSelf>.PteWrprotect(ulong pte)
        => ((IsHardwareDirty(pte) ? pte | SoftwareDirty : pte) & ~Writable) | ReadOnly;

    static ulong IArchitecture<TSelf>.PteMkSpecial(ulong pte) => pte | Special;

    static ulong IArchitecture<TSelf>.PteMkSoftDirty(ulong pte) => pte;

    static ulong IArchitecture<TSelf>.PteClearSoftDirty(ulong pte) => pte;

    static ulong IArchitecture<TSelf>.PteMkUffdWp(ulong pte) => TSelf.PteWrprotect(pte | UffdWp);

    static ulong IArchitecture<TSelf>.PteClearUffdWp(ulong pte) => pte & ~UffdWp;

    static ulong IArchitecture<TSelf>.PteModify(ulong pte, ulong protection)
    {
        ulong modified = (pte & ~ChangeMask) | (protection & ChangeMask);
        return IsDirty(pte) ? MkDirty(modified) : modified;
    }

    // Whether an entry lies in a block is nobody else's business: it changes while the entry stays the same.
    static bool IArchitecture<TSelf>.PteSame(ulong left, ulong right) => WithoutContiguous(left) == WithoutContiguous(right);
}
