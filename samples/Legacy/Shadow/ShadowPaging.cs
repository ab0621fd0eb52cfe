namespace Legacy.Shadow;

/// <summary>Access to live shadow entries, whose marks the processor sets meanwhile.</summary>
internal static unsafe class ShadowPaging
{
    public const ulong FrameMask = ((1UL << 52) - 1) & ~(Layout.PageSize - 1);

    public static ShadowEntry Get(ShadowEntry* entry) => new(Volatile.Read(ref *(ulong*)entry));

    public static void Set(ShadowEntry* entry, ShadowEntry value) => Volatile.Write(ref *(ulong*)entry, value.Value);

    /// <summary>Replaces an entry by what a function makes of it, in one step; returns the old one.</summary>
    public static ShadowEntry Change(ShadowEntry* entry, Func<ShadowEntry, ShadowEntry> change)
    {
        while (true)
        {
            ShadowEntry old = Get(entry);
            if (Interlocked.CompareExchange(ref *(ulong*)entry, change(old).Value, old.Value) == old.Value)
                return old;
        }
    }

    public static ShadowDirectory GetDirectory(ShadowDirectory* directory) => new() { Value = Volatile.Read(ref directory->Value) };

    public static void SetDirectory(ShadowDirectory* directory, ShadowDirectory value) => Volatile.Write(ref directory->Value, value.Value);
}
