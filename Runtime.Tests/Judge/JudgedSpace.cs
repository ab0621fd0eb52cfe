namespace PteGuard.Runtime.Tests;

/// <summary>
/// An address space built through the runtime, spread over all levels, in an arena of its own. The second half of each 16
/// bytes of its data pages is instructions, the first half tells the physical address.
/// </summary>
public sealed unsafe class JudgedSpace<TArch> : IDisposable
    where TArch : unmanaged, IArchitecture<TArch>
{
    private const int Regions = 40;
    private const int PagesPerRegion = 4;

    /// <summary>Larger pages make larger tables.</summary>
    private static readonly long s_arenaBytes = 16L << 20 << (TArch.PageShift > 14 ? 1 : 0);

    private readonly Guest _guest;
    private readonly Random _random;
    private readonly List<JudgedPage> _pages = [];
    private readonly List<Arena> _fillers = [];
    private readonly List<Page> _padding = [];
    private readonly Dictionary<ulong, int> _shifts = [];
    private readonly byte[] _pristine;

    public JudgedSpace(Guest guest, Random random, ulong alignment)
    {
        _guest = guest;
        _random = random;
        Arena = CarveAligned(alignment);
        Mm = new Mm<TArch>(Arena);
        Start = StartOf(Arena);
        Shifts = [.. LevelShifts()];

        PadAfterRoot();
        foreach (ulong address in Addresses())
            MapRegion(address);
        _pristine = Memory.ToArray();
    }

    public Arena Arena { get; }

    public Mm<TArch> Mm { get; }

    public IReadOnlyList<JudgedPage> Pages => _pages;

    /// <summary>For each level that is not folded, the root's first: the logarithm of what an entry covers.</summary>
    public int[] Shifts { get; }

    /// <summary>The physical address of the arena.</summary>
    public ulong Start { get; }

    public ulong Size => (ulong)s_arenaBytes;

    public ulong Root => PhysicalMemory.ToAddress(Mm.Pgd);

    public Span<byte> Memory => new(PhysicalMemory.ToPointer(Start), (int)s_arenaBytes);

    /// <summary>The logarithm of what the entry at a physical address covers; 0: it is none, or none that maps a page.</summary>
    public int ShiftAt(ulong physical) => _shifts.GetValueOrDefault(physical);

    /// <summary>Tables and data as they were first.</summary>
    public void Restore() => _pristine.CopyTo(Memory);

    public void Dispose()
    {
        Restore();
        Mm.Dispose();
        _padding.ForEach(static page => page.Put());
        PageTable.RcuBarrier();
        Arena.Dispose();
        _fillers.ForEach(static filler => filler.Dispose());
    }

    /// <summary>
    /// An arena at a multiple of the largest leaf, so that its entry, met at a lower level, still names memory of the arena.
    /// Others, which nobody uses, take up the addresses below.
    /// </summary>
    private Arena CarveAligned(ulong alignment)
    {
        while (true)
        {
            var probe = new Arena((long)PhysicalMemory.ChunkBytes);
            ulong start = StartOf(probe);
            Assert.True(start + Size <= _guest.Memory.Size, "the guest's memory has no room for the arena");
            if (start % alignment == 0)
            {
                probe.Dispose();
                var arena = new Arena(s_arenaBytes);
                if (StartOf(arena) == start)
                    return arena;
                arena.Dispose();
                probe = new Arena((long)PhysicalMemory.ChunkBytes);
            }

            _fillers.Add(probe);
        }
    }

    private static ulong StartOf(Arena arena)
    {
        Page page = arena.AllocPage();
        ulong start = page.Address / PhysicalMemory.ChunkBytes * PhysicalMemory.ChunkBytes;
        page.Put();
        while (PhysicalMemory.FindArena(start - PhysicalMemory.ChunkBytes) == arena)
            start -= PhysicalMemory.ChunkBytes;
        return start;
    }

    /// <summary>Keeps the chunk of the root table free of others, so that no entry comes to refer to the root when a bit of its frame is turned over: a part of the root is the guest's.</summary>
    private void PadAfterRoot()
    {
        Page page;
        do
        {
            page = Arena.AllocPage();
            _padding.Add(page);
        }
        while (page.Address / PhysicalMemory.ChunkBytes == Root / PhysicalMemory.ChunkBytes);
    }

    private static IEnumerable<int> LevelShifts()
    {
        yield return TArch.PgdShift;
        if (!TArch.IsP4dFolded)
            yield return TArch.P4dShift;
        if (!TArch.IsPudFolded)
            yield return TArch.PudShift;
        if (!TArch.IsPmdFolded)
            yield return TArch.PmdShift;
        yield return TArch.PageShift;
    }

    /// <summary>The first and the last regions, and others anywhere, some of which share tables with one before.</summary>
    private HashSet<ulong> Addresses()
    {
        ulong huge = 1UL << TArch.PmdShift;
        var found = new HashSet<ulong> { 0, (TArch.TaskSize - 1) & ~(huge - 1) };
        while (found.Count < Regions)
        {
            ulong address = (ulong)_random.NextInt64() % TArch.TaskSize;
            if (_random.Next(2) == 0)
            {
                int kept = Shifts[_random.Next(Shifts.Length - 1)];
                address = (found.ElementAt(_random.Next(found.Count)) >> kept << kept) | (address & ((1UL << kept) - 1));
            }

            // The upper half, where the tables serve it too.
            if (_random.Next(3) == 0 && TArch.IsCanonical(~address))
                address = ~address;
            address &= ~(huge - 1);
            if (TArch.IsCanonical(address) && !_guest.IsReserved(address))
                found.Add(address);
        }

        return found;
    }

    private void MapRegion(ulong region)
    {
        for (int i = 0; i < PagesPerRegion; i++)
        {
            int index = i switch { 0 => 0, 1 => TArch.PtrsPerPte - 1, _ => _random.Next(TArch.PtrsPerPte) };
            ulong address = region + ((ulong)index << TArch.PageShift);
            if (_pages.Exists(page => page.Address == address))
                continue;
            Page page = Arena.AllocPage(TArch.PageShift - PhysicalMemory.FrameShift);
            Fill(page);
            Map(address, page);
            nint[] entries = EntriesOf(address);
            _pages.Add(new JudgedPage(address, page.Address, entries));
            for (int level = 0; level < entries.Length; level++)
                _shifts[PhysicalMemory.ToAddress((void*)entries[level])] = Shifts[level];
        }
    }

    private void Map(ulong address, Page page)
    {
        Pte<TArch> pte = PageTable.MkPte(page, Pgprot<TArch>.Of((VmFlags)_random.Next(16)));
        if (_random.Next(2) == 0)
            pte = pte.MkOld();
        if (_random.Next(3) == 0)
            pte = pte.MkDirty();
        if (_random.Next(3) == 0)
            pte = pte.MkWrite();
        if (_random.Next(8) == 0)
            pte = pte.Wrprotect();
        Pte<TArch>* ptep = PageTable.GetLockedPte(Mm, address, out PtLock ptl);
        Assert.True(ptep is not null);
        PageTable.SetPteAt(Mm, address, ptep, pte);
        PageTable.PteUnmapUnlock(ptep, ptl);
    }

    private void Fill(Page page)
    {
        var words = new Span<ulong>(page.Pointer, 1 << (TArch.PageShift - 3));
        for (int i = 0; i < words.Length; i += 2)
        {
            ulong physical = page.Address + ((ulong)i * sizeof(ulong));
            words[i] = physical;
            words[i + 1] = _guest.CodeAt(physical + sizeof(ulong));
        }
    }

    private nint[] EntriesOf(ulong address)
    {
        Pgd<TArch>* pgd = PageTable.PgdOffset(Mm, address);
        P4d<TArch>* p4d = PageTable.P4dOffset(pgd, address);
        Pud<TArch>* pud = PageTable.PudOffset(p4d, address);
        Pmd<TArch>* pmd = PageTable.PmdOffset(pud, address);

        // A folded level's entry is that of the level above, and is there once.
        return [.. new[] { (nint)pgd, (nint)p4d, (nint)pud, (nint)pmd, (nint)PageTable.PteOffsetKernel(pmd, address) }.Distinct()];
    }
}
