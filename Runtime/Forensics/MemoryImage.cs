namespace PteGuard;

/// <summary>
/// The physical memory of some machine, as bytes that somebody saved: any number of segments, with holes between them. Nothing
/// in it is trusted, and nothing is ever written.
/// </summary>
/// <remarks>Segments are added first; after that, any number of threads may read.</remarks>
public sealed class MemoryImage : IDisposable
{
    private readonly List<ImageSegment> _segments = [];
    private bool _disposed;

    /// <summary>The segments, in order of address.</summary>
    public IReadOnlyList<MemorySegment> Segments => [.. _segments.Select(static segment => new MemorySegment(segment.Address, segment.Length))];

    /// <summary>An image that is one file, mapped into memory.</summary>
    /// <param name="path">The file. It must not become shorter while the image is open.</param>
    /// <param name="address">The physical address of its first byte.</param>
    /// <exception cref="ArgumentException">The file is empty, or longer than the addresses from there on.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static MemoryImage Open(string path, ulong address = 0)
    {
        var image = new MemoryImage();
        try
        {
            image.AddFile(path, address);
            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>Adds bytes of this process.</summary>
    /// <param name="address">The physical address of the first.</param>
    /// <param name="bytes">The bytes, at least one; not copied.</param>
    /// <exception cref="ArgumentException">There are none, or the segment overlaps another or the end of all addresses.</exception>
    public void Add(ulong address, ReadOnlyMemory<byte> bytes)
    {
        CheckFree(address, bytes.Length);
        Insert(new BytesSegment(address, bytes));
    }

    /// <summary>Adds a page of this process, as it is at each read: memory of a guest, say, whose own tables lie in it.</summary>
    /// <param name="address">The physical address of its first byte in the image, which need not be the page's own.</param>
    /// <param name="page">The page, all of it if it is of a higher order. The caller keeps it from being freed while the image is open.</param>
    /// <exception cref="ArgumentException">The segment overlaps another or the end of all addresses.</exception>
    /// <exception cref="InvalidOperationException">The page lies in no arena.</exception>
    public void Add(ulong address, Page page)
    {
        long length = (long)PhysicalMemory.FrameSize << page.Order;
        CheckFree(address, length);
        Insert(new PageSegment(address, page, (ulong)length));
    }

    /// <summary>Adds a part of a file, mapped into memory.</summary>
    /// <param name="path">The file. It must not become shorter while the image is open.</param>
    /// <param name="address">The physical address of the first byte.</param>
    /// <param name="offset">Where the segment begins in the file, in bytes.</param>
    /// <param name="length">How long it is, in bytes; null: to the end of the file.</param>
    /// <exception cref="ArgumentException">The part is empty or not in the file, or the segment overlaps another or the end of all addresses.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void AddFile(string path, ulong address, long offset = 0, long? length = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        long checkedLength = Checked(new FileInfo(path).Length, offset, length);
        CheckFree(address, checkedLength);
        Insert(FileSegment.Open(path, address, offset, checkedLength));
    }

    /// <summary>Adds a part of a stream that can seek. Reads go to the stream, one at a time, and throw what it throws.</summary>
    /// <param name="stream">The stream, which the caller disposes, and leaves alone meanwhile.</param>
    /// <param name="address">The physical address of the first byte.</param>
    /// <param name="offset">Where the segment begins in the stream, in bytes.</param>
    /// <param name="length">How long it is, in bytes; null: to the end of the stream.</param>
    /// <exception cref="ArgumentException">The stream cannot seek or read, the part is empty or not in it, or the segment overlaps another or the end of all addresses.</exception>
    public void AddStream(Stream stream, ulong address, long offset = 0, long? length = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanRead || !stream.CanSeek)
            throw new ArgumentException("The stream must be one that can be read at any place.", nameof(stream));
        long checkedLength = Checked(stream.Length, offset, length);
        CheckFree(address, checkedLength);
        Insert(new StreamSegment(address, stream, offset, checkedLength));
    }

    /// <summary>Reads physical memory up to the first byte that the image does not have.</summary>
    /// <param name="address">The physical address, in bytes.</param>
    /// <param name="destination">Where to.</param>
    /// <returns>How many bytes were read.</returns>
    /// <exception cref="ObjectDisposedException">The image is disposed.</exception>
    public int Read(ulong address, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int done = 0;
        while (done < destination.Length && Find(address) is { } segment)
        {
            ulong offset = address - segment.Address;
            int wanted = (int)Math.Min((ulong)(destination.Length - done), segment.Length - offset);
            int read = segment.Read(offset, destination.Slice(done, wanted));
            done += read;
            address += (ulong)read;
            if (read < wanted || address == 0)
                break;
        }

        return done;
    }

    /// <summary>Gives back the files.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (ImageSegment segment in _segments)
            segment.Dispose();
        _segments.Clear();
    }

    /// <summary>From an address on, how many of so many bytes are all there, or all missing.</summary>
    internal (ulong Length, bool IsThere) Run(ulong address, ulong length)
    {
        int index = FirstEndingAt(address);
        if (index == _segments.Count)
            return (length, false);
        ImageSegment segment = _segments[index];
        return segment.Address > address
            ? (Math.Min(length, segment.Address - address), false)
            : (Math.Min(length - 1, segment.Last - address) + 1, true);
    }

    private ImageSegment? Find(ulong address)
    {
        int index = FirstEndingAt(address);
        return index < _segments.Count && _segments[index].Address <= address ? _segments[index] : null;
    }

    /// <summary>The first segment whose last byte is not before an address.</summary>
    private int FirstEndingAt(ulong address)
    {
        int low = 0;
        int high = _segments.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_segments[middle].Last >= address)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    private void CheckFree(ulong address, long length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (length <= 0)
            throw new ArgumentException("A segment has at least one byte.");
        ulong last = address + ((ulong)length - 1);
        if (last < address)
            throw new ArgumentOutOfRangeException(nameof(address), $"0x{address:x}", "The segment must end before the end of all addresses.");
        int index = FirstEndingAt(address);
        if (index < _segments.Count && _segments[index].Address <= last)
            throw new ArgumentException($"The segment overlaps the one at 0x{_segments[index].Address:x}.", nameof(address));
    }

    private void Insert(ImageSegment segment) => _segments.Insert(FirstEndingAt(segment.Address), segment);

    private static long Checked(long total, long offset, long? length)
    {
        if (offset < 0 || offset > total)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"There are {total} bytes.");
        long result = length ?? total - offset;
        if (result < 0 || result > total - offset)
            throw new ArgumentOutOfRangeException(nameof(length), length, $"There are {total - offset} bytes from there on.");
        return result;
    }
}
