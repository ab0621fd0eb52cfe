using PteGuard;

namespace Legacy.Guest;

/// <summary>A guest's processor: walks the nested tables and marks what it touches, as hardware does.</summary>
internal sealed unsafe class Vcpu(NestedTable tables)
{
    /// <summary>How often the guest stopped because an address was not mapped or not writable.</summary>
    public int Exits { get; private set; }

    public bool TryLoad(ulong address, out ulong value)
    {
        ulong* cell = Access(address, EptEntry.Readable, EptEntry.Accessed);
        value = cell == null ? 0 : *cell;
        return cell != null;
    }

    public bool TryStore(ulong address, ulong value)
    {
        ulong* cell = Access(address, EptEntry.Writable, EptEntry.Accessed | EptEntry.Dirty);
        if (cell == null)
            return false;
        *cell = value;
        return true;
    }

    private ulong* Access(ulong address, ulong permission, ulong marks)
    {
        ulong* entry = tables.FindEntry(address);
        if (entry == null || (Volatile.Read(ref *entry) & permission) == 0)
        {
            Exits++;
            return null;
        }

        ulong value = Interlocked.Or(ref *entry, marks);
        return (ulong*)PhysicalMemory.ToPointer((value & EptEntry.AddressMask) | (address & (Layout.PageSize - 1)));
    }
}
