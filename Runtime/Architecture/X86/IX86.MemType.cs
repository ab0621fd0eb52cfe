using static PteGuard.X86;

namespace PteGuard;

/// <summary>
/// Three bits of a pte choose one of eight types from the page attribute table (Intel SDM volume 3A, section 12.12), which Linux
/// fills so that the lower half means what it means without the table.
/// </summary>
internal unsafe partial interface IX86<TSelf>
{
    private const ulong MemTypeBits = Pat | CacheDisable | WriteThrough;

    static bool IArchitecture<TSelf>.TracksMemTypes => true;

    static MemType IArchitecture<TSelf>.MemTypeOf(ulong protection) => (protection & MemTypeBits) switch
    {
        WriteThrough => MemType.WriteCombining,
        CacheDisable or (Pat | CacheDisable) => MemType.UncachedMinus,
        CacheDisable | WriteThrough => MemType.Uncached,
        Pat | WriteThrough => MemType.WriteProtected,
        MemTypeBits => MemType.WriteThrough,
        _ => MemType.WriteBack,
    };

    static ulong IArchitecture<TSelf>.WithMemType(ulong protection, MemType type)
        => (protection & ~MemTypeBits) | type switch
        {
            MemType.WriteCombining => WriteThrough,
            MemType.UncachedMinus => CacheDisable,
            MemType.Uncached => CacheDisable | WriteThrough,
            MemType.WriteProtected => Pat | WriteThrough,
            MemType.WriteThrough => MemTypeBits,
            _ => 0,
        };
}
