using System.IO.MemoryMappedFiles;

namespace PteGuard;

/// <summary>A run of physical memory in an image.</summary>
/// <param name="Address">The first physical address, in bytes.</param>
/// <param name="Length">How long, in bytes.</param>
public readonly record struct MemorySegment(ulong Address, ulong Length);

/// <summary>A run of physical memory, and where its bytes are.</summary>
internal abstract class ImageSegment(ulong address, ulong length) : IDisposable
{
    public ulong Address { get; } = address;

    public ulong Length { get; } = length;

    /// <summary>The last address, since the one after it may be 0.</summary>
    public ulong Last => Address + (Length - 1);

    /// <summary>Reads bytes that lie in the segment; returns how many, fewer if the file has become shorter.</summary>
    public abstract int Read(ulong offset, Span<byte> destination);

    public virtual void Dispose()
    {
    }
}

internal sealed class BytesSegment(ulong address, ReadOnlyMemory<byte> bytes) : ImageSegment(address, (ulong)bytes.Length)
{
    public override int Read(ulong offset, Span<byte> destination)
    {
        bytes.Span.Slice((int)offset, destination.Length).CopyTo(destination);
        return destination.Length;
    }
}

/// <summary>Physical memory of this process, live.</summary>
internal sealed unsafe class PageSegment(ulong address, Page page, ulong length) : ImageSegment(address, length)
{
    public override int Read(ulong offset, Span<byte> destination)
    {
        // A table entry is one load, so that what somebody is writing is seen before or after.
        byte* source = (byte*)page.Pointer + offset;
        if (destination.Length == sizeof(ulong) && (offset & (sizeof(ulong) - 1)) == 0)
            BitConverter.TryWriteBytes(destination, Volatile.Read(ref *(ulong*)source));
        else
            new ReadOnlySpan<byte>(source, destination.Length).CopyTo(destination);
        return destination.Length;
    }
}

/// <summary>A part of a file, mapped into memory.</summary>
internal sealed class FileSegment : ImageSegment
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    private FileSegment(ulong address, ulong length, MemoryMappedFile file, MemoryMappedViewAccessor view)
        : base(address, length)
    {
        _file = file;
        _view = view;
    }

    public static FileSegment Open(string path, ulong address, long offset, long length)
    {
        MemoryMappedFile file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        try
        {
            return new(address, (ulong)length, file, file.CreateViewAccessor(offset, length, MemoryMappedFileAccess.Read));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override int Read(ulong offset, Span<byte> destination)
    {
        _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)_view.PointerOffset + offset, destination);
        return destination.Length;
    }

    public override void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
        base.Dispose();
    }
}

/// <summary>A part of a stream that can seek, which has one position, so one reader at a time.</summary>
internal sealed class StreamSegment(ulong address, Stream stream, long start, long length) : ImageSegment(address, (ulong)length)
{
    public override int Read(ulong offset, Span<byte> destination)
    {
        lock (stream)
        {
            stream.Position = start + (long)offset;
            return stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
        }
    }
}
