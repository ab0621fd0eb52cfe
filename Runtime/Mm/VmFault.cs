namespace PteGuard;

/// <summary>How a page fault ended. The values are Linux's.</summary>
[Flags]
public enum VmFault
{
    /// <summary>The access can be tried again, and normally succeeds: the page is mapped, or something changed meanwhile.</summary>
    None = 0,

    /// <summary>There is no memory for the page or a page table.</summary>
    Oom = 0x1,

    /// <summary>There is no page to be had: a swap entry without a swap area.</summary>
    SigBus = 0x2,

    /// <summary>The page is broken and must not be accessed.</summary>
    HwPoison = 0x10,

    /// <summary>There is no region, or it does not allow the access.</summary>
    SigSegv = 0x40,

    /// <summary>The fault must be tried again later: the page is on the move, or a handler of the program was asked for it.</summary>
    Retry = 0x400,

    /// <summary>A huge page is not to be had; small ones may be. Stays inside the runtime.</summary>
    Fallback = 0x800,

    /// <summary>The faults that the access does not survive.</summary>
    Error = Oom | SigBus | HwPoison | SigSegv,
}
