namespace PteGuard;

/// <summary>
/// Memory that regions of any address spaces map, and that outlives their mappings: pages by index, as those of a file. A page
/// is allocated, zeroed, when it is first needed.
/// </summary>
/// <remarks>
/// It has one reference to each of its pages, and every entry that maps one has another: unmapping leaves the contents. It lives
/// until it is disposed and the last region that maps it is gone. Thread-safe.
/// </remarks>
public sealed class SharedMemory : IDisposable
{
    private readonly object _gate = new();
    private readonly ulong[] _frames;
    private readonly Arena _arena;
    private int _users = 1;
    private bool _disposed;

    /// <summary>Memory of a length, all of it zero. Nothing is allocated yet.</summary>
    /// <param name="arena">Where the pages come from; must outlive this.</param>
    /// <param name="length">In bytes, more than 0; rounded up to pages.</param>
    /// <param name="pageShift">The logarithm of the page size, 12 at least: that of the architecture whose address spaces map it.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is 0 or of more than 2^31 pages, or there are no such pages.</exception>
    public SharedMemory(Arena arena, ulong length, int pageShift = PhysicalMemory.FrameShift)
    {
        ArgumentNullException.ThrowIfNull(arena);
        ArgumentOutOfRangeException.ThrowIfLessThan(pageShift, PhysicalMemory.FrameShift);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageShift, PhysicalMemory.FrameShift + Buddy.MaxOrder);
        ulong pages = length == 0 ? 0 : ((length - 1) >> pageShift) + 1;
        if (pages is 0 or > int.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(length), $"0x{length:x}", $"The length must be 1 to {int.MaxValue} pages.");
        _arena = arena;
        _frames = new ulong[pages];
        PageShift = pageShift;
    }

    /// <summary>The logarithm of the page size in bytes.</summary>
    public int PageShift { get; }

    /// <summary>The length, in pages.</summary>
    public ulong PageCount => (ulong)_frames.Length;

    /// <summary>The length, in bytes.</summary>
    public ulong Length => PageCount << PageShift;

    /// <summary>Finds a page, or allocates it. The caller gets a reference of his own, and puts it.</summary>
    /// <param name="index">Which, less than <see cref="PageCount"/>.</param>
    /// <param name="page">The page.</param>
    /// <returns>False: there is no memory for it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such page.</exception>
    /// <exception cref="ObjectDisposedException">This is disposed, and no region maps it.</exception>
    [MayBlock]
    public bool TryGetPage(ulong index, out Page page)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, PageCount);
        if (TryFind(index, default, out page))
            return true;

        // Allocating may wait for readers, so not under the gate.
        if (!_arena.TryAllocPage(out Page fresh, PageShift - PhysicalMemory.FrameShift))
            return false;
        try
        {
            return TryFind(index, fresh, out page);
        }
        finally
        {
            if (page != fresh)
                fresh.Put();
        }
    }

    /// <summary>Whether a page is the one at an index. A page that is not allocated is none's. Takes no lock: asked with page-table locks held.</summary>
    internal bool IsPage(ulong index, Page page)
        => index < PageCount && Volatile.Read(ref _frames[index]) == page.Frame;

    /// <summary>Lets go of the memory. It is freed when the last region that maps it is gone.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        Release();
    }

    /// <summary>A region maps this from now on.</summary>
    internal void Acquire()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_users == 0, this);
            _users++;
        }
    }

    /// <summary>A region maps this no longer, and has no entry that does.</summary>
    internal void Release()
    {
        lock (_gate)
        {
            if (--_users != 0)
                return;
            foreach (ulong frame in _frames)
            {
                if (frame != 0)
                    new Page(frame).Put();
            }
        }
    }

    /// <summary>Takes a reference to the page at an index, which is to be a fresh one if there is none yet. Null, and false: there is neither.</summary>
    private bool TryFind(ulong index, Page fresh, out Page page)
    {
        lock (_gate)
        {
            page = default;
            ObjectDisposedException.ThrowIf(_users == 0, this);
            if (_frames[index] == 0)
                Volatile.Write(ref _frames[index], fresh.Frame);
            if (_frames[index] == 0)
                return false;
            page = new Page(_frames[index]);
            page.Get();
            return true;
        }
    }
}
