namespace PteGuard;

/// <summary>How accesses to a range of physical memory are cached (Intel SDM volume 3A, section 12.3).</summary>
public enum MemType
{
    /// <summary>Cached, written back when a line is evicted; the type of ordinary memory.</summary>
    WriteBack,

    /// <summary>Not cached; writes are collected.</summary>
    WriteCombining,

    /// <summary>Not cached, unless the range registers say that writes may be collected.</summary>
    UncachedMinus,

    /// <summary>Not cached.</summary>
    Uncached,

    /// <summary>Cached for reading only; writes go to all.</summary>
    WriteProtected,

    /// <summary>Cached; writes go to memory at once.</summary>
    WriteThrough,
}
