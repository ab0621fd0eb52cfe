using PteGuard;

namespace Legacy.Guest;

/// <summary>The extended page tables of one guest, four levels: guest-physical to host-physical addresses.</summary>
internal sealed unsafe class NestedTable : IDisposable
{
    private const int Entries = 512;
    private const int TopLevel = 3;

    private readonly Arena _arena;
    private readonly Page _root;
    private int _tables;

    public NestedTable(Arena arena)
    {
        _arena = arena;
        _root = arena.AllocPage();
        _tables = 1;
    }

    public ulong* Root => Pointer(_root.Address);

    /// <summary>How many pages the tables themselves take.</summary>
    public int TableCount => _tables;

    /// <summary>The last-level entry of a guest address; null where no table reaches that far.</summary>
    public ulong* FindEntry(ulong address)
    {
        ulong* table = Root;
        for (int level = TopLevel; level > 0; level--)
        {
            ulong* entry = table + Index(address, level);
            if ((*entry & EptEntry.Present) == 0)
                return null;
            table = Pointer(*entry & EptEntry.AddressMask);
        }

        return table + Index(address, 0);
    }

    /// <summary>The last-level entry of a guest address, with tables added where they are missing.</summary>
    public ulong* AddEntry(ulong address)
    {
        ulong* table = Root;
        for (int level = TopLevel; level > 0; level--)
        {
            int index = Index(address, level);
            if ((table[index] & EptEntry.Present) == 0)
            {
                table[index] = _arena.AllocPage().Address | EptEntry.Present;
                _tables++;
            }

            table = Pointer(table[index] & EptEntry.AddressMask);
        }

        return &table[Index(address, 0)];
    }

    /// <summary>Maps a page, whose reference passes to the table.</summary>
    public void Map(ulong address, Page page, ulong permissions)
    {
        ulong* entry = AddEntry(address);
        if ((*entry & EptEntry.Present) != 0)
            throw new InvalidOperationException($"guest address 0x{address:x} is mapped to 0x{*entry & EptEntry.AddressMask:x} already");
        *entry = page.Address | permissions;
    }

    /// <summary>Takes a page out; its reference passes to the caller.</summary>
    public Page Unmap(ulong address)
    {
        ulong* entry = FindEntry(address);
        Page page = new((*entry & EptEntry.AddressMask) >> 12);
        *entry = 0;
        return page;
    }

    /// <summary>Exchanges the pages behind two guest addresses.</summary>
    public void Swap(ulong left, ulong right)
    {
        ulong* first = FindEntry(left);
        ulong* second = FindEntry(right);
        if (first == null || second == null)
            return;
        (*first, *second) = (*second, *first);
    }

    /// <summary>How many pages are mapped with all of these bits.</summary>
    public int Count(ulong bits) => Count(Root, TopLevel, bits);

    public void Dispose() => Free(Root, TopLevel);

    private static int Count(ulong* table, int level, ulong bits)
    {
        int count = 0;
        for (int i = 0; i < Entries; i++)
        {
            if ((table[i] & EptEntry.Present) == 0)
                continue;
            if (level > 0)
                count += Count(Pointer(table[i] & EptEntry.AddressMask), level - 1, bits);
            else if ((table[i] & bits) == bits)
                count++;
        }

        return count;
    }

    private static void Free(ulong* table, int level)
    {
        for (ulong* entry = table; entry < table + Entries; entry++)
        {
            if ((*entry & EptEntry.Present) == 0)
                continue;

            if (level > 0)
                Free(Pointer(*entry & EptEntry.AddressMask), level - 1);
            else
                new Page((*entry & EptEntry.AddressMask) >> 12).Put();
        }

        new Page(PhysicalMemory.ToAddress(table) >> 12).Put();
    }

    private static int Index(ulong address, int level) => (int)(address >> (12 + 9 * level)) & (Entries - 1);

    private static ulong* Pointer(ulong address) => (ulong*)PhysicalMemory.ToPointer(address);
}
