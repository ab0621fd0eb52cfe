namespace Legacy;

/// <summary>Sizes of x86-64 paging, in bytes.</summary>
internal static class Layout
{
    public const ulong PageSize = 1UL << 12;
    public const ulong PmdSize = 1UL << 21;
    public const ulong PudSize = 1UL << 30;
    public const ulong P4dSize = 1UL << 39;

    /// <summary>The end of the part of a range that one table covers.</summary>
    public static ulong End(ulong address, ulong end, ulong size)
    {
        ulong boundary = (address + size) & ~(size - 1);
        return boundary - 1 < end - 1 ? boundary : end;
    }
}
