using System.Runtime.InteropServices;

namespace PteGuard.Runtime.Tests;

/// <summary>One access that a guest makes, and how it ended: 64 bytes that the guest's program reads and fills in.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GuestAccess
{
    /// <summary>The virtual address.</summary>
    public ulong Address;

    /// <summary>An <see cref="MmuAccess"/>.</summary>
    public ulong Access;

    /// <summary>Before: what is to be stored. After: what was stored, loaded, or told by the instruction that ran.</summary>
    public ulong Value;

    /// <summary>After: which exception ended it. Each access ends in one, also those that went well.</summary>
    public ulong Cause;

    /// <summary>After: what the processor says about the exception.</summary>
    public ulong Detail;

    /// <summary>After: the address that the processor names.</summary>
    public ulong FaultAddress;

    /// <summary>Free for the guest's program.</summary>
    public ulong Extra1;

    /// <summary>Free for the guest's program.</summary>
    public ulong Extra2;

    public readonly MmuAccess Kind => (MmuAccess)Access;

    public override readonly string ToString()
        => $"{Kind} at 0x{Address:x}: value 0x{Value:x}, cause 0x{Cause:x}, detail 0x{Detail:x}, fault address 0x{FaultAddress:x}";
}
