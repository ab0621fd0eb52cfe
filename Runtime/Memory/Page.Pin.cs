namespace PteGuard;

/// <summary>Whose an anonymous page is, and who does direct memory access to it.</summary>
public readonly unsafe partial struct Page
{
    /// <summary>What a pin adds to the reference count of a single frame (<c>GUP_PIN_COUNTING_BIAS</c>): far more references than a page normally has.</summary>
    private const int PinBias = 1024;

    /// <summary>
    /// Whether the page belongs to one address space alone, which may write it where it is (<c>PageAnonExclusive</c>, Linux 5.19). Of
    /// this very frame, also in a larger block. A hint, unless the lock of the entry that maps it is held.
    /// </summary>
    /// <exception cref="InvalidOperationException">The page is in no arena.</exception>
    public bool IsAnonExclusive => Volatile.Read(ref InArena()->AnonExclusive) != 0;

    /// <summary>
    /// Whether the page may be pinned (<c>folio_maybe_dma_pinned</c>). A single frame with 1024 references or more seems to be,
    /// which costs a copy and nothing else. A hint, unless nobody can reach the page who might pin it.
    /// </summary>
    public bool IsMaybePinned
    {
        get
        {
            PageDescriptor* page = Checked();
            return page->Order == 0 ? Volatile.Read(ref page->RefCount) >= PinBias : Volatile.Read(ref page->Pins) > 0;
        }
    }

    /// <summary>Pins the page (<c>try_grab_folio</c> with <c>FOLL_PIN</c>): it stays where it is, and fork copies it instead of sharing it. Ends with <see cref="Unpin"/>.</summary>
    /// <remarks>
    /// The caller owns a reference, or holds the lock of an entry that does, and the page is exclusive: a pinned page that is shared
    /// would be left behind by the next write. <see cref="Mm{TArch}.PinPage"/> sees to both. Pins are counted in the reference count, with a bias of
    /// 1024; larger blocks have a counter of their own, beside one reference for each pin.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The page is free.</exception>
    public void Pin()
    {
        if (!TryPin())
            throw new InvalidOperationException($"Frame 0x{Frame:x} is free: it cannot be pinned.");
    }

    /// <summary>Ends one pin (<c>unpin_user_page</c>); the last reference frees the page.</summary>
    /// <exception cref="InvalidOperationException">The page is not pinned.</exception>
    public void Unpin()
    {
        PageDescriptor* page = Checked();
        if (!IsMaybePinned)
            throw new InvalidOperationException($"Frame 0x{Frame:x} is not pinned.");
        if (page->Order != 0)
        {
            Interlocked.Decrement(ref page->Pins);
            Put();
        }
        else if (Interlocked.Add(ref page->RefCount, -PinBias) == 0)
        {
            PhysicalMemory.FindArena(Address)!.Free(PhysicalMemory.FrameOf(page));
        }
    }

    /// <summary>Pins the page unless it is free; a full barrier. Who found it without a lock tests afterwards that the entry still maps it.</summary>
    internal bool TryPin()
    {
        PageDescriptor* page = Checked();
        if (page->Order != 0)
        {
            if (!TryGet())
                return false;
            Interlocked.Increment(ref page->Pins);
            return true;
        }

        for (int count = Volatile.Read(ref page->RefCount); count > 0;)
        {
            int seen = Interlocked.CompareExchange(ref page->RefCount, count + PinBias, count);
            if (seen == count)
                return true;
            count = seen;
        }

        return false;
    }

    /// <summary>The lock of the one entry that maps the page is held, or it is not mapped yet.</summary>
    internal void SetAnonExclusive() => Volatile.Write(ref InArena()->AnonExclusive, 1);

    /// <summary>The lock of the entry that maps the page is held.</summary>
    internal void ClearAnonExclusive() => Volatile.Write(ref InArena()->AnonExclusive, 0);

    private PageDescriptor* InArena()
        => IsInArena ? Descriptor : throw new InvalidOperationException($"Frame 0x{Frame:x} lies in no arena.");
}
