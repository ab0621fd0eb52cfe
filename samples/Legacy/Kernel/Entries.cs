using PteGuard;

namespace Legacy.Kernel;

/// <summary>Entries for pages of memory.</summary>
internal static class Entries
{
    /// <summary>Maps a page of a region after a fault: written at once, or read-only until the first write.</summary>
    public static Pte Of(Page page, Region region, bool write)
    {
        VmFlags flags = region.Writable ? VmFlags.Read | VmFlags.Write : VmFlags.Read;
        Pte entry = MkPte(page, Pgprot<X86_64>.Of(flags)).MkYoung();
        return write ? entry.MkWrite().MkDirty() : entry;
    }
}
