namespace PteGuard;

/// <summary>Which marks <see cref="PageTable.ClearYoungDirtyPtes"/> clears. The values are Linux's.</summary>
[Flags]
public enum CydpFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Accessed.</summary>
    ClearYoung = 1,

    /// <summary>Dirty.</summary>
    ClearDirty = 2,
}
