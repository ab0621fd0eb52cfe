using static PteGuard.Arm64;

namespace PteGuard;

/// <summary>
/// The stage 1 translation of TTBR0_EL1 with 48 bits of address (Arm ARM DDI 0487, sections D8.2 to D8.5): hardware sets
/// the Access flag and manages dirty state (TCR_EL1.HA and HD, FEAT_HAFDBS), and TBI0, HPD0, PAN, WXN, HAFT, overlays and stage 2 are off.
/// </summary>
internal unsafe partial interface IArm64<TSelf>
{
    /// <summary>What led to a leaf: the tables on the way have their own say.</summary>
    private struct Walk
    {
        public ulong* Slot;
        public ulong Entry;
        public ulong Hierarchy;
        public ulong Physical;
    }

    static MmuFault IArchitecture<TSelf>.HardwareWalk(Pgd<TSelf>* pgd, ulong address, MmuAccess access, out ulong physical)
    {
        physical = 0;
        if (!TSelf.IsCanonical(address))
            return MmuFault.NotCanonical;
        while (true)
        {
            MmuFault fault = Descend((ulong*)pgd, address, out Walk walk);
            if (fault != MmuFault.None)
                return fault;
            if (!Allows(walk.Entry, walk.Hierarchy, access))
                return MmuFault.Protection;

            // One entry is marked, also where the contiguous bit makes it one of many. If it changed meanwhile, hardware looks again.
            ulong marked = Mark(walk.Entry, access);
            if (marked != walk.Entry && !Cell.TryReplace(walk.Slot, ref walk.Entry, marked))
                continue;
            physical = walk.Physical;
            return MmuFault.None;
        }
    }

    private static MmuFault Descend(ulong* table, ulong address, out Walk walk)
    {
        walk = default;
        int bitsPerLevel = TSelf.PageShift - 3;
        for (int shift = TSelf.PgdShift; ; shift -= bitsPerLevel)
        {
            walk.Slot = table + ((address >> shift) & ((1UL << bitsPerLevel) - 1));
            walk.Entry = Cell.Load(walk.Slot);
            if ((walk.Entry & Valid) == 0)
                return MmuFault.NotPresent;

            bool last = shift == TSelf.PageShift;
            if (!last && IsTable(walk.Entry))
            {
                ulong next = walk.Entry & OutputMask;
                if (PhysicalMemory.FindArena(next) is null)
                    return MmuFault.ReservedBit;
                walk.Hierarchy |= walk.Entry;
                table = (ulong*)PhysicalMemory.ToPointer(next);
                continue;
            }

            walk.Physical = (walk.Entry & OutputMask) | (address & ((1UL << shift) - 1));
            return IsMalformed(walk.Entry, shift) || PhysicalMemory.FindArena(walk.Physical) is null ? MmuFault.ReservedBit : MmuFault.None;
        }
    }

    /// <summary>
    /// Whether a valid descriptor that refers to no table is no leaf either: of a reserved type, which hardware reports as a
    /// translation fault, or a block whose address is not aligned to it, which hardware is free to round down.
    /// </summary>
    private static bool IsMalformed(ulong entry, int shift)
        => shift == TSelf.PageShift
            ? !IsTable(entry)
            : shift > TSelf.LargestBlockShift || (entry & AddressMask & ((1UL << shift) - 1)) != 0;

    /// <summary>With output addresses of 48 bits, bits 48 and 49 of a descriptor are reserved, and ignored; Linux keeps page frames in them.</summary>
    private static ulong OutputMask => AddressMask & ((1UL << 48) - 1);

    private static ulong Mark(ulong entry, MmuAccess access)
    {
        entry |= Accessed;
        return (access & MmuAccess.Write) != 0 && (entry & Writable) != 0 ? entry & ~ReadOnly : entry;
    }

    /// <summary>Direct and hierarchical permissions (section D8.4.1). Where hardware manages dirty state, a clean page counts as writable.</summary>
    private static bool Allows(ulong entry, ulong hierarchy, MmuAccess access)
    {
        bool isUser = (access & MmuAccess.User) != 0;
        bool user = (entry & User) != 0 && (hierarchy & TableNoUser) == 0;
        bool writable = ((entry & ReadOnly) == 0 || (entry & Writable) != 0) && (hierarchy & TableReadOnly) == 0;
        if ((access & MmuAccess.Execute) != 0)
        {
            // What user code may write, the kernel never executes.
            bool forbidden = isUser
                ? (entry & UserNoExecute) != 0 || (hierarchy & TableUserNoExecute) != 0
                : (entry & PrivilegedNoExecute) != 0 || (hierarchy & TablePrivilegedNoExecute) != 0 || (user && writable);
            if (forbidden)
                return false;
        }
        else if (isUser && !user)
        {
            return false;
        }

        return (access & MmuAccess.Write) == 0 || (writable && (user || !isUser));
    }
}
