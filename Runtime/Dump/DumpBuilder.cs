using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>
/// Reads a whole tree, in regions and outside. The mmap lock keeps the directories; pte tables are read without their locks,
/// so each entry is right by itself and the dump does not hold anybody up.
/// </summary>
internal sealed unsafe class DumpBuilder<TArch>(IReadOnlyList<DumpedRegion> regions, bool frames)
    where TArch : unmanaged, IArchitecture<TArch>
{
    private readonly HashSet<ulong> _borders = [.. regions.Select(static region => region.Start), .. regions.Select(static region => region.End)];
    private readonly List<DumpedRange> _ranges = [];

    public DumpedTable Root { get; private set; } = null!;

    public IReadOnlyList<DumpedRange> Ranges => _ranges;

    public void Read(Mm<TArch> mm) => Root = Table(mm.Pgd, 0, 0);

    private DumpedTable Table(void* entries, int depth, ulong start)
    {
        TableShape shape = TableGeometry<TArch>.Levels[depth];
        var table = new DumpedTable(shape, TableGeometry<TArch>.Canonical(start), PhysicalMemory.ToAddress(entries));
        for (int i = 0; i < shape.Entries; i++)
        {
            // From the look at a pmd until its table is read, the table stays readable, detached or not.
            RcuReadLock();
            Entry(table, entries, i, depth, start + ((ulong)i << shape.Shift));
            RcuReadUnlock();
        }

        return table;
    }

    private void Entry(DumpedTable table, void* entries, int index, int depth, ulong addr)
    {
        TableShape shape = table.Shape;
        ulong word = ReadEntry(shape.EntryLevel, entries, index);
        DecodedEntry entry = DecodedEntry.Of<TArch>(word, shape.EntryLevel);
        if (entry.Kind == EntryKind.Table && !IsTable(word, shape.EntryLevel, entry.Address))
            entry = new(EntryKind.Leaf, PageAttributes.Bad, 0);

        table.Slots[index] = entry.Kind == EntryKind.Table ? SlotKind.Table
            : entry.Kind == EntryKind.None ? SlotKind.Empty
            : SvgPalette.KindOf(entry.Attributes);
        if (entry.Kind == EntryKind.Table)
            Below(table, word, entry.Address, depth + 1, addr);
        else if (entry.Kind != EntryKind.None)
            Add(addr, shape, entry);
    }

    private void Below(DumpedTable parent, ulong word, ulong address, int depth, ulong addr)
    {
        if (depth < TableGeometry<TArch>.Levels.Length - 1)
        {
            parent.Children.Add(Table(PhysicalMemory.ToPointer(address), depth, addr));
            return;
        }

        // From a copy, so that nothing is cleared that turns out malformed now.
        var pmd = new Pmd<TArch>(word);
        Pte<TArch>* ptep = PteOffsetMap(&pmd, addr);
        if (ptep is null)
            return;
        parent.Children.Add(Table(ptep, depth, addr));
        PteUnmap(ptep);
    }

    private static ulong ReadEntry(TableLevel level, void* table, int index) => level switch
    {
        TableLevel.Pte => PtepGetLockless((Pte<TArch>*)table + index).Value,
        TableLevel.Pmd => PmdpGetLockless((Pmd<TArch>*)table + index).Value,
        TableLevel.Pud => PudpGet((Pud<TArch>*)table + index).Value,
        TableLevel.P4d => P4dpGet((P4d<TArch>*)table + index).Value,
        _ => PgdpGet((Pgd<TArch>*)table + index).Value,
    };

    private static bool IsTable(ulong word, TableLevel level, ulong address)
    {
        bool bad = level switch
        {
            TableLevel.Pmd => TArch.PmdIsBad(word),
            TableLevel.Pud => TArch.PudIsBad(word),
            TableLevel.P4d => TArch.P4dIsBad(word),
            _ => TArch.PgdIsBad(word),
        };
        return !bad && PhysicalMemory.FindArena(address) is not null;
    }

    private void Add(ulong addr, TableShape shape, DecodedEntry entry)
    {
        ulong size = 1UL << shape.Shift;
        ulong? pfn = frames && entry.Kind == EntryKind.Leaf && entry.Attributes.IsInMemory() ? entry.Address >> TArch.PageShift : null;
        addr = TableGeometry<TArch>.Canonical(addr);
        if (_ranges.Count != 0 && !_borders.Contains(addr))
        {
            DumpedRange last = _ranges[^1];
            ulong? expected = last.Pfn + (last.Size >> TArch.PageShift);
            if (last.End == addr && last.Level == shape.EntryLevel && last.Attributes == entry.Attributes && expected == pfn)
            {
                _ranges[^1] = last with { End = addr + size };
                return;
            }
        }

        _ranges.Add(new(addr, addr + size, shape.EntryLevel, entry.Attributes, pfn));
    }
}
