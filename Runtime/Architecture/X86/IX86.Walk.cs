using static PteGuard.X86;

namespace PteGuard;

/// <summary>The x86 page walk (Intel SDM volume 3A, sections 4.4 to 4.8), with CR0.WP and EFER.NXE set and without SMEP, SMAP, protection keys and shadow stacks.</summary>
internal unsafe partial interface IX86<TSelf>
{
    /// <summary>Each table translates so many bits. A physical address with no memory behind it faults as one with reserved bits.</summary>
    private const int BitsPerLevel = 9;

    /// <summary>Bits that are reserved in every present entry that <see cref="Walk"/> meets.</summary>
    static virtual ulong ReservedBits => 0;

    static MmuFault IArchitecture<TSelf>.HardwareWalk(Pgd<TSelf>* pgd, ulong address, MmuAccess access, out ulong physical)
    {
        physical = 0;
        return TSelf.IsCanonical(address) ? Walk((ulong*)pgd, TSelf.PgdShift, address, access, out physical) : MmuFault.NotCanonical;
    }

    /// <summary>The walk from a table on, whose entries cover 2 to the <paramref name="top"/> bytes each.</summary>
    protected static MmuFault Walk(ulong* root, int top, ulong address, MmuAccess access, out ulong physical)
    {
        physical = 0;
        ulong* table = root;
        ulong allowed = Writable | User;
        ulong forbidden = 0;
        for (int shift = top; ; shift -= BitsPerLevel)
        {
            ulong* cell = table + ((address >> shift) & ((1UL << BitsPerLevel) - 1));
            ulong entry = Cell.Load(cell);
            if ((entry & Present) == 0)
                return MmuFault.NotPresent;

            bool leaf = shift == TSelf.PageShift || (entry & PageSize) != 0;
            ulong frame = leaf ? entry & PfnMask & ~((1UL << shift) - 1) : entry & PfnMask;
            if (HasReservedBits(entry, shift, leaf) || PhysicalMemory.FindArena(leaf ? frame | (address & ((1UL << shift) - 1)) : frame) is null)
                return MmuFault.ReservedBit;

            allowed &= entry;
            forbidden |= entry & NoExecute;
            if (leaf && !Allows(allowed, forbidden, access))
                return MmuFault.Protection;

            // Hardware sets the marks only in the entry that it used; if that changed meanwhile, it looks again.
            ulong marks = leaf && (access & MmuAccess.Write) != 0 ? Accessed | Dirty : Accessed;
            if ((entry & marks) != marks && !Cell.TryReplace(cell, ref entry, entry | marks))
            {
                table = root;
                allowed = Writable | User;
                forbidden = 0;
                shift = top + BitsPerLevel;
                continue;
            }

            if (leaf)
            {
                physical = frame | (address & ((1UL << shift) - 1));
                return MmuFault.None;
            }

            table = (ulong*)PhysicalMemory.ToPointer(frame);
        }
    }

    private static bool HasReservedBits(ulong entry, int shift, bool leaf)
    {
        if ((entry & TSelf.ReservedBits) != 0)
            return true;
        if (!leaf || shift == TSelf.PageShift)
            return false;
        ulong unusedFrame = ((1UL << shift) - 1) & PfnMask & ~PatLarge;
        return shift > TSelf.PudShift || (entry & unusedFrame) != 0;
    }

    private static bool Allows(ulong allowed, ulong forbidden, MmuAccess access)
        => ((access & MmuAccess.User) == 0 || (allowed & User) != 0)
            && ((access & MmuAccess.Write) == 0 || (allowed & Writable) != 0)
            && ((access & MmuAccess.Execute) == 0 || (forbidden & NoExecute) == 0);
}
