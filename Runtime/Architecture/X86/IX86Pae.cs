using static PteGuard.X86;

namespace PteGuard;

/// <summary>
/// x86 with PAE: the entries of x86-64 without the marks for which a 32-bit kernel has no room, since bits 52 to 62 are
/// reserved here, and with four entries on top that are different (Intel SDM volume 3A, section 4.4).
/// </summary>
[ArchitectureCode]
internal unsafe partial interface IX86Pae<TSelf> : IX86<TSelf>
    where TSelf : unmanaged, IX86Pae<TSelf>
{
    /// <summary>What an entry on top may have besides an address: it grants nothing, and is not marked accessed.</summary>
    private const ulong PdpteBits = Present | WriteThrough | CacheDisable;

    /// <summary>Bits 9 to 11 of an entry on top, which hardware ignores and software does not use.</summary>
    private const ulong PdpteIgnored = 0xe00;

    static ulong IX86<TSelf>.SoftwareMarks => 0;

    static ulong IX86<TSelf>.SwapExclusive => 1UL << 7;

    static ulong IX86<TSelf>.SwapSoftDirty => 0;

    static ulong IX86<TSelf>.SwapUffdWp => 0;

    static ulong IX86<TSelf>.ReservedBits => ~PfnMask & ~NoExecute & ~((1UL << X86.PageShift) - 1);

    static bool IArchitecture<TSelf>.HasHighPte => true;

    // The low word only: while a pmd is cleared, the high one lags behind. A pte is asked whole, since the offset of a
    // swap entry may leave nothing in its low word.
    static bool IArchitecture<TSelf>.PmdIsNone(ulong pmd) => IsNone((uint)pmd);

    static bool IArchitecture<TSelf>.PudIsLeaf(ulong pud) => false;

    static bool IArchitecture<TSelf>.PudIsTransHuge(ulong pud) => false;

    static bool IArchitecture<TSelf>.PudIsDevmap(ulong pud) => false;

    static bool IArchitecture<TSelf>.PudIsBad(ulong pud) => (pud & ~PfnMask & ~PdpteBits) != 0;

    static ulong IArchitecture<TSelf>.MakePudTable(ulong address) => address | Present;

    // A processor keeps the four entries in registers, so it does not look at them again when a lower one changed.
    static MmuFault IArchitecture<TSelf>.HardwareWalk(Pgd<TSelf>* pgd, ulong address, MmuAccess access, out ulong physical)
    {
        physical = 0;
        if (!TSelf.IsCanonical(address))
            return MmuFault.NotCanonical;
        ulong entry = Cell.Load(pgd + (address >> TSelf.PgdShift));
        if ((entry & Present) == 0)
            return MmuFault.NotPresent;
        ulong directory = entry & PfnMask;
        if ((entry & ~PfnMask & ~PdpteBits & ~PdpteIgnored) != 0 || PhysicalMemory.FindArena(directory) is null)
            return MmuFault.ReservedBit;
        return IX86<TSelf>.Walk((ulong*)PhysicalMemory.ToPointer(directory), TSelf.PmdShift, address, access, out physical);
    }
}
