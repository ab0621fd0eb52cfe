using static PteGuard.X86;

namespace PteGuard;

internal unsafe partial interface IX86<TSelf>
{
    // Other systems' tables lack the accessed and dirty bits that Linux sets in directories, and may forbid execution there.
    static ImageStatus? IArchitecture<TSelf>.Refusal(ulong entry, TableLevel level)
    {
        bool leaf = level == TableLevel.Pte || (entry & PageSize) != 0;
        if ((entry & Present) == 0)
            return leaf ? null : ImageStatus.NotPresent;

        int shift = level switch
        {
            TableLevel.Pte => TSelf.PageShift,
            TableLevel.Pmd => TSelf.PmdShift,
            TableLevel.Pud => TSelf.PudShift,
            TableLevel.P4d => TSelf.P4dShift,
            _ => TSelf.PgdShift,
        };
        return HasReservedBits(entry, shift, leaf) ? ImageStatus.Reserved : null;
    }
}
