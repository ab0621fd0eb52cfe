namespace PteGuard;

public static unsafe partial class PageTable
{
    /// <summary>Maps a page for this thread (<c>kmap_local_page</c>). Here all memory is mapped anyway; the rules hold all the same.</summary>
    /// <remarks>At most 16 at a time, released last-in first-out by <see cref="KunmapLocal"/>, in the same thread.</remarks>
    /// <typeparam name="T">What the page holds.</typeparam>
    /// <param name="page">A page that the caller keeps from being freed.</param>
    /// <exception cref="InvalidOperationException">The page is in no arena, or this thread has 16 mappings already.</exception>
    public static T* KmapLocalPage<T>(Page page)
        where T : unmanaged
    {
        if (PhysicalMemory.FindArena(page.Address) is null)
            throw new InvalidOperationException($"{page} lies in no arena.");
        void* address = page.Pointer;
        KmapLocal.Push(address);
        return (T*)address;
    }

    /// <summary>Ends a local mapping (<c>kunmap_local</c>).</summary>
    /// <param name="address">Any address in the page that was mapped last.</param>
    /// <exception cref="InvalidOperationException">It is not in the page that this thread mapped last.</exception>
    public static void KunmapLocal(void* address) => KmapLocal.Pop(address);
}
