using System.Runtime.CompilerServices;
using static PteGuard.X86;

namespace PteGuard;

/// <summary>What the x86 architectures with 64-bit entries have in common; each adds its geometry.</summary>
[ArchitectureCode]
internal unsafe partial interface IX86<TSelf> : IArchitecture<TSelf>
    where TSelf : unmanaged, IX86<TSelf>
{
    /// <summary>The marks of software that entries have room for, and that changing the protection keeps.</summary>
    static virtual ulong SoftwareMarks => SoftDirty | UffdWp | Devmap | SavedDirty;

    // Constants of each architecture, and a few instructions: but a loop over a table has so many of them that the JIT's
    // budget for inlining ends before they do, and what is left over is called for every entry.
    private static bool HasSavedDirty
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (TSelf.SoftwareMarks & SavedDirty) != 0;
    }

    private static ulong AnyDirty
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Dirty | (TSelf.SoftwareMarks & SavedDirty);
    }

    static ulong IArchitecture<TSelf>.PageProt(VmFlags flags)
    {
        if ((flags & VmFlags.AccessFlags) == 0)
            return ProtNone | Accessed;
        ulong protection = Present | User | Accessed;
        // A private page becomes writable when it is known to be nobody else's: by the fault.
        if ((flags & (VmFlags.Write | VmFlags.Shared)) == (VmFlags.Write | VmFlags.Shared))
            protection |= Writable;
        if ((flags & VmFlags.Exec) == 0)
            protection |= NoExecute;
        return protection;
    }

    static ulong IArchitecture<TSelf>.MakePte(ulong pfn, ulong protection)
        => (((pfn << X86.PageShift) ^ Inversion(protection)) & PfnMask) | (protection & ~PfnMask);

    // Inverted frame bits count backwards.
    static ulong IArchitecture<TSelf>.PteAdvancePfn(ulong pte, ulong pages)
        => Inversion(pte) == 0 ? pte + (pages << X86.PageShift) : pte - (pages << X86.PageShift);

    static ulong IArchitecture<TSelf>.PtePfn(ulong pte) => Pfn(pte);

    static bool IArchitecture<TSelf>.PteIsNone(ulong pte) => IsNone(pte);

    static bool IArchitecture<TSelf>.PteIsPresent(ulong pte) => (pte & (Present | ProtNone)) != 0;

    static bool IArchitecture<TSelf>.PteIsProtNone(ulong pte) => (pte & (Present | ProtNone)) == ProtNone;

    static bool IArchitecture<TSelf>.PteIsYoung(ulong pte) => (pte & Accessed) != 0;

    static bool IArchitecture<TSelf>.PteIsDirty(ulong pte) => (pte & AnyDirty) != 0;

    // Not writable and dirty is a shadow stack, which its processor may write, where dirty is put aside otherwise.
    static bool IArchitecture<TSelf>.PteIsWritable(ulong pte)
        => (pte & Writable) != 0 || (HasSavedDirty && (pte & Dirty) != 0);

    static bool IArchitecture<TSelf>.PteIsExecutable(ulong pte) => (pte & NoExecute) == 0;

    static bool IArchitecture<TSelf>.PteIsSpecial(ulong pte) => (pte & Special) != 0;

    static bool IArchitecture<TSelf>.PteIsSoftDirty(ulong pte) => (pte & TSelf.SoftwareMarks & SoftDirty) != 0;

    static bool IArchitecture<TSelf>.PteIsUffdWp(ulong pte) => (pte & TSelf.SoftwareMarks & UffdWp) != 0;

    static ulong IArchitecture<TSelf>.PteMkYoung(ulong pte) => pte | Accessed;

    static ulong IArchitecture<TSelf>.PteMkOld(ulong pte) => pte & ~Accessed;

    static ulong IArchitecture<TSelf>.PteMkDirty(ulong pte) => SettleDirty(pte | Dirty | (TSelf.SoftwareMarks & SoftDirty));

    static ulong IArchitecture<TSelf>.PteMkClean(ulong pte) => pte & ~AnyDirty;

    static ulong IArchitecture<TSelf>.PteMkWrite(ulong pte) => SettleDirty(pte | Writable);

    static ulong IArchitecture<TSelf>.PteWrprotect(ulong pte) => SettleDirty(pte & ~Writable);

    static ulong IArchitecture<TSelf>.PteMkSpecial(ulong pte) => pte | Special;

    static ulong IArchitecture<TSelf>.PteMkSoftDirty(ulong pte) => pte | (TSelf.SoftwareMarks & SoftDirty);

    static ulong IArchitecture<TSelf>.PteClearSoftDirty(ulong pte) => pte & ~(TSelf.SoftwareMarks & SoftDirty);

    static ulong IArchitecture<TSelf>.PteMkUffdWp(ulong pte)
        => (TSelf.SoftwareMarks & UffdWp) != 0 ? SettleDirty((pte | UffdWp) & ~Writable) : pte;

    static ulong IArchitecture<TSelf>.PteClearUffdWp(ulong pte) => pte & ~(TSelf.SoftwareMarks & UffdWp);

    static ulong IArchitecture<TSelf>.PteModify(ulong pte, ulong protection)
    {
        ulong kept = ChangeMask | TSelf.SoftwareMarks | Pat;
        return SettleDirty(Rebuild(pte, (pte & kept) | (protection & ~kept)));
    }

    // x86 writes only when the fault is a write: a stale accessed bit is set by hardware itself.
    static bool IArchitecture<TSelf>.PtepSetAccessFlags(Vma<TSelf> vma, ulong address, Pte<TSelf>* ptep, Pte<TSelf> entry, bool dirty)
    {
        bool changed = TSelf.PtepGet(ptep).Value != entry.Value;
        if (changed && dirty)
            TSelf.SetPte(ptep, entry);
        return changed;
    }

    static bool IArchitecture<TSelf>.FaultDropsTranslation => true;

    // An x86 processor that faults drops its stale translation by itself (SDM volume 3A, section 4.10.4.1).
    static void IArchitecture<TSelf>.FlushTlbFixSpuriousFault(Vma<TSelf> vma, ulong address, Pte<TSelf>* ptep)
    {
    }

    /// <summary>Dirty, where it belongs: aside while the entry is not writable, where there is room for that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SettleDirty(ulong entry)
    {
        if (!HasSavedDirty)
            return entry;
        return (entry & Writable) != 0 ? RestoreDirty(entry) : SaveDirty(entry);
    }
}
