namespace PteGuard;

/// <summary>No memory types.</summary>
public readonly unsafe partial struct NoMmu
{
    static bool IArchitecture<NoMmu>.TracksMemTypes => throw Refused();

    static MemType IArchitecture<NoMmu>.MemTypeOf(ulong protection) => throw Refused();

    static ulong IArchitecture<NoMmu>.WithMemType(ulong protection, MemType type) => throw Refused();
}
