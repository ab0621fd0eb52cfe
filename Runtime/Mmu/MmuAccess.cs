namespace PteGuard;

/// <summary>What a memory management unit is asked to allow.</summary>
[Flags]
public enum MmuAccess
{
    /// <summary>A read by the kernel.</summary>
    Read = 0,

    /// <summary>A write.</summary>
    Write = 1,

    /// <summary>The fetch of an instruction.</summary>
    Execute = 2,

    /// <summary>By user code.</summary>
    User = 4,
}
