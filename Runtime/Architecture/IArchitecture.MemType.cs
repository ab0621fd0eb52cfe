namespace PteGuard;

public unsafe partial interface IArchitecture<TSelf>
{
    /// <summary>Whether the memory types of page frames are reserved while they are mapped; otherwise nothing keeps track of them.</summary>
    static virtual bool TracksMemTypes => false;

    /// <summary>The memory type that protection bits ask for.</summary>
    static virtual MemType MemTypeOf(ulong protection) => MemType.WriteBack;

    /// <summary>Protection bits with another memory type.</summary>
    static virtual ulong WithMemType(ulong protection, MemType type) => protection;
}
