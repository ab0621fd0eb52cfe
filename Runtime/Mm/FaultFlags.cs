namespace PteGuard;

/// <summary>What the access was that faulted. The values are Linux's.</summary>
[Flags]
public enum FaultFlags
{
    /// <summary>A read by the kernel.</summary>
    None = 0,

    /// <summary>A write.</summary>
    Write = 0x1,

    /// <summary>The fault was tried before.</summary>
    Tried = 0x20,

    /// <summary>By user code.</summary>
    User = 0x40,

    /// <summary>The fetch of an instruction.</summary>
    Instruction = 0x100,
}
