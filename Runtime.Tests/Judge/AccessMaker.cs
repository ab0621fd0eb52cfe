using System.Globalization;

namespace PteGuard.Runtime.Tests;

/// <summary>Turns over bits of entries at every level, puts in entries that map memory at upper levels, and thinks of accesses that meet them.</summary>
public sealed unsafe class AccessMaker<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    /// <summary>Never looks like an entry that is present on any architecture, nor like what is in memory already.</summary>
    private const ulong Unlike = 0x70_7100_0000_0000;

    private readonly JudgedSpace<TArch> _space;
    private readonly Guest _guest;
    private readonly Random _random;

    /// <summary>What the entries that map memory at upper levels cover: address and size as powers of 2.</summary>
    private readonly HashSet<(int Shift, ulong Number)> _leaves = [];

    public AccessMaker(JudgedSpace<TArch> space, Guest guest, Random random)
    {
        _space = space;
        _guest = guest;
        _random = random;
    }

    public void ChangeTables()
    {
        var seen = new HashSet<nint>();
        foreach (JudgedPage page in _space.Pages)
        {
            for (int level = 0; level < page.Entries.Length; level++)
            {
                // An upper entry stands before many pages, so it is left alone more often.
                bool isLeaf = level == page.Entries.Length - 1;
                if (seen.Add(page.Entries[level]) && _random.Next(isLeaf ? 3 : 10) == 0)
                    Flip((ulong*)page.Entries[level], _guest.FlippedBits(_space.Shifts[level], isLeaf));
            }

            if (_random.Next(8) == 0)
                MakeKernelPage(page);
        }

        _leaves.Clear();
        foreach (JudgedPage page in _space.Pages)
        {
            if (TArch.HasHugePmd && _guest.HasHugePmd && _random.Next(8) == 0)
                MakeLeaf(page, page.Entries.Length - 2);
            if (_guest.HasHugePud && _random.Next(24) == 0)
                MakeLeaf(page, page.Entries.Length - 3);
        }
    }

    /// <summary>The next access, mostly to a page that was mapped.</summary>
    public GuestAccess Next(ulong number)
    {
        MmuAccess kind = Judge.Kinds[_random.Next(Judge.Kinds.Length)];
        ulong address;
        do
        {
            address = IntoMemory(NextAddress()) & ~15UL;
        }
        while (_guest.IsReserved(address));

        // Stores leave instructions alone.
        bool code = (kind & MmuAccess.Execute) != 0 || ((kind & MmuAccess.Write) == 0 && _random.Next(2) == 0);
        return new GuestAccess { Address = code ? address | 8 : address, Access = (ulong)kind, Value = Unlike | (number << 8) };
    }

    /// <summary>The entries on the way to the page that an address lies in or near, as they are now.</summary>
    public string Describe(ulong address)
    {
        JudgedPage? page = _space.Pages.FirstOrDefault(page => page.Address >> TArch.PageShift == address >> TArch.PageShift)
            ?? _space.Pages.FirstOrDefault(page => page.Address >> TArch.PmdShift == address >> TArch.PmdShift);
        return page is null ? "" : "; entries " + string.Join(' ', page.Entries.Select(entry => (*(ulong*)entry).ToString("x", CultureInfo.InvariantCulture)));
    }

    private ulong NextAddress()
    {
        JudgedPage page = _space.Pages[_random.Next(_space.Pages.Count)];
        ulong inPage = _random.Next(4) switch
        {
            0 => 0,
            1 => (1UL << TArch.PageShift) - 1,
            _ => (ulong)_random.NextInt64(1L << TArch.PageShift),
        };
        switch (_random.Next(16))
        {
            case < 10:
                return page.Address | inPage;
            case < 14:
                return page.Address + ((ulong)_random.Next(TArch.PtrsPerPte) << TArch.PageShift) + inPage;
            case 14:
                return page.Address + (1UL << _space.Shifts[_random.Next(_space.Shifts.Length)]);
            default:
                return page.Address ^ (1UL << _random.Next(TArch.PageShift, 64));
        }
    }

    /// <summary>A large leaf covers more than the arena: the address that lies in a data page, should there be one at this address.</summary>
    private ulong IntoMemory(ulong address)
    {
        foreach (int shift in _space.Shifts)
        {
            if (!_leaves.Contains((shift, address >> shift)))
                continue;
            ulong target = _space.Pages[_random.Next(_space.Pages.Count)].Physical | (address & ((1UL << TArch.PageShift) - 1));
            return (address >> shift << shift) | (target & ((1UL << shift) - 1));
        }

        return address;
    }

    private void Flip(ulong* entry, ulong allowed)
    {
        ulong bit;
        do
        {
            bit = 1UL << _random.Next(64);
        }
        while ((bit & allowed) == 0);
        *entry ^= bit;
    }

    private void MakeKernelPage(JudgedPage page)
    {
        for (int level = 0; level < page.Entries.Length; level++)
        {
            ulong* entry = (ulong*)page.Entries[level];
            *entry = _guest.ToKernel(_space.Shifts[level], *entry);
        }
    }

    private void MakeLeaf(JudgedPage page, int level)
    {
        int shift = _space.Shifts[level];
        ulong target = _space.Pages[_random.Next(_space.Pages.Count)].Physical >> shift << shift;
        ulong protection = Pgprot<TArch>.Of((VmFlags)_random.Next(16)).Value;
        if (_random.Next(2) == 0)
            protection = TArch.PteMkWrite(protection);
        if (_random.Next(2) == 0)
            protection = TArch.PteMkOld(protection);
        ulong* entry = (ulong*)page.Entries[level];
        *entry = _guest.HugeEntry(shift, TArch.MakeHugePmd(target >> TArch.PageShift, protection));
        if (_random.Next(4) == 0)
            Flip(entry, _guest.FlippedBits(shift, isLeaf: true));
        _leaves.Add((shift, page.Address >> shift));
    }
}
