using System.Runtime.InteropServices;

namespace PteGuard.Runtime.Tests;

/// <summary>
/// An arm64 processor at EL1 and EL0, stage 1 only, with 48 bits of address, FEAT_HAFDBS managing accessed and dirty, and without PAN and WXN.
/// User loads and stores are unprivileged ones at EL1; user code to be executed runs at EL0.
/// </summary>
public sealed class Arm64Guest : Guest
{
    public const string Binary = "qemu-system-aarch64";

    private const ulong Base = 0xffff_0000_0000_0000;
    private const ulong Vectors = 0x3000;
    private const ulong BootRoot = 0x2_0000;
    private const ulong HardwareMarks = 3UL << 39;
    private const ulong AddressSizes = (5UL << 32) | (16 << 16) | 16;
    private const ulong UpperGranule4K = 2UL << 30;
    private const ulong AllNormal = ulong.MaxValue;
    private const ulong Mmu = 0x30d0_1805;
    private const int AddressBits = 48;
    private const int Breakpoint = 0x3c;

    private readonly int _pageShift;
    private readonly int _pmdShift;

    /// <param name="pageShift">The logarithm of the page size: 12, 14 or 16.</param>
    public Arm64Guest(int pageShift)
        : base(4L << 30)
    {
        _pageShift = pageShift;
        _pmdShift = pageShift + pageShift - 3;
        ulong granule = pageShift switch { 12 => 0UL, 14 => 2UL, _ => 1UL };

        Memory.Write(0, MemoryMarshal.AsBytes(Arm64Program.Code));
        for (ulong vector = Vectors; vector < Vectors + 0x800; vector += 0x80)
            Memory.Write(vector, Branch(vector, Arm64Program.Exception));

        // The first 2 MiB, in 4 KiB granules, for both halves while translation is turned on.
        Memory.Write(BootRoot, (BootRoot + 0x1000) | Arm64.TypeMask);
        Memory.Write(BootRoot + 0x1000, (BootRoot + 0x2000) | Arm64.TypeMask);
        Memory.Write(BootRoot + 0x2000, Arm64.Valid | Arm64.Accessed | Arm64.InnerShareable | Arm64.UserNoExecute);

        ReadOnlySpan<ulong> parameters =
        [
            AddressSizes | UpperGranule4K, AllNormal, BootRoot, Base, Mmu,
            AddressSizes | UpperGranule4K | HardwareMarks | (granule << 14),
        ];
        Memory.Write(Parameters, parameters);
        Start(Binary, "none", "-cpu", "max");
    }

    // The other levels that could map memory do so only with larger physical addresses.
    public override bool HasHugePud => _pageShift == 12;

    // movz x0, ..., lsl #0; brk #0
    public override ulong CodeAt(ulong physical) => (0xd420_0000UL << 32) | 0xd280_0000 | (ValueOfCodeAt(physical) << 5);

    public override ulong ValueOfCodeAt(ulong physical) => physical >> 8 & 0xffff;

    // The other half is the guest's.
    public override bool IsReserved(ulong address) => address >= Base;

    // A table made a block, or a block at no multiple of its size, may be
    // rounded down by hardware.
    public override ulong FlippedBits(int shift, bool isLeaf)
    {
        ulong flipped = 0xffff_0000_0000_0fff;
        if (shift == _pageShift || (shift == _pmdShift && !isLeaf))
            flipped |= InChunk & ~((1UL << _pageShift) - 1);
        return shift == _pageShift ? flipped : flipped & ~Arm64.TableOrPage;
    }

    public override ulong ToKernel(int shift, ulong entry)
        => shift == _pageShift ? entry & ~(Arm64.User | Arm64.PrivilegedNoExecute) : entry & ~Arm64.TablePrivilegedNoExecute;

    // A page that is clean, and that hardware would make dirty, counts as writable in any access (DDI 0487, the pseudocode of
    // AArch64.S1Translate), and what user code may write the kernel does not execute. QEMU 7.2 goes by the read-only bit alone here.
    public override bool CanJudge(ulong root, in GuestAccess access)
    {
        const ulong asked = Arm64.User | Arm64.ReadOnly | Arm64.Writable | Arm64.PrivilegedNoExecute;
        return access.Kind != MmuAccess.Execute || (LeafAt(root, access.Address) & asked) != (Arm64.User | Arm64.ReadOnly | Arm64.Writable);
    }

    public override bool Succeeded(in GuestAccess access) => access.Cause >> 26 == Breakpoint;

    public override bool Reports(MmuFault fault, in GuestAccess access)
    {
        bool isAbort = (access.Kind & MmuAccess.Execute) != 0 ? access.Cause >> 26 is 0x20 or 0x21 : access.Cause >> 26 is 0x24 or 0x25;
        const int addressSize = 0, translation = 1, permission = 3;
        ulong status = access.Cause & 0x3f;
        return isAbort && access.FaultAddress == access.Address && fault switch
        {
            MmuFault.Protection => status >> 2 == permission,
            MmuFault.ReservedBit => status >> 2 is translation or addressSize,
            _ => status >> 2 == translation,
        };
    }

    private ulong LeafAt(ulong table, ulong address)
    {
        int bitsPerLevel = _pageShift - 3;
        int shift = _pageShift;
        while (shift + bitsPerLevel < AddressBits)
            shift += bitsPerLevel;
        while (true)
        {
            ulong entry = Memory.Read(table + ((address >> shift & ((1UL << bitsPerLevel) - 1)) * sizeof(ulong)));
            if (shift == _pageShift || !Arm64.IsTable(entry))
                return entry;
            table = entry & ((1UL << AddressBits) - 1) & ~((1UL << _pageShift) - 1);
            shift -= bitsPerLevel;
        }
    }

    private static ulong Branch(ulong from, ulong to) => 0x1400_0000 | ((to - from) >> 2 & 0x3ff_ffff);
}
