namespace PteGuard;

public sealed partial class ImageWalker<TArch>
{
    /// <summary>The limit of tables unless another is given: those of more than two tebibytes in pages.</summary>
    public const int DefaultTableLimit = 1 << 20;

    /// <summary>What the tables map, in order of address, and everything that is wrong with them. Read while it is enumerated.</summary>
    /// <remarks>
    /// Garbage may be read as tables without number that share each other, so there is a limit. A table that an entry below it refers to
    /// (as some systems do on purpose, to see their own tables) is not entered again.
    /// </remarks>
    /// <param name="start">The first virtual address that is of interest, in bytes.</param>
    /// <param name="last">The last one.</param>
    /// <param name="tableLimit">How many tables to look at.</param>
    /// <exception cref="ObjectDisposedException">The image is disposed; thrown by the enumeration.</exception>
    public IEnumerable<ImageRange> Ranges(ulong start = 0, ulong last = ulong.MaxValue, int tableLimit = DefaultTableLimit)
    {
        ImageRange? pending = null;
        foreach (ImageRange found in Entries(start, last, tableLimit))
        {
            if (pending is { } before)
            {
                if (before.TryExtend(found, out ImageRange extended))
                {
                    pending = extended;
                    continue;
                }

                yield return before;
            }

            pending = found;
        }

        if (pending is { } end)
            yield return end;
    }

    private IEnumerable<ImageRange> Entries(ulong start, ulong last, int tableLimit)
    {
        TableShape[] levels = TableGeometry<TArch>.Levels;
        var path = new Cursor[levels.Length];
        path[0] = new Cursor { Table = Root };
        for (int depth = 0, tables = 1; depth >= 0;)
        {
            TableShape shape = levels[depth];
            Cursor at = path[depth];
            if (at.Next == shape.Entries)
            {
                depth--;
                continue;
            }

            path[depth].Next++;
            ulong addr = at.Start + ((ulong)at.Next << shape.Shift);
            ulong first = TableGeometry<TArch>.Canonical(addr);
            ulong end = first + ((1UL << shape.Shift) - 1);
            if (end < start || first > last)
                continue;

            var range = new ImageRange(first, end, ImageStatus.TableMissing, shape.EntryLevel, 0, PageAttributes.None);
            if (!TryReadEntry(at.Table + ((ulong)at.Next * sizeof(ulong)), out ulong entry))
            {
                yield return range;
                continue;
            }

            (ImageStatus? status, DecodedEntry decoded) = Classify(entry, shape.EntryLevel);
            if (status == ImageStatus.NotPresent)
                continue;
            if (status is ImageStatus.Mapped or ImageStatus.NoAccess)
            {
                foreach (ImageRange part in Split(range with { Status = status.Value, Physical = decoded.Address, Attributes = decoded.Attributes }))
                    yield return part;
            }
            else if (status is { } wrong)
            {
                yield return range with { Status = wrong, Attributes = wrong == ImageStatus.NotInMemory ? decoded.Attributes : PageAttributes.None };
            }
            else if (IsOnPath(path, depth, decoded.Address))
            {
                yield return range with { Status = ImageStatus.Cycle };
            }
            else if (++tables > tableLimit)
            {
                yield return range with { Status = ImageStatus.LimitReached, Last = last };
                yield break;
            }
            else
            {
                path[++depth] = new Cursor { Table = decoded.Address, Start = addr };
            }
        }
    }

    /// <summary>Memory that is partly in the image becomes several ranges.</summary>
    private IEnumerable<ImageRange> Split(ImageRange range)
    {
        for (ulong done = 0, size = range.Last - range.Start + 1; done < size;)
        {
            (ulong length, bool there) = _image.Run(range.Physical + done, size - done);
            yield return range with
            {
                Start = range.Start + done,
                Last = range.Start + done + (length - 1),
                Physical = range.Physical + done,
                Status = there ? range.Status : ImageStatus.MemoryMissing,
            };
            done += length;
        }
    }

    private static bool IsOnPath(Cursor[] path, int depth, ulong table)
    {
        for (int i = 0; i <= depth; i++)
        {
            if (path[i].Table == table)
                return true;
        }

        return false;
    }

    /// <summary>Where an enumeration is in a table.</summary>
    private struct Cursor
    {
        public ulong Table;
        public ulong Start;
        public int Next;
    }
}
