using PteGuard;

namespace Legacy.Kernel;

/// <summary>A swap area in managed memory. Each swap entry in a page table holds one use of its slot.</summary>
internal sealed unsafe class Swap
{
    private readonly Dictionary<ulong, Slot> _slots = [];
    private ulong _next = 1;

    public int SlotsInUse => _slots.Count;

    /// <summary>Writes a page out; the new slot has one use.</summary>
    public SwpEntry Write(Page page)
    {
        SwpEntry entry = new(0, _next++);
        _slots[entry.Offset] = new Slot { Content = new ReadOnlySpan<byte>(page.Pointer, (int)Layout.PageSize).ToArray(), Uses = 1 };
        return entry;
    }

    public void Read(SwpEntry entry, Page page)
        => _slots[entry.Offset].Content.CopyTo(new Span<byte>(page.Pointer, (int)Layout.PageSize));

    public void Get(SwpEntry entry) => _slots[entry.Offset].Uses++;

    public void Put(SwpEntry entry)
    {
        if (--_slots[entry.Offset].Uses == 0)
            _slots.Remove(entry.Offset);
    }

    private sealed class Slot
    {
        public required byte[] Content { get; init; }

        public int Uses { get; set; }
    }
}
