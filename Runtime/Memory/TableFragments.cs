using System.Runtime.InteropServices;

namespace PteGuard;

/// <summary>
/// The pte tables of an address space that are smaller than a frame: two share one, and its lock (s390, until Linux
/// 6.9 or so). An address space shares frames with no other, since who locks a table of each would lock himself out.
/// </summary>
/// <remarks>Outlives the address space while tables wait for their readers to leave: each frame names its pool.</remarks>
internal sealed unsafe class TableFragments(Arena arena)
{
    /// <summary>The bytes of a fragment: half a frame.</summary>
    public const int Bytes = PhysicalMemory.FrameSize / 2;

    private const byte Both = 0b11;

    private readonly object _gate = new();
    private readonly HashSet<ulong> _halfUsed = [];
    private GCHandle _self;
    private int _frames;

    public bool TryAlloc(out Pgtable table)
    {
        lock (_gate)
        {
            foreach (ulong frame in _halfUsed)
            {
                _halfUsed.Remove(frame);
                table = Take(frame);
                return true;
            }
        }

        // Allocating may wait for readers, so not under the gate.
        if (!arena.TryAllocTable(0, out Page page))
        {
            table = default;
            return false;
        }

        lock (_gate)
        {
            if (_frames++ == 0)
                _self = GCHandle.Alloc(this);
            page.Descriptor->Owner = GCHandle.ToIntPtr(_self);
            page.Descriptor->Fragments = 0;
            _halfUsed.Add(page.Frame);
            table = Take(page.Frame);
            return true;
        }
    }

    /// <summary>Whether a frame is shared by tables, and one of them is at this address, in use.</summary>
    public static bool IsAllocated(Pgtable table)
        => table.Descriptor->Owner != 0 && (Volatile.Read(ref table.Descriptor->Fragments) & Bit(table)) != 0;

    public static void Free(Pgtable table)
        => ((TableFragments)GCHandle.FromIntPtr(table.Descriptor->Owner).Target!).Release(table);

    /// <summary>Which half of its frame a table is.</summary>
    public static int Index(Pgtable table) => (int)(table.Address / Bytes & 1);

    private static byte Bit(Pgtable table) => (byte)(1 << Index(table));

    private Pgtable Take(ulong frame)
    {
        PageDescriptor* descriptor = PhysicalMemory.Descriptor(frame);
        int index = (descriptor->Fragments & 1) == 0 ? 0 : 1;
        descriptor->Fragments |= (byte)(1 << index);
        if (descriptor->Fragments == Both)
            _halfUsed.Remove(frame);
        else
            _halfUsed.Add(frame);
        return new((frame << PhysicalMemory.FrameShift) + (ulong)(index * Bytes));
    }

    private void Release(Pgtable table)
    {
        PageDescriptor* descriptor = table.Descriptor;
        lock (_gate)
        {
            descriptor->Fragments &= (byte)~Bit(table);
            if (descriptor->Fragments != 0)
            {
                _halfUsed.Add(table.Page.Frame);
                return;
            }

            _halfUsed.Remove(table.Page.Frame);
            descriptor->Owner = 0;
            if (--_frames == 0)
                _self.Free();
        }

        arena.Free(table.Page.Frame);
    }
}
