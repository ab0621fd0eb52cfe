using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace PteGuard.Runtime.Tests;

/// <summary>The physical memory of a guest: a sparse file that the emulator maps too, so that nothing has to be carried over a wire.</summary>
public sealed unsafe class GuestMemory : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;

    public GuestMemory(long bytes, bool isBigEndian)
    {
        Size = (ulong)bytes;
        IsBigEndian = isBigEndian;
        string folder = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        FilePath = Path.Combine(folder, $"pteguard-guest-{Guid.NewGuid():n}");
        _file = MemoryMappedFile.CreateFromFile(FilePath, FileMode.CreateNew, null, bytes);
        _view = _file.CreateViewAccessor();
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
    }

    public string FilePath { get; }

    public ulong Size { get; }

    /// <summary>Whether the guest's words have their first byte at the upper end; here they have it as the host does.</summary>
    public bool IsBigEndian { get; }

    public void Write(ulong address, ReadOnlySpan<byte> bytes) => bytes.CopyTo(At<byte>(address, bytes.Length));

    public void Write(ulong address, ulong word)
        => Volatile.Write(ref At<ulong>(address, 1)[0], IsBigEndian ? BinaryPrimitives.ReverseEndianness(word) : word);

    public ulong Read(ulong address)
    {
        ulong word = Volatile.Read(ref At<ulong>(address, 1)[0]);
        return IsBigEndian ? BinaryPrimitives.ReverseEndianness(word) : word;
    }

    public void Write(ulong address, ReadOnlySpan<ulong> words)
    {
        Span<ulong> memory = At<ulong>(address, words.Length);
        if (IsBigEndian)
            BinaryPrimitives.ReverseEndianness(words, memory);
        else
            words.CopyTo(memory);
    }

    public void Read(ulong address, Span<ulong> words)
    {
        Span<ulong> memory = At<ulong>(address, words.Length);
        if (IsBigEndian)
            BinaryPrimitives.ReverseEndianness(memory, words);
        else
            memory.CopyTo(words);
    }

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
        File.Delete(FilePath);
    }

    private Span<T> At<T>(ulong address, int count)
        where T : unmanaged
    {
        Assert.True(address + ((ulong)count * (ulong)sizeof(T)) <= Size, $"0x{address:x} is not in the guest's memory");
        return new Span<T>(_start + address, count);
    }
}
