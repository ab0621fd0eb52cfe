using PteGuard;

namespace Legacy.Guest;

/// <summary>The memory that a guest believes to be its machine's.</summary>
internal sealed unsafe class GuestMemory(Arena arena, NestedTable tables)
{
    /// <summary>Gives the guest memory at an address.</summary>
    public void AddSlot(ulong start, int pages)
    {
        for (int page = 0; page < pages; page++)
            tables.Map(start + (ulong)page * Layout.PageSize, arena.AllocPage(), EptEntry.Readable | EptEntry.Writable);
    }

    /// <summary>Takes pages that the guest's balloon driver has given up.</summary>
    public int Inflate(ulong start, int pages)
    {
        int taken = 0;
        for (int page = 0; page < pages; page++)
        {
            ulong address = start + (ulong)page * Layout.PageSize;
            if (IsCold(tables.FindEntry(address)))
            {
                tables.Unmap(address).Put();
                taken++;
            }
        }

        return taken;
    }

    /// <summary>Moves a slot's content to other frames, as when host memory is to be compacted or unplugged.</summary>
    public int Relocate(ulong start, int pages)
    {
        int moved = 0;
        for (int page = 0; page < pages; page++)
        {
            ulong* entry = tables.FindEntry(start + (ulong)page * Layout.PageSize);
            if (entry == null || (*entry & EptEntry.Present) == 0)
                continue;

            Page source = new((*entry & EptEntry.AddressMask) >> 12);
            Page target = arena.AllocPage();
            Buffer.MemoryCopy(source.Pointer, target.Pointer, Layout.PageSize, Layout.PageSize);
            *entry += target.Address - source.Address;
            source.Put();
            moved++;
        }

        return moved;
    }

    /// <summary>A line for each run of pages with the same permissions.</summary>
    public List<string> Describe(ulong start, int pages)
    {
        List<string> lines = [];
        string? current = null;
        int first = 0;
        for (int page = 0; page < pages; page++)
        {
            string permissions = Permissions(tables.FindEntry(start + (ulong)page * Layout.PageSize));
            if (permissions == current)
                continue;
            if (current != null)
                lines.Add($"{first,4}-{page - 1,-4} {current}");
            (current, first) = (permissions, page);
        }

        lines.Add($"{first,4}-{pages - 1,-4} {current}");
        return lines;
    }

    private static string Permissions(ulong* entry) => entry == null ? "no table" : (*entry & EptEntry.Present) switch
    {
        0 => "---",
        EptEntry.Readable => "r--",
        EptEntry.Readable | EptEntry.Writable => "rw-",
        _ => "rwx",
    };

    private static bool IsCold(ulong* entry)
        => (*entry & EptEntry.Present) != 0 && (*entry & (EptEntry.Accessed | EptEntry.Dirty)) == 0;
}
