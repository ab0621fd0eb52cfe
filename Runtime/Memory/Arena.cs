namespace PteGuard;

/// <summary>
/// A part of physical memory that pages and page tables are allocated from. Thread-safe; any number
/// of address spaces may share one.
/// </summary>
public sealed unsafe class Arena : IDisposable
{
    private readonly Buddy _buddy;
    private readonly object _gate = new();
    private readonly ulong _firstFrame;
    private int _allocationsUntilFailure = -1;
    private bool _disposed;

    /// <summary>Carves an arena out of physical memory.</summary>
    /// <param name="bytes">Its size in bytes, more than 0; rounded up to a multiple of 2 MiB.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is not positive.</exception>
    /// <exception cref="ArenaExhaustedException">There is no such run of free physical addresses, or no memory.</exception>
    public Arena(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        Size = (long)PhysicalMemory.RoundUp((ulong)bytes, PhysicalMemory.ChunkBytes);
        _firstFrame = PhysicalMemory.Carve(this, (ulong)Size);
        if (CheckSwitch.IsOn)
            ShadowEntries.ForgetAll((nuint)PhysicalMemory.ToPointer(_firstFrame << PhysicalMemory.FrameShift), (ulong)Size);
        _buddy = new Buddy(_firstFrame, (ulong)Size >> PhysicalMemory.FrameShift);
    }

    /// <summary>The arena of address spaces that name none: 256 MiB, made at first use, never disposed.</summary>
    public static Arena Default => DefaultHolder.Instance;

    /// <summary>The size in bytes.</summary>
    public long Size { get; }

    /// <summary>The physical address of the first byte; see <see cref="PhysicalMemory.ToPointer"/>.</summary>
    public ulong Address => _firstFrame << PhysicalMemory.FrameShift;

    /// <summary>The number of frames of 4 KiB.</summary>
    public long FrameCount => Size / PhysicalMemory.FrameSize;

    /// <summary>How many of the frames are free now. Tables that wait for their readers to leave are not.</summary>
    public long FreeFrames
    {
        get
        {
            lock (_gate)
                return (long)_buddy.FreeFrames;
        }
    }

    /// <summary>Allocates a zeroed page of data with a reference count of one.</summary>
    /// <param name="order">Its size: 2 to this power frames of 4 KiB, naturally aligned; 0 to 17 (512 MiB, the huge page of arm64 with 64 KiB pages).</param>
    /// <exception cref="ArenaExhaustedException">There is no free block of this size.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order is not 0 to 17.</exception>
    /// <exception cref="ObjectDisposedException">The arena is disposed.</exception>
    [MayBlock]
    public Page AllocPage(int order = 0)
        => TryAllocPage(out Page page, order) ? page
            : throw new ArenaExhaustedException($"The arena of {Size >> 20} MiB has no free block of {1 << order} frames ({FreeFrames} frames are free).");

    /// <summary>As <see cref="AllocPage"/>, but answers false where there is no memory.</summary>
    [MayBlock]
    public bool TryAllocPage(out Page page, int order = 0) => TryAlloc(PageKind.Data, order, out page);

    /// <summary>Gives the memory back. Every page and table must have been freed.</summary>
    /// <exception cref="InvalidOperationException">Something is still allocated.</exception>
    [MayBlock]
    public void Dispose()
    {
        DeferredFree.Drain();
        lock (_gate)
        {
            if (_disposed)
                return;
            if (_buddy.FreeFrames != (ulong)FrameCount)
                throw new InvalidOperationException($"{(ulong)FrameCount - _buddy.FreeFrames} frames of the arena are still allocated: dispose its address spaces and put its pages first.");
            _disposed = true;
        }

        PhysicalMemory.GiveBack(_firstFrame, (ulong)Size);
    }

    /// <summary>Lets the next <paramref name="allocations"/> allocations succeed and the one after them fail, once; -1: none fails.</summary>
    internal void FailAfter(int allocations)
    {
        lock (_gate)
            _allocationsUntilFailure = allocations;
    }

    internal bool TryAllocTable(int order, out Page table) => TryAlloc(PageKind.Table, order, out table);

    /// <summary>Takes back a block whose last reference is gone.</summary>
    internal void Free(ulong frame)
    {
        PageDescriptor* page = PhysicalMemory.Descriptor(frame);
        lock (_gate)
        {
            if (page->Kind is PageKind.Free or PageKind.Tail or PageKind.None)
                throw new InvalidOperationException($"Frame 0x{frame:x} is freed twice.");
            _buddy.Free(frame);
        }
    }

    private bool TryAlloc(PageKind kind, int order, out Page page)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(order);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, Buddy.MaxOrder);

        if (IsToFail() || !TryTakeOrReclaim(kind, order, out ulong frame))
        {
            page = default;
            return false;
        }

        page = new Page(frame);
        new Span<byte>(page.Pointer, PhysicalMemory.FrameSize << order).Clear();
        return true;
    }

    /// <summary>Only tests let allocations fail, so this is a plain read, and no second turn at the lock.</summary>
    private bool IsToFail()
    {
        if (Volatile.Read(ref _allocationsUntilFailure) < 0)
            return false;
        lock (_gate)
            return _allocationsUntilFailure >= 0 && _allocationsUntilFailure-- == 0;
    }

    private bool TryTakeOrReclaim(PageKind kind, int order, out ulong frame)
    {
        do
        {
            if (TryTake(kind, order, out frame))
                return true;
        }
        while (DeferredFree.TryReclaim());

        // Another thread may have freed what there was to free.
        return TryTake(kind, order, out frame);
    }

    private bool TryTake(PageKind kind, int order, out ulong frame)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (!_buddy.TryAlloc(order, out frame))
                return false;

            PageDescriptor* page = PhysicalMemory.Descriptor(frame);
            page->Kind = kind;
            page->Lock = 0;
            page->Dirty = 0;
            page->Pins = 0;
            page->Deposited = 0;
            page->Owner = 0;
            page->DeferredFragments = 0;
            page->Next = page->Previous = 0;

            // A table has no references, so that none is taken by who found the frame while it was a page.
            Volatile.Write(ref page->RefCount, kind == PageKind.Data ? 1 : 0);
            return true;
        }
    }

    private static class DefaultHolder
    {
        public static readonly Arena Instance = new(256 << 20);
    }
}
