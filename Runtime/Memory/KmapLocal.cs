using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>
/// The calling thread's stack of local mappings: bounded, valid in this thread only, released last-in first-out
/// (Linux 6.5, <c>kmap_local_page</c>).
/// </summary>
internal static unsafe class KmapLocal
{
    private const int Depth = 16;

    [ThreadStatic]
    private static Stack t_stack;

    public static void Push(void* address)
    {
        if (t_stack.Count == Depth)
            throw new InvalidOperationException($"This thread has {Depth} local mappings already: release the ones that are done.");
        t_stack.Slots[t_stack.Count++] = (nuint)address & ~(nuint)(PhysicalMemory.FrameSize - 1);
    }

    public static void Pop(void* address)
    {
        nuint page = (nuint)address & ~(nuint)(PhysicalMemory.FrameSize - 1);
        if (t_stack.Count == 0)
            throw new InvalidOperationException("This thread has no local mapping to release.");
        if (t_stack.Slots[t_stack.Count - 1] != page)
            throw new InvalidOperationException("Local mappings are released last-in first-out, and this is not the last one made by this thread.");
        t_stack.Count--;
    }

    private struct Stack
    {
        public int Count;
        public Slots Slots;
    }

    [InlineArray(Depth)]
    private struct Slots
    {
        private nuint _first;
    }
}
