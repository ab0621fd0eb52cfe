using System.Runtime.InteropServices;

namespace PteGuard;

/// <summary>
/// Where pages go when they are swapped out: slots in native memory, each with a count of the entries that name it. Shared by
/// the address spaces that it is registered with (<see cref="Mm{TArch}.SwapOn"/>), and thread-safe.
/// </summary>
/// <remarks>
/// A page that was read from a slot, or written to it, stays known under the slot while others map it, as in the kernel's
/// swap cache: two address spaces that share the slot share the page, too. Such a page belongs to nobody alone and is not written.
/// </remarks>
/// <typeparam name="TArch">The architecture, whose pages the slots have the size of.</typeparam>
public sealed unsafe class SwapArea<TArch> : IDisposable
    where TArch : unmanaged, IArchitecture<TArch>
{
    private readonly object _gate = new();
    private readonly int[] _counts;
    private readonly int[] _readers;
    private readonly Stack<int> _free = new();
    private readonly Dictionary<int, Page> _cache = [];
    private readonly Dictionary<Page, int> _slots = [];
    private byte* _storage;

    /// <summary>An area with room for so many pages.</summary>
    /// <param name="pages">At least 1, and no more than a swap entry of the architecture can name.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    /// <exception cref="OutOfMemoryException">The operating system has no memory.</exception>
    public SwapArea(int pages)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pages);
        if (pages == int.MaxValue || (ulong)pages >= (1UL << TArch.SwapOffsetBits) - 1)
            throw new ArgumentOutOfRangeException(nameof(pages), pages, $"A swap entry has {TArch.SwapOffsetBits} bits for the slot on {TArch.Name}.");
        Capacity = pages;

        // Slot 0 is a header in the kernel, and would be the empty entry on some architectures.
        _counts = new int[pages + 1];
        _readers = new int[pages + 1];
        for (int slot = pages; slot > 0; slot--)
            _free.Push(slot);
        _storage = (byte*)NativeMemory.AllocZeroed((nuint)pages, (nuint)1 << TArch.PageShift);
    }

    /// <summary>The number of slots.</summary>
    public int Capacity { get; }

    /// <summary>How many slots an entry names, or somebody reads from, now.</summary>
    public int UsedSlots
    {
        get
        {
            lock (_gate)
                return Capacity - _free.Count;
        }
    }

    /// <summary>The entries that name a slot now; 0: none, or there is no such slot (<c>swap_map</c>).</summary>
    /// <param name="offset">The offset of a swap entry.</param>
    public int EntriesOf(ulong offset)
    {
        lock (_gate)
            return IsSlot(offset) ? _counts[offset] : 0;
    }

    /// <summary>Gives the memory back. No entry may name a slot.</summary>
    /// <exception cref="InvalidOperationException">A slot is in use: dispose the address spaces first.</exception>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_storage is null)
                return;
            if (_free.Count != Capacity)
                throw new InvalidOperationException($"{Capacity - _free.Count} slots of the swap area are in use: dispose the address spaces first.");
            NativeMemory.Free(_storage);
            _storage = null;
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Takes a slot for a page, which becomes known under it, with one entry to come (<c>add_to_swap</c>).</summary>
    /// <remarks>Another address space that shares the page may have been quicker since <see cref="TryFind"/>: then its slot serves both.</remarks>
    internal bool TryAlloc(Page page, out ulong offset)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_storage is null, this);
            if (TryFind(page, out offset))
                return true;
            if (!_free.TryPop(out int slot))
            {
                offset = 0;
                return false;
            }

            Know(slot, page);
            _counts[slot] = 1;
            offset = (ulong)slot;
            return true;
        }
    }

    /// <summary>For a page that is known already: its slot gets one more entry. The contents are the same, or there is no entry yet.</summary>
    internal bool TryFind(Page page, out ulong offset)
    {
        lock (_gate)
        {
            bool known = _slots.TryGetValue(page, out int slot);
            if (known)
                _counts[slot]++;
            offset = (ulong)slot;
            return known;
        }
    }

    /// <summary>Counts one more entry (<c>swap_duplicate</c>). The lock of the table that has one is held.</summary>
    internal void Duplicate(ulong offset)
    {
        lock (_gate)
        {
            if (IsUsed(offset))
                _counts[offset]++;
        }
    }

    /// <summary>Counts one entry less (<c>swap_free</c>); the last frees the slot, if nobody is reading from it.</summary>
    internal void Free(ulong offset)
    {
        lock (_gate)
        {
            if (!IsUsed(offset) || --_counts[offset] != 0)
                return;
            Forget((int)offset);
            FreeIfUnused((int)offset);
        }
    }

    /// <summary>
    /// Keeps a slot from being used for something else while it is read, and gives the page that is known under it, with a reference, or
    /// none. False: no entry names the slot any more. Ends with <see cref="Unpin"/>.
    /// </summary>
    internal bool TryPin(ulong offset, out Page known)
    {
        lock (_gate)
        {
            known = default;
            if (!IsSlot(offset) || _counts[offset] == 0)
                return false;
            _readers[offset]++;
            if (_cache.TryGetValue((int)offset, out known))
                known.Get();
            return true;
        }
    }

    internal void Unpin(ulong offset)
    {
        lock (_gate)
        {
            if (--_readers[offset] != 0)
                return;
            if (_counts[offset] == 0)
                FreeIfUnused((int)offset);
            else
                ForgetIfUnmapped((int)offset);
        }
    }

    /// <summary>Makes a page that was read known. Another one may have been quicker: then that is the answer, with a reference instead of the one given.</summary>
    internal Page Publish(ulong offset, Page page)
    {
        lock (_gate)
        {
            if (_counts[offset] == 0)
                return page;
            if (_cache.TryGetValue((int)offset, out Page known))
            {
                known.Get();
                page.Put();
                return known;
            }

            Know((int)offset, page);
            return page;
        }
    }

    /// <summary>After a page was swapped out: forgets it, and every other page that is mapped nowhere, to get their memory back.</summary>
    /// <remarks>Forgetting is always right: who comes next reads the slot. It is a must for a part of a huge page, whose references are those of the whole.</remarks>
    internal void Settle(ulong offset, Page page)
    {
        lock (_gate)
        {
            if (page.Order != TArch.PageShift - PhysicalMemory.FrameShift && _cache.TryGetValue((int)offset, out Page known) && known == page)
                Forget((int)offset);
            foreach (int slot in _cache.Keys)
                ForgetIfUnmapped(slot);
        }
    }

    /// <summary>Writes a page, which nobody is changing, to its slot.</summary>
    internal void Write(ulong offset, Page page)
        => new ReadOnlySpan<byte>(page.Pointer, 1 << TArch.PageShift).CopyTo(Slot(offset));

    /// <summary>Reads a pinned slot.</summary>
    internal void Read(ulong offset, Page page)
        => Slot(offset).CopyTo(new Span<byte>(page.Pointer, 1 << TArch.PageShift));

    private Span<byte> Slot(ulong offset) => new(_storage + ((nuint)(offset - 1) << TArch.PageShift), 1 << TArch.PageShift);

    private bool IsSlot(ulong offset) => offset != 0 && offset <= (ulong)Capacity;

    private bool IsUsed(ulong offset)
    {
        bool used = IsSlot(offset) && _counts[offset] != 0;
        if (!used)
            Warnings.Report($"A swap entry names slot {offset}, which is not in use.");
        return used;
    }

    private void FreeIfUnused(int slot)
    {
        if (_counts[slot] == 0 && _readers[slot] == 0)
            _free.Push(slot);
    }

    private void ForgetIfUnmapped(int slot)
    {
        if (_readers[slot] == 0 && _cache.TryGetValue(slot, out Page page) && page.RefCount == 1)
            Forget(slot);
    }

    private void Know(int slot, Page page)
    {
        page.Get();
        _cache.Add(slot, page);
        _slots.Add(page, slot);
    }

    private void Forget(int slot)
    {
        if (!_cache.Remove(slot, out Page page))
            return;
        _slots.Remove(page);
        page.Put();
    }
}
