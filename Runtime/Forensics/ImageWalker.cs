using System.Buffers.Binary;

namespace PteGuard;

/// <summary>
/// Walks page tables in a memory image that somebody else made: a dump, a guest, a broken machine. It needs no arena, changes
/// nothing, and never throws for what the image holds: what is wrong is in the answer, with the level at which it went wrong.
/// </summary>
/// <remarks>Thread-safe once the image is complete.</remarks>
/// <typeparam name="TArch">The architecture of the tables.</typeparam>
public sealed partial class ImageWalker<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private readonly MemoryImage _image;
    private readonly bool _bigEndian;

    /// <summary>A walker that starts from one root table.</summary>
    /// <param name="image">The memory.</param>
    /// <param name="root">
    /// The physical address of the root table, in bytes: CR3, TTBR or ASCE, whose flags in the low bits do not matter (those in the high
    /// bits, an ASID, the caller takes away), or the page number of satp times the page size.
    /// </param>
    /// <param name="bigEndian">Whether entries are stored with the most significant byte first, as a real s390 does it; this runtime stores all as the machine it runs on does.</param>
    /// <exception cref="NotSupportedException">The architecture has no page tables.</exception>
    public ImageWalker(MemoryImage image, ulong root, bool bigEndian = false)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (!TArch.HasMmu)
            Throw.NoMmu("Walking page tables");
        _image = image;
        _bigEndian = bigEndian;
        Root = root & ~(Math.Min(TableGeometry<TArch>.Levels[0].Bytes, PhysicalMemory.FrameSize) - 1);
    }

    /// <summary>The physical address of the root table, in bytes.</summary>
    public ulong Root { get; }

    /// <summary>Translates an address as hardware would, without looking at access rights.</summary>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <returns>Where it leads, or why nowhere. Whatever the image holds, this takes at most a step a level.</returns>
    /// <exception cref="ObjectDisposedException">The image is disposed.</exception>
    public ImageTranslation Translate(ulong addr) => Translate(addr, [], out _);

    /// <summary>As <see cref="Translate(ulong)"/>, and says by which entries.</summary>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="path">The physical address of each entry that was looked at, in bytes, from the root; those that there is no room for are left out.</param>
    /// <param name="depth">How many entries were looked at: at most 5.</param>
    /// <returns>Where it leads, or why nowhere.</returns>
    /// <exception cref="ObjectDisposedException">The image is disposed.</exception>
    public ImageTranslation Translate(ulong addr, Span<ulong> path, out int depth)
    {
        depth = 0;
        if (!TArch.IsCanonical(addr))
            return new(addr, ImageStatus.NotCanonical, TableLevel.Pgd, 0, 0, 0, PageAttributes.None);

        ulong table = Root;
        foreach (TableShape shape in TableGeometry<TArch>.Levels)
        {
            ulong place = table + (shape.Index(addr) * sizeof(ulong));
            if (depth < path.Length)
                path[depth] = place;
            depth++;
            if (!TryReadEntry(place, out ulong entry))
                return new(addr, ImageStatus.TableMissing, shape.EntryLevel, place, 0, 0, PageAttributes.None);

            (ImageStatus? status, DecodedEntry decoded) = Classify(entry, shape.EntryLevel);
            if (status is null)
            {
                table = decoded.Address;
                continue;
            }

            ulong physical = 0;
            if (status is ImageStatus.Mapped or ImageStatus.NoAccess)
            {
                physical = decoded.Address + (addr & ((1UL << shape.Shift) - 1));
                if (!_image.Run(physical, 1).IsThere)
                    status = ImageStatus.MemoryMissing;
            }

            return new(addr, status.Value, shape.EntryLevel, place, entry, physical, decoded.Attributes);
        }

        throw new InvalidOperationException("The lowest level has only leaves.");
    }

    /// <summary>Reads virtual memory up to the first byte that cannot be. Memory that hardware lets nobody access is read all the same.</summary>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="stopped">If it stopped early, what the address of the first missing byte came to; otherwise that of the last byte's page.</param>
    /// <returns>How many bytes were read.</returns>
    /// <exception cref="ObjectDisposedException">The image is disposed.</exception>
    public int Read(ulong addr, Span<byte> destination, out ImageTranslation stopped)
    {
        const ulong step = PhysicalMemory.FrameSize;
        int done = 0;
        do
        {
            stopped = Translate(addr);
            if (!stopped.HasMemory)
                return done;
            int wanted = (int)Math.Min((ulong)(destination.Length - done), step - (addr & (step - 1)));
            int read = _image.Read(stopped.Physical, destination.Slice(done, wanted));
            done += read;
            addr += (ulong)read;
            if (read < wanted)
                stopped = stopped with { Address = addr, Status = ImageStatus.MemoryMissing, Physical = stopped.Physical + (ulong)read };
        }
        while (done < destination.Length && stopped.HasMemory);

        return done;
    }

    /// <summary>Reads virtual memory, all or nothing.</summary>
    /// <param name="addr">The virtual address, in bytes.</param>
    /// <param name="destination">Where to; undefined if the result is false.</param>
    /// <exception cref="ObjectDisposedException">The image is disposed.</exception>
    public bool TryRead(ulong addr, Span<byte> destination) => Read(addr, destination, out _) == destination.Length;

    private bool TryReadEntry(ulong address, out ulong entry)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        bool there = _image.Read(address, bytes) == bytes.Length;
        entry = !there ? 0 : _bigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return there;
    }

    /// <summary>What an entry comes to; null: to a table, where it goes on.</summary>
    private static (ImageStatus? Status, DecodedEntry Decoded) Classify(ulong entry, TableLevel level)
    {
        DecodedEntry decoded = DecodedEntry.Of<TArch>(entry, level);
        ImageStatus? status = decoded.Kind switch
        {
            EntryKind.None => ImageStatus.NotPresent,
            EntryKind.Swap => ImageStatus.NotInMemory,
            EntryKind.Table => TArch.Refusal(entry, level),
            _ => TArch.Refusal(entry, level)
                ?? ((decoded.Attributes & PageAttributes.NoAccess) != 0 ? ImageStatus.NoAccess : ImageStatus.Mapped),
        };
        return (status, decoded);
    }
}
