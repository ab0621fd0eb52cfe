using static PteGuard.S390;

namespace PteGuard;

/// <summary>
/// The z/Architecture translation (Principles of Operation, chapter 3, "Dynamic Address Translation") from a region-second table, of a
/// private space. It changes no entry. Kernel and user differ by their spaces and storage keys, not by entries, so by nothing here.
/// </summary>
public readonly unsafe partial struct S390X
{
    private const int IndexBits = 11;

    // The type of a table is in bits 2 and 3 of its entries: 0 for segments, and one more each level up.
    static MmuFault IArchitecture<S390X>.HardwareWalk(Pgd<S390X>* pgd, ulong address, MmuAccess access, out ulong physical)
    {
        physical = 0;

        // A root of this type translates 53 bits; others are an ASCE-type exception.
        if (!IsCanonical(address))
            return MmuFault.NotCanonical;

        ulong* table = (ulong*)pgd;
        ulong forbidden = 0;
        ulong type = TypeRegion2;
        for (int shift = Region2Shift; ; shift -= IndexBits, type -= TypeRegion3)
        {
            ulong entry = Cell.Load(table + ((address >> shift) & ((1UL << IndexBits) - 1)));
            if ((entry & TableInvalid) != 0)
                return MmuFault.NotPresent;
            if ((entry & TypeMask) != type || (type == TypeSegment && (entry & Common) != 0))
                return MmuFault.ReservedBit;

            forbidden |= entry & Protect;
            if ((entry & Large) != 0 && type != TypeRegion2)
            {
                ulong frame = entry & (type == TypeSegment ? LargeSegmentMask : LargeRegionMask);
                return Finish(frame | (address & ((1UL << shift) - 1)), forbidden | (entry & NoExecute), access, out physical);
            }

            if (type == TypeSegment)
                return TranslatePage(entry & PteTableMask, address, forbidden, access, out physical);

            // The two leftmost bits of the next index, against the part of the next table that is there.
            ulong quarter = address >> (shift - 2) & 3;
            if (quarter < (entry & TableOffset) >> 6 || quarter > (entry & TableLength))
                return MmuFault.NotPresent;
            if (PhysicalMemory.FindArena(entry & PfnMask) is null)
                return MmuFault.ReservedBit;
            table = (ulong*)PhysicalMemory.ToPointer(entry & PfnMask);
        }
    }

    private static MmuFault TranslatePage(ulong table, ulong address, ulong forbidden, MmuAccess access, out ulong physical)
    {
        physical = 0;
        if (PhysicalMemory.FindArena(table) is null)
            return MmuFault.ReservedBit;
        ulong entry = Cell.Load((ulong*)PhysicalMemory.ToPointer(table) + (address >> S390.PageShift & 0xff));
        if ((entry & Invalid) != 0)
            return MmuFault.NotPresent;
        if ((entry & MustBeZero) != 0)
            return MmuFault.ReservedBit;
        return Finish((entry & PfnMask) | (address & ~PfnMask), forbidden | (entry & (Protect | NoExecute)), access, out physical);
    }

    private static MmuFault Finish(ulong target, ulong forbidden, MmuAccess access, out ulong physical)
    {
        physical = 0;
        if (PhysicalMemory.FindArena(target) is null)
            return MmuFault.ReservedBit;
        if ((access & MmuAccess.Write) != 0 && (forbidden & Protect) != 0)
            return MmuFault.Protection;
        if ((access & MmuAccess.Execute) != 0 && (forbidden & NoExecute) != 0)
            return MmuFault.Protection;
        physical = target;
        return MmuFault.None;
    }
}
