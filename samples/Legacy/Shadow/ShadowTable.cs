using PteGuard;

namespace Legacy.Shadow;

/// <summary>The shadow tables of one process: two levels, for addresses from 0 to 1 GiB.</summary>
internal sealed unsafe class ShadowTable : IDisposable
{
    private const int Entries = 512;

    private readonly Arena _arena;
    private readonly ShadowDirectory* _directories;

    public ShadowTable(Arena arena)
    {
        _arena = arena;
        _directories = (ShadowDirectory*)arena.AllocPage().Pointer;
    }

    /// <summary>The entry of an address; null where there is no table.</summary>
    [MapsEntry]
    public ShadowEntry* Find(ulong address)
    {
        ShadowDirectory* directory = DirectoryOf(address);
        return directory->Present ? EntriesOf(directory->Frame) + Index(address) : null;
    }

    /// <summary>Fills the entry of an address.</summary>
    public void Insert(ulong address, ShadowEntry value)
    {
        ShadowDirectory* directory = DirectoryOf(address);
        if (!directory->Present)
            *directory = new ShadowDirectory { Value = _arena.AllocPage().Address | 1 };

        ShadowEntry* entry = EntriesOf(directory->Frame) + Index(address);
        if (!entry->Present)
            directory->Users++;
        *entry = value;
    }

    /// <summary>Empties the entry of an address, and gives back a table that has no other in use.</summary>
    public bool Remove(ulong address)
    {
        ShadowEntry* entry = Find(address);
        if (entry == null || !entry->Present)
            return false;

        *entry = default;
        ShadowDirectory* directory = DirectoryOf(address);
        directory->Users--;
        if (directory->Users == 0)
        {
            new Page(directory->Frame).Put();
            *directory = default;
        }

        return true;
    }

    /// <summary>How many tables there are.</summary>
    public int TableCount
    {
        get
        {
            int count = 0;
            for (int i = 0; i < Entries; i++)
                count += _directories[i].Present ? 1 : 0;
            return count;
        }
    }

    public void Dispose()
    {
        for (int i = 0; i < Entries; i++)
        {
            if (_directories[i].Present)
                new Page(_directories[i].Frame).Put();
        }

        new Page(PhysicalMemory.ToAddress(_directories) >> 12).Put();
    }

    private static int Index(ulong address) => (int)(address / Layout.PageSize) % Entries;

    private static ShadowEntry* EntriesOf(ulong frame) => (ShadowEntry*)new Page(frame).Pointer;

    private ShadowDirectory* DirectoryOf(ulong address)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(address, Layout.PudSize);
        return &_directories[address / Layout.PmdSize];
    }
}
