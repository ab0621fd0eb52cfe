namespace PteGuard;

/// <summary>A buddy allocator over a run of frames, its free lists threaded through the page descriptors. Not thread-safe.</summary>
internal sealed unsafe class Buddy
{
    public const int MaxOrder = 17;

    private readonly ulong[] _free = new ulong[MaxOrder + 1];
    private readonly ulong _first;
    private readonly ulong _end;

    public Buddy(ulong first, ulong frames)
    {
        _first = first;
        _end = first + frames;
        for (ulong frame = first; frame < _end;)
        {
            int order = LargestOrderAt(frame);
            MarkBlock(frame, order, PageKind.Free);
            Push(frame, order);
            frame += 1UL << order;
        }

        FreeFrames = frames;
    }

    public ulong FreeFrames { get; private set; }

    public bool TryAlloc(int order, out ulong frame)
    {
        int found = order;
        while (found <= MaxOrder && _free[found] == 0)
            found++;
        if (found > MaxOrder)
        {
            frame = 0;
            return false;
        }

        frame = _free[found];
        Remove(frame, found);
        while (found > order)
        {
            found--;
            ulong upper = frame + (1UL << found);
            MarkBlock(upper, found, PageKind.Free);
            Push(upper, found);
        }

        MarkBlock(frame, order, PageKind.Data);
        FreeFrames -= 1UL << order;
        return true;
    }

    public void Free(ulong frame)
    {
        int order = PhysicalMemory.Descriptor(frame)->Order;
        PhysicalMemory.Descriptor(frame)->RefCount = 0;
        FreeFrames += 1UL << order;
        while (order < MaxOrder)
        {
            ulong buddy = frame ^ (1UL << order);
            if (buddy < _first || buddy + (1UL << order) > _end)
                break;
            PageDescriptor* other = PhysicalMemory.Descriptor(buddy);
            if (other->Kind != PageKind.Free || other->Order != order)
                break;
            Remove(buddy, order);
            ulong lower = Math.Min(frame, buddy);
            PageDescriptor* upper = PhysicalMemory.Descriptor(Math.Max(frame, buddy));
            upper->Kind = PageKind.Tail;
            upper->Head = lower;
            frame = lower;
            order++;
        }

        PageDescriptor* head = PhysicalMemory.Descriptor(frame);
        head->Kind = PageKind.Free;
        head->Order = (byte)order;
        Push(frame, order);
    }

    private int LargestOrderAt(ulong frame)
    {
        int order = 0;
        while (order < MaxOrder && (frame & (1UL << order)) == 0 && frame + (2UL << order) <= _end)
            order++;
        return order;
    }

    /// <summary>Tails of a free block are left as they are: nobody may ask for them.</summary>
    private static void MarkBlock(ulong frame, int order, PageKind kind)
    {
        PageDescriptor* head = PhysicalMemory.Descriptor(frame);
        head->Kind = kind;
        head->Order = (byte)order;
        if (kind == PageKind.Free)
            return;
        head->AnonExclusive = 0;
        for (ulong tail = 1; tail < 1UL << order; tail++)
        {
            PageDescriptor* page = PhysicalMemory.Descriptor(frame + tail);
            page->Kind = PageKind.Tail;
            page->Head = frame;
            page->AnonExclusive = 0;
        }
    }

    private void Push(ulong frame, int order)
    {
        PageDescriptor* page = PhysicalMemory.Descriptor(frame);
        page->Previous = 0;
        page->Next = _free[order];
        if (page->Next != 0)
            PhysicalMemory.Descriptor(page->Next)->Previous = frame;
        _free[order] = frame;
    }

    private void Remove(ulong frame, int order)
    {
        PageDescriptor* page = PhysicalMemory.Descriptor(frame);
        if (page->Previous == 0)
            _free[order] = page->Next;
        else
            PhysicalMemory.Descriptor(page->Previous)->Next = page->Next;
        if (page->Next != 0)
            PhysicalMemory.Descriptor(page->Next)->Previous = page->Previous;
    }
}
