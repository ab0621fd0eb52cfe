namespace PteGuard;

/// <summary>How a region may be remapped. The values are Linux's.</summary>
[Flags]
public enum MremapFlags
{
    /// <summary>Only where it is.</summary>
    None = 0,

    /// <summary>It may be moved, to wherever there is room.</summary>
    MayMove = 1,

    /// <summary>It is moved to the address given, in place of whatever is mapped there. Needs <see cref="MayMove"/>.</summary>
    Fixed = 2,

    /// <summary>The old region stays, empty. Needs <see cref="MayMove"/>, and the same length.</summary>
    DontUnmap = 4,
}
