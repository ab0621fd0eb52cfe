using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>
/// A page of physical memory, by frame number: what the kernel's <c>struct page *</c> names. Its
/// reference count keeps it; each present entry that maps it owns one reference.
/// </summary>
public readonly unsafe partial struct Page : IEquatable<Page>
{
    /// <summary>The page at a frame number. The frame is not checked before it is used.</summary>
    /// <param name="frame">The physical address divided by 4096, whatever the architecture's own page size.</param>
    public Page(ulong frame) => Frame = frame;

    /// <summary>The physical address divided by 4096.</summary>
    public ulong Frame { get; }

    /// <summary>The physical address in bytes.</summary>
    public ulong Address => Frame << PhysicalMemory.FrameShift;

    /// <summary>Whether this is <c>default</c>, which names no page.</summary>
    public bool IsNull => Frame == 0;

    /// <summary>The first byte of the page. Prefer <see cref="PageTable.KmapLocalPage"/>, which also serves memory that is not always mapped.</summary>
    public void* Pointer => PhysicalMemory.ToPointer(Address);

    /// <summary>The size: 2 to this power frames.</summary>
    public int Order => Checked()->Order;

    /// <summary>The references held now; 0: free. A hint, unless the caller excludes others.</summary>
    public int RefCount => Volatile.Read(ref Checked()->RefCount);

    /// <summary>Whether a dirty mapping of the page was taken down, or <see cref="MarkDirty"/> called.</summary>
    public bool IsDirty => Volatile.Read(ref Checked()->Dirty) != 0;

    /// <summary>Records that the content changed, as taking down a dirty entry does.</summary>
    public void MarkDirty() => Volatile.Write(ref Checked()->Dirty, 1);

    /// <summary>Takes a reference (<c>get_page</c>). The caller must already own one, or hold the lock of an entry that does.</summary>
    /// <exception cref="InvalidOperationException">The page is free.</exception>
    public void Get()
    {
        if (!TryGet())
            throw new InvalidOperationException($"Frame 0x{Frame:x} is free: a reference cannot be taken.");
    }

    /// <summary>Takes a reference unless the page is free: for callers that found it without a lock, and test afterwards that the entry still maps it.</summary>
    public bool TryGet()
    {
        while (true)
        {
            PageDescriptor* page = Checked();
            if (!TryIncrement(page))
                return false;

            // From here the block stays one; before, it may have been freed, and its frames become parts of others.
            if (Checked() == page)
                return true;
            Decrement(page);
        }
    }

    /// <summary>Drops a reference (<c>put_page</c>); the last one frees the page.</summary>
    /// <exception cref="InvalidOperationException">The page is already free, or holds a page table.</exception>
    public void Put()
    {
        PageDescriptor* page = Checked();
        if (page->Kind is PageKind.Table or PageKind.DeferredTable)
            throw new InvalidOperationException($"Frame 0x{Frame:x} holds a page table: free it as one.");
        Decrement(page);
    }

    /// <inheritdoc/>
    public bool Equals(Page other) => Frame == other.Frame;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Page other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Frame.GetHashCode();

    /// <summary>The frame number, in hexadecimal.</summary>
    public override string ToString() => $"frame 0x{Frame:x}";

    /// <summary>Whether both name the same page.</summary>
    public static bool operator ==(Page left, Page right) => left.Equals(right);

    /// <summary>Whether they name different pages.</summary>
    public static bool operator !=(Page left, Page right) => !left.Equals(right);

    internal bool IsInArena => PhysicalMemory.FindArena(Address) is not null;

    /// <summary>Whether so many frames, from this one on, belong to one allocated page.</summary>
    internal bool IsOneFor(ulong frames)
    {
        if (!IsInArena)
            return false;
        PageDescriptor* page = Checked();
        return page->Kind == PageKind.Data && Frame + frames <= PhysicalMemory.FrameOf(page) + (1UL << page->Order);
    }

    internal PageDescriptor* Descriptor
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => PhysicalMemory.Descriptor(Frame);
    }

    private static bool TryIncrement(PageDescriptor* page)
    {
        for (int count = Volatile.Read(ref page->RefCount); count > 0;)
        {
            int seen = Interlocked.CompareExchange(ref page->RefCount, count + 1, count);
            if (seen == count)
                return true;
            count = seen;
        }

        return false;
    }

    private static void Decrement(PageDescriptor* page)
    {
        ulong frame = PhysicalMemory.FrameOf(page);
        for (int count = Volatile.Read(ref page->RefCount); ;)
        {
            if (count <= 0)
                throw new InvalidOperationException($"Frame 0x{frame:x} is freed twice.");
            int seen = Interlocked.CompareExchange(ref page->RefCount, count - 1, count);
            if (seen != count)
            {
                count = seen;
                continue;
            }

            if (count == 1)
                PhysicalMemory.FindArena(frame << PhysicalMemory.FrameShift)!.Free(frame);
            return;
        }
    }

    /// <summary>The descriptor of the first frame of the page, for a frame that lies in an arena.</summary>
    internal PageDescriptor* Checked()
    {
        if (!IsInArena)
            throw new InvalidOperationException($"Frame 0x{Frame:x} lies in no arena.");
        PageDescriptor* page = Descriptor;
        if (page->Kind != PageKind.Tail)
            return page;
        // A tail of a free block may name a head that has been split off since, and is nothing to it.
        PageDescriptor* head = PhysicalMemory.Descriptor(page->Head);
        return page->Head + (1UL << head->Order) > Frame ? head : page;
    }
}
