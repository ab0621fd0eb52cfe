using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>
/// The physical memory of the process: one reserved range of addresses, from which arenas are carved. A physical
/// address and the pointer to its byte differ by one constant, so any number of arenas, address spaces and
/// architectures live side by side.
/// </summary>
/// <remarks>
/// The range is <c>PteGuard.PhysicalMemoryBytes</c> (AppContext, in bytes) or 256 GiB long; where the
/// operating system grants less, the largest power-of-two part of it that it grants. Nothing is committed before an
/// arena is created. The first 2 MiB are never handed out: physical address 0 names no memory.
/// </remarks>
public static unsafe class PhysicalMemory
{
    /// <summary>The unit of allocation and of the page descriptors, in bytes. Architectures with larger pages use several.</summary>
    public const int FrameSize = 1 << FrameShift;

    internal const int FrameShift = 12;
    internal const int ChunkFrameShift = 9;
    internal const int ChunkFrames = 1 << ChunkFrameShift;
    internal const ulong ChunkBytes = (ulong)ChunkFrames << FrameShift;

    private const ulong DefaultBytes = 256UL << 30;
    private const ulong SmallestBytes = 256UL << 20;

    // Static readonly integers of an initialised class are constants to the JIT: an address is one add.
    private static readonly ulong s_size;
    private static readonly nuint s_base;
    private static readonly nuint s_descriptors;
    private static readonly Arena?[] s_owners;
    private static readonly object s_gate = new();

    [SuppressMessage("Performance", "CA1810", Justification = "The three ranges are reserved together or not at all.")]
    static PhysicalMemory()
    {
        ulong wanted = AppContext.GetData("PteGuard.PhysicalMemoryBytes") switch
        {
            string text when ulong.TryParse(text, out ulong bytes) => bytes,
            long bytes and > 0 => (ulong)bytes,
            ulong bytes => bytes,
            _ => DefaultBytes,
        };

        for (ulong size = Math.Max(RoundUp(wanted, ChunkBytes), SmallestBytes); size >= SmallestBytes; size = RoundUp(size / 2, ChunkBytes))
        {
            ulong descriptorBytes = (size >> FrameShift) * PageDescriptor.SizeInBytes;
            nint start = NativeRange.Reserve((nuint)(size + ChunkBytes + descriptorBytes));
            if (start == 0)
                continue;

            s_size = size;
            s_base = (nuint)RoundUp((ulong)start, ChunkBytes);
            s_descriptors = s_base + (nuint)size;
            s_owners = new Arena?[size / ChunkBytes];
            return;
        }

        throw new InvalidOperationException($"The operating system grants no range of {SmallestBytes >> 20} MiB of addresses for physical memory.");
    }

    /// <summary>The length of the reserved range, in bytes; physical addresses are below it.</summary>
    public static ulong Size => s_size;

    /// <summary>Whether a physical address, in bytes, lies in the range. There need not be an arena at it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Contains(ulong address) => address < s_size;

    /// <summary>Whether a pointer points into the range, as one into a page table or a page does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Contains(void* pointer) => (ulong)((nuint)pointer - s_base) < s_size;

    /// <summary>The pointer to the byte at a physical address. The address is not checked.</summary>
    /// <param name="address">A physical address in bytes, inside an arena.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void* ToPointer(ulong address) => (void*)(s_base + (nuint)address);

    /// <summary>The physical address, in bytes, that a pointer into the range points to.</summary>
    /// <exception cref="ArgumentException">The pointer does not point into physical memory.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ToAddress(void* pointer)
    {
        ulong address = (nuint)pointer - s_base;
        if (address >= s_size)
            Throw.ForeignPointer(nameof(pointer));
        return address;
    }

    /// <summary>The arena that a physical address, in bytes, belongs to; null where there is none.</summary>
    public static Arena? FindArena(ulong address)
        => Contains(address) ? Volatile.Read(ref s_owners[address / ChunkBytes]) : null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static PageDescriptor* Descriptor(ulong frame)
        => (PageDescriptor*)(s_descriptors + (nuint)(frame * PageDescriptor.SizeInBytes));

    internal static ulong FrameOf(PageDescriptor* descriptor)
        => ((nuint)descriptor - s_descriptors) / PageDescriptor.SizeInBytes;

    /// <summary>Commits a run of chunks for <paramref name="arena"/> and returns its first frame.</summary>
    internal static ulong Carve(Arena arena, ulong bytes)
    {
        ulong chunks = bytes / ChunkBytes;
        lock (s_gate)
        {
            ulong first = FindRun(chunks);
            ulong frame = first << ChunkFrameShift;
            nuint descriptorBytes = (nuint)(chunks * ChunkFrames * PageDescriptor.SizeInBytes);
            if (!NativeRange.TryCommit((nint)ToPointer(first * ChunkBytes), (nuint)bytes))
                throw new ArenaExhaustedException($"The operating system commits no {bytes} bytes for an arena.");
            if (!NativeRange.TryCommit((nint)Descriptor(frame), descriptorBytes))
            {
                NativeRange.Decommit((nint)ToPointer(first * ChunkBytes), (nuint)bytes);
                throw new ArenaExhaustedException($"The operating system commits no {descriptorBytes} bytes for the page descriptors of an arena.");
            }

            s_owners.AsSpan((int)first, (int)chunks).Fill(arena);
            return frame;
        }
    }

    internal static void GiveBack(ulong frame, ulong bytes)
    {
        lock (s_gate)
        {
            ulong chunks = bytes / ChunkBytes;
            s_owners.AsSpan((int)(frame >> ChunkFrameShift), (int)chunks).Clear();
            NativeRange.Decommit((nint)ToPointer(frame << FrameShift), (nuint)bytes);
            NativeRange.Decommit((nint)Descriptor(frame), (nuint)(chunks * ChunkFrames * PageDescriptor.SizeInBytes));
        }
    }

    internal static ulong RoundUp(ulong value, ulong unit) => (value + unit - 1) / unit * unit;

    private static ulong FindRun(ulong chunks)
    {
        ulong run = 0;
        for (ulong chunk = 1; chunk < (ulong)s_owners.Length; chunk++)
        {
            run = s_owners[chunk] is null ? run + 1 : 0;
            if (run == chunks)
                return chunk + 1 - chunks;
        }

        throw new ArenaExhaustedException($"The {s_size >> 20} MiB of physical addresses have no free run of {chunks * ChunkBytes >> 20} MiB; dispose arenas, or set PteGuard.PhysicalMemoryBytes.");
    }
}
