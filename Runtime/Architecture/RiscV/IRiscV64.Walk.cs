using static PteGuard.RiscV64;

namespace PteGuard;

/// <summary>
/// The RISC-V page walk (privileged architecture, section on the virtual address translation process), with the Svadu,
/// Svnapot and Svpbmt extensions. The kernel is S-mode with SUM set and MXR clear: it reads and writes user pages, and executes none.
/// </summary>
internal unsafe partial interface IRiscV64<TSelf>
{
    /// <summary>Each table translates so many bits.</summary>
    private const int BitsPerLevel = 9;

    static MmuFault IArchitecture<TSelf>.HardwareWalk(Pgd<TSelf>* pgd, ulong address, MmuAccess access, out ulong physical)
    {
        physical = 0;
        if (!TSelf.IsCanonical(address))
            return MmuFault.NotCanonical;

        ulong* table = (ulong*)pgd;
        for (int shift = TSelf.PgdShift; ;)
        {
            ulong* cell = table + ((address >> shift) & ((1UL << BitsPerLevel) - 1));
            ulong entry = Cell.Load(cell);
            if ((entry & Valid) == 0)
                return MmuFault.NotPresent;
            if (IsReserved(entry, shift))
                return MmuFault.ReservedBit;

            if ((entry & Leaf) == 0)
            {
                // No memory behind a physical address faults as a reserved bit does.
                if (PhysicalMemory.FindArena(Address(entry)) is null)
                    return MmuFault.ReservedBit;
                table = (ulong*)PhysicalMemory.ToPointer(Address(entry));
                shift -= BitsPerLevel;
                continue;
            }

            ulong mapped = (1UL << ((entry & Napot) != 0 ? shift + RiscV64Svnapot.Order64K : shift)) - 1;
            ulong target = (Address(entry) & ~mapped) | (address & mapped);
            if (PhysicalMemory.FindArena(target) is null)
                return MmuFault.ReservedBit;
            if (!Allows(entry, access))
                return MmuFault.Protection;

            // Hardware marks the leaf in one step with the check; if it changed meanwhile, it reads it again.
            ulong marks = (access & MmuAccess.Write) != 0 ? Accessed | Dirty : Accessed;
            if ((entry & marks) == marks || Cell.TryReplace(cell, ref entry, entry | marks))
            {
                physical = target;
                return MmuFault.None;
            }
        }
    }

    private static bool IsReserved(ulong entry, int shift)
    {
        if ((entry & Reserved) != 0 || (entry & MemoryType) == MemoryType || (entry & (Readable | Writable)) == Writable)
            return true;
        if ((entry & Leaf) == 0)
            return shift == RiscV64.PageShift || (entry & (User | Accessed | Dirty | Napot | MemoryType)) != 0;
        if ((entry & Napot) != 0)
            return shift != RiscV64.PageShift || (entry & RiscV64Svnapot.LowFrames) != RiscV64Svnapot.Pattern;

        // A superpage lies at a multiple of its size.
        return (Address(entry) & ((1UL << shift) - 1)) != 0;
    }

    private static bool Allows(ulong entry, MmuAccess access)
    {
        bool execute = (access & MmuAccess.Execute) != 0;
        bool isUserPage = (entry & User) != 0;
        if ((access & MmuAccess.User) != 0 ? !isUserPage : isUserPage && execute)
            return false;
        ulong needed = execute ? Executable : (access & MmuAccess.Write) != 0 ? Writable : Readable;
        return (entry & needed) != 0;
    }
}
