namespace PteGuard;

public sealed unsafe partial class Mm<TArch>
{
    /// <summary>By swap type. Replaced as a whole under the mmap lock, held for writing: reclaim looks without a lock.</summary>
    private SwapArea<TArch>[] _swap = [];

    /// <summary>Registers a swap area, which must outlive the address space and every fork of it; forks have the same areas.</summary>
    /// <param name="area">The area; may be registered with several address spaces.</param>
    /// <returns>The type of the swap entries that name its slots (<see cref="SwpEntry.Type"/>).</returns>
    /// <exception cref="ArgumentException">It is registered already, or there are <see cref="SwpEntry.MaxSwapFiles"/>.</exception>
    [MayBlock]
    public uint SwapOn(SwapArea<TArch> area)
    {
        ArgumentNullException.ThrowIfNull(area);
        MmapLock.EnterWrite();
        try
        {
            if (Array.IndexOf(_swap, area) >= 0 || _swap.Length == SwpEntry.MaxSwapFiles)
                throw new ArgumentException($"A swap area is registered once, and there are {SwpEntry.MaxSwapFiles} at most.", nameof(area));
            Volatile.Write(ref _swap, [.. _swap, area]);
            return (uint)_swap.Length - 1;
        }
        finally
        {
            MmapLock.ExitWrite();
        }
    }

    /// <summary>Moves a page of a private region to a swap area, and takes it out of this address space; the next access faults it in.</summary>
    /// <remarks>
    /// As reclaim does it (<c>try_to_unmap_one</c>): the entry is emptied, an exclusive page stops being exclusive unless it is pinned,
    /// and the swap entry says in its exclusive mark (Linux 1493a1913e34) whether the page was, so that it comes back writable. Soft-dirty and userfaultfd
    /// marks go with it. Other address spaces that share the page keep it. A huge page is split.
    /// </remarks>
    /// <param name="addr">Where, in bytes.</param>
    /// <returns>False, and nothing changed: no private page is mapped there, or it is locked or pinned, or no area has a free slot.</returns>
    [MayBlock]
    public bool SwapOut(ulong addr)
    {
        MmapLock.EnterRead();
        try
        {
            return FindVma(addr) is { } vma && Reclaim.TryPage(vma, addr);
        }
        finally
        {
            MmapLock.ExitRead();
        }
    }

    /// <summary>The area that entries of a type name; null: none, or the type is no swap area's.</summary>
    internal SwapArea<TArch>? FindSwap(uint type)
    {
        SwapArea<TArch>[] areas = Volatile.Read(ref _swap);
        return type < (uint)areas.Length ? areas[type] : null;
    }

    /// <summary>A slot for a page: the one that it is known under, or a free one.</summary>
    internal bool TryAllocSwap(Page page, out SwpEntry entry)
    {
        SwapArea<TArch>[] areas = Volatile.Read(ref _swap);
        for (uint i = 0; i < 2 * (uint)areas.Length; i++)
        {
            uint type = i % (uint)areas.Length;
            if (!(i < (uint)areas.Length ? areas[type].TryFind(page, out ulong offset) : areas[type].TryAlloc(page, out offset)))
                continue;
            entry = new SwpEntry(type, offset);
            return true;
        }

        entry = default;
        return false;
    }

    /// <summary>Counts one more entry that names the slot of a swap entry, if it is one.</summary>
    internal void DuplicateSwap(Pte<TArch> pte)
    {
        SwpEntry entry = pte.ToSwpEntry();
        FindSwap(entry.Type)?.Duplicate(entry.Offset);
    }

    /// <summary>Lets go of the slot that a non-present entry named, if it was a swap entry.</summary>
    internal void FreeSwap(Pte<TArch> pte)
    {
        SwpEntry entry = pte.ToSwpEntry();
        FindSwap(entry.Type)?.Free(entry.Offset);
    }
}
