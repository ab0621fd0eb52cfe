using static PteGuard.S390;

namespace PteGuard;

public readonly unsafe partial struct S390X
{
    static ulong IArchitecture<S390X>.NonePte => Invalid;

    // As pfn_pte makes them young, these are young already, like those of other architectures.
    static ulong IArchitecture<S390X>.PageProt(VmFlags flags)
    {
        if ((flags & VmFlags.AccessFlags) == 0)
            return Fit(Present | Young);
        ulong protection = Present | Readable | Young;
        // A private page becomes writable when it is known to be nobody else's: by the fault.
        if ((flags & (VmFlags.Write | VmFlags.Shared)) == (VmFlags.Write | VmFlags.Shared))
            protection |= Writable;
        if ((flags & VmFlags.Exec) == 0)
            protection |= NoExecute;
        return Fit(protection);
    }

    static ulong IArchitecture<S390X>.MakePte(ulong pfn, ulong protection) => Fit((pfn << S390.PageShift) | (protection & ~PfnMask));

    static ulong IArchitecture<S390X>.PteAdvancePfn(ulong pte, ulong pages) => pte + (pages << S390.PageShift);

    static ulong IArchitecture<S390X>.PtePfn(ulong pte) => pte >> S390.PageShift;

    static bool IArchitecture<S390X>.PteIsNone(ulong pte) => pte == Invalid;

    static bool IArchitecture<S390X>.PteIsPresent(ulong pte) => (pte & Present) != 0;

    static bool IArchitecture<S390X>.PteIsProtNone(ulong pte) => (pte & (Present | Readable)) == Present;

    static bool IArchitecture<S390X>.PteIsYoung(ulong pte) => (pte & Young) != 0;

    static bool IArchitecture<S390X>.PteIsDirty(ulong pte) => (pte & Dirty) != 0;

    static bool IArchitecture<S390X>.PteIsWritable(ulong pte) => (pte & Writable) != 0;

    static bool IArchitecture<S390X>.PteIsExecutable(ulong pte) => (pte & NoExecute) == 0;

    static bool IArchitecture<S390X>.PteIsSpecial(ulong pte) => (pte & Special) != 0;

    static bool IArchitecture<S390X>.PteIsSoftDirty(ulong pte) => (pte & SoftDirty) != 0;

    static bool IArchitecture<S390X>.PteIsUffdWp(ulong pte) => false;

    static ulong IArchitecture<S390X>.PteMkYoung(ulong pte) => Fit(pte | Young);

    static ulong IArchitecture<S390X>.PteMkOld(ulong pte) => Fit(pte & ~Young);

    static ulong IArchitecture<S390X>.PteMkDirty(ulong pte) => Fit(pte | Dirty | SoftDirty);

    static ulong IArchitecture<S390X>.PteMkClean(ulong pte) => Fit(pte & ~Dirty);

    static ulong IArchitecture<S390X>.PteMkWrite(ulong pte) => Fit(pte | Writable);

    static ulong IArchitecture<S390X>.PteWrprotect(ulong pte) => Fit(pte & ~Writable);

    static ulong IArchitecture<S390X>.PteMkSpecial(ulong pte) => pte | Special;

    static ulong IArchitecture<S390X>.PteMkSoftDirty(ulong pte) => pte | SoftDirty;

    static ulong IArchitecture<S390X>.PteClearSoftDirty(ulong pte) => pte & ~SoftDirty;

    static ulong IArchitecture<S390X>.PteMkUffdWp(ulong pte) => pte;

    static ulong IArchitecture<S390X>.PteClearUffdWp(ulong pte) => pte;

    static ulong IArchitecture<S390X>.PteModify(ulong pte, ulong protection) => Fit((pte & ChangeMask) | (protection & ~ChangeMask));
}
