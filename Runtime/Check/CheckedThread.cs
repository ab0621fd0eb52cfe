using System.Diagnostics;

namespace PteGuard;

/// <summary>What one thread has mapped and locked, and where.</summary>
internal sealed class CheckedThread
{
    /// <summary>How many ended mappings a thread remembers.</summary>
    private const int Remembered = 16;

    [ThreadStatic]
    private static CheckedThread? t_current;

    private readonly List<Mapping> _mapped = [];
    private readonly List<Held> _locks = [];
    private readonly Mapping?[] _ended = new Mapping?[Remembered];
    private int _ends;

    /// <summary>A thread that ends takes its record along; what is still on it was never ended.</summary>
    ~CheckedThread()
    {
        foreach (Mapping mapping in _mapped)
            ContractCheck.Report("PTE0007", "A thread ended with a page table mapped.", mapping.Table, mapping.Made);
        foreach (Held held in _locks)
            ContractCheck.Report("PTE0019", "A thread ended with a page-table lock held.", held.Lock, held.Taken);
    }

    public static CheckedThread Current => t_current ??= new CheckedThread();

    /// <summary>A test that broke the contract on purpose leaves nothing for the next one in its thread.</summary>
    public static void Reset()
    {
        t_current?._mapped.Clear();
        t_current?._locks.Clear();
        t_current = null;
    }

    public void Map(nuint table, nuint bytes) => _mapped.Add(new(table, bytes, Places.Here()));

    public void JudgeUnmap(nuint entry)
    {
        int index = _mapped.FindLastIndex(mapping => mapping.Contains(entry));
        if (index < 0)
        {
            if (FindEnded(entry) is { } ended)
                ContractCheck.Report("PTE0008", "A page table is unmapped again.", entry, ended.Ended);
            else if (_mapped.Find(mapping => mapping.End == entry) is { } passed)
                ContractCheck.Report("PTE0008", "A page table is unmapped by a pointer past its end: step back by one.", entry, passed.Made);
            else
                ContractCheck.Report("PTE0008", "A page table is unmapped that this thread has not mapped.", entry, null);
            return;
        }

        if (index != _mapped.Count - 1)
            ContractCheck.Report("PTE0009", "A page table is unmapped before one that was mapped later.", entry, _mapped[^1].Made);
    }

    public void Unmap(nuint entry)
    {
        int index = _mapped.FindLastIndex(mapping => mapping.Contains(entry));
        if (index < 0)
            return;
        Mapping unmapped = _mapped[index];
        unmapped.Ended = Places.Here();
        _mapped.RemoveAt(index);
        _ended[_ends++ % Remembered] = unmapped;
    }

    /// <summary>A pointer that was made without mapping is none that was kept from a mapping.</summary>
    public void Forget(nuint table)
    {
        for (int i = 0; i < Remembered; i++)
        {
            if (_ended[i]?.Table == table)
                _ended[i] = null;
        }
    }

    public void Use(nuint entry)
    {
        if (_mapped.Exists(mapping => mapping.Contains(entry)))
            return;
        if (_mapped.Find(mapping => mapping.End == entry) is { } passed)
            ContractCheck.Report("PTE0008", "An entry past the end of the mapped table is used.", entry, passed.Made);
        else if (FindEnded(entry) is { } ended)
            ContractCheck.Report("PTE0008", "An entry is used after its table was unmapped.", entry, ended.Ended);
    }

    public void Lock(nuint address) => _locks.Add(new(address, Places.Here()));

    public void Unlock(nuint address)
    {
        int index = _locks.FindLastIndex(held => held.Lock == address);
        if (index >= 0)
            _locks.RemoveAt(index);
    }

    /// <summary>Something waits that must not wait here.</summary>
    public void Block(string what)
    {
        if (_mapped.Count != 0)
            ContractCheck.Report("PTE0013", $"{what} may wait, and a page table is mapped.", _mapped[^1].Table, _mapped[^1].Made);
        else if (_locks.Count != 0)
            ContractCheck.Report("PTE0013", $"{what} may wait, and a page-table lock is held.", _locks[^1].Lock, _locks[^1].Taken);
    }

    /// <summary>The mmap lock is released: what was mapped or locked under it should not be any more.</summary>
    public void LeaveMmapLock()
    {
        foreach (Mapping mapping in _mapped)
            ContractCheck.Report("PTE0007", "The mmap lock is released with a page table mapped.", mapping.Table, mapping.Made);
        foreach (Held held in _locks)
            ContractCheck.Report("PTE0019", "The mmap lock is released with a page-table lock held.", held.Lock, held.Taken);
    }

    private Mapping? FindEnded(nuint entry) => Array.Find(_ended, mapping => mapping is not null && mapping.Contains(entry) && mapping.IsOfThisLife);

    private sealed class Mapping(nuint table, nuint bytes, StackTrace made)
    {
        private readonly int _life = Check.LifeOf(table);

        public nuint Table => table;

        /// <summary>Whether the table is still the one that was mapped, and not a later one in the same memory.</summary>
        public bool IsOfThisLife => _life == Check.LifeOf(table);

        public nuint End => table + bytes;

        public StackTrace Made => made;

        public StackTrace? Ended { get; set; }

        public bool Contains(nuint entry) => entry >= table && entry < End;
    }

    private readonly record struct Held(nuint Lock, StackTrace Taken);
}
