using System.Runtime.InteropServices;

namespace PteGuard.Runtime.Tests;

/// <summary>An RV64 processor with Svadu (which QEMU 7.2 has without a switch), Svnapot and Svpbmt. The kernel is S-mode with SUM set and MXR clear.</summary>
public sealed class RiscVGuest : Guest
{
    public const string Binary = "qemu-system-riscv64";

    private const ulong SupervisorUserMemory = 1UL << 18;
    private const ulong HardwareMarks = 1UL << 61;
    private const ulong MemoryTypes = 1UL << 62;
    private const ulong Breakpoint = 3;
    private const int ModeShift = 60;

    private readonly ulong _mode;

    /// <param name="levels">3 for Sv39, 4 for Sv48, 5 for Sv57.</param>
    public RiscVGuest(int levels)
        : base(4L << 30)
    {
        _mode = (ulong)levels + 5;
        Memory.Write(RiscVProgram.Start, MemoryMarshal.AsBytes(RiscVProgram.Code));
        Memory.Write(Parameters, SupervisorUserMemory);
        Memory.Write(Parameters + 8, HardwareMarks | MemoryTypes);
        Start(Binary, "none", "-cpu", "rv64,svnapot=on,svpbmt=on");
    }

    // c.mv zero, ra (which does nothing, but lets the word not be a valid entry); lui a0, ...; c.ebreak
    public override ulong CodeAt(ulong physical) => (0x9002UL << 48) | ((ulong)((uint)ValueOfCodeAt(physical) | 0x537) << 16) | 0x8006;

    public override ulong ValueOfCodeAt(ulong physical) => (ulong)(int)(uint)(physical << 8 & 0xffff_f000);

    // QEMU 7.2 takes the translation of the instructions, which in M-mode is none, also for data of other modes at the same addresses.
    public override bool IsReserved(ulong address) => address >> RiscV64.PageShift == RiscVProgram.Start >> RiscV64.PageShift;

    // Not the frame bits that would leave the arena for other memory. And not the reserved bits 54 to 60, which raise a page
    // fault by the manual since privileged architecture 1.12, and which QEMU 7.2 does not look at.
    public override ulong FlippedBits(int shift, bool isLeaf)
        => ~RiscV64.PfnMask & ~RiscV64.Reserved | (shift > 30 ? 0 : InChunk >> (RiscV64.PageShift - RiscV64.PfnShift));

    // QEMU 7.2 marks an entry before it looks at the size that a Svnapot entry names.
    public override bool MayDiffer(int shift, ulong ours, ulong theirs)
        => (ours & RiscV64.Napot) != 0
            && (shift != RiscV64.PageShift || (ours & RiscV64Svnapot.LowFrames) != RiscV64Svnapot.Pattern)
            && (ours | RiscV64.Accessed | RiscV64.Dirty) == (theirs | RiscV64.Accessed | RiscV64.Dirty)
            && (ours & ~theirs) == 0;

    public override ulong ToKernel(int shift, ulong entry) => shift == RiscV64.PageShift ? entry & ~RiscV64.User : entry;

    public override bool Succeeded(in GuestAccess access) => access.Cause == Breakpoint;

    // All page faults are one. That there is no memory, we report as reserved bits, and the processor as an access fault.
    public override bool Reports(MmuFault fault, in GuestAccess access)
    {
        (ulong accessFault, ulong pageFault) = (access.Kind & ~MmuAccess.User) switch
        {
            MmuAccess.Execute => (1UL, 12UL),
            MmuAccess.Write => (7UL, 15UL),
            _ => (5UL, 13UL),
        };
        return access.FaultAddress == access.Address
            && (access.Cause == pageFault || (fault == MmuFault.ReservedBit && access.Cause == accessFault));
    }

    protected override ulong RootRegister(ulong root) => (_mode << ModeShift) | (root >> RiscV64.PageShift);
}
