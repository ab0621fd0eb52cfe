namespace Legacy.Guest;

/// <summary>The bits of an extended page-table entry, and its access from more than one thread.</summary>
internal static unsafe class EptEntry
{
    public const ulong Readable = 1UL << 0;
    public const ulong Writable = 1UL << 1;
    public const ulong Executable = 1UL << 2;
    public const ulong Present = Readable | Writable | Executable;
    public const ulong Accessed = 1UL << 8;
    public const ulong Dirty = 1UL << 9;
    public const ulong AddressMask = ((1UL << 52) - 1) & ~(Layout.PageSize - 1);

    public static ulong Read(ulong* entry) => Volatile.Read(ref *entry);

    public static void Write(ulong* entry, ulong value) => Volatile.Write(ref *entry, value);

    /// <summary>Clears some bits and sets others in one step; returns the entry as it was.</summary>
    public static ulong Update(ulong* entry, ulong clear, ulong set)
    {
        while (true)
        {
            ulong old = Volatile.Read(ref *entry);
            if (Interlocked.CompareExchange(ref *entry, (old & ~clear) | set, old) == old)
                return old;
        }
    }
}
