namespace Legacy.Guest;

/// <summary>Which pages of a slot of guest memory were written since the last look: for migration, and for frame buffers.</summary>
internal sealed unsafe class DirtyLog(NestedTable tables, ulong start, int pages)
{
    private readonly ulong[] _bitmap = new ulong[(pages + 63) / 64];

    public int Rounds { get; private set; }

    /// <summary>Forgets what was written so far.</summary>
    public void Start()
    {
        for (int page = 0; page < pages; page++)
        {
            ulong* entry = tables.FindEntry(start + (ulong)page * Layout.PageSize);
            *entry &= ~(EptEntry.Dirty | EptEntry.Accessed);
        }
    }

    /// <summary>Collects the dirty marks and clears them; returns how many there were.</summary>
    public int Collect()
    {
        Array.Clear(_bitmap);
        Rounds++;
        int dirty = 0;
        for (int page = 0; page < pages; page++)
        {
            ulong* pt = tables.FindEntry(start + (ulong)page * Layout.PageSize);
            if (pt == null)
                continue;

            if ((*pt & EptEntry.Present) != 0 && (*pt & EptEntry.Dirty) != 0)
            {
                *pt = *pt & ~EptEntry.Dirty;
                _bitmap[page / 64] |= 1UL << (page % 64);
                dirty++;
            }
        }

        return dirty;
    }

    /// <summary>Makes the slot read-only, so that each first write stops the guest.</summary>
    public int Protect()
    {
        int changed = 0;
        for (int page = 0; page < pages; page++)
        {
            ulong* entry = tables.FindEntry(start + (ulong)page * Layout.PageSize);
            if (entry == null)
                continue;
            ref ulong value = ref *entry;
            if ((value & EptEntry.Writable) == 0)
                continue;
            value &= ~EptEntry.Writable;
            changed++;
        }

        return changed;
    }

    /// <summary>The exit for a write to a read-only page: notes it and lets the guest go on.</summary>
    public bool OnWriteFault(ulong address)
    {
        if (address < start || address >= start + (ulong)pages * Layout.PageSize)
            return false;

        ulong* entry = tables.FindEntry(address);
        if ((*entry & (EptEntry.Present | EptEntry.Writable)) != EptEntry.Readable)
            return false;
        *entry |= EptEntry.Writable | EptEntry.Dirty;
        return true;
    }

    public bool Contains(int page) => (_bitmap[page / 64] >> (page % 64) & 1) != 0;
}
