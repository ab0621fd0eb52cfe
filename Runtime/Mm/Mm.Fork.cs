using System.Diagnostics.CodeAnalysis;

namespace PteGuard;

public sealed unsafe partial class Mm<TArch>
{
    /// <summary>Odd while a fork is write-protecting private pages: who pins a page without a lock looks at it before and after (<c>write_protect_seq</c>, Linux 5.11).</summary>
    private int _protectSequence;

    /// <summary>A copy of the address space (<c>dup_mmap</c>). Private pages are shared until one side writes.</summary>
    /// <returns>The child, in the same arena and with the same swap areas. The caller disposes it.</returns>
    /// <exception cref="ArenaExhaustedException">There is no memory for the child's tables, or for a copy of a pinned page; nothing is left behind. See <see cref="TryFork"/>.</exception>
    /// <exception cref="ObjectDisposedException">The address space is disposed.</exception>
    [MayBlock]
    public Mm<TArch> Fork()
        => TryFork(out Mm<TArch>? child) ? child : throw new ArenaExhaustedException("The arena has no memory for the tables of a copy of the address space.");

    /// <summary>As <see cref="Fork"/>, but answers false where there is no memory.</summary>
    /// <remarks>
    /// Takes the mmap lock, for writing. Regions with <see cref="VmFlags.DontCopy"/> are left out, those with
    /// <see cref="VmFlags.WipeOnFork"/> come without pages, nothing is locked in the child's memory, and it is not registered with a <see cref="Userfault{TArch}"/>.
    /// A shared region that maps no <see cref="SharedMemory"/> has nothing behind it: pages that are there are shared for good, and later ones are each one's own.
    /// Where the copy fails, the parent has lost no page, but may have to fault before it writes.
    /// </remarks>
    /// <param name="child">The child; null where the result is false.</param>
    /// <exception cref="ObjectDisposedException">The address space is disposed.</exception>
    [MayBlock]
    public bool TryFork([NotNullWhen(true)] out Mm<TArch>? child)
    {
        ObjectDisposedException.ThrowIf(_pgd is null, this);
        child = null;
        Mm<TArch>? copy = TryCreate(Arena);
        if (copy is null)
            return false;

        try
        {
            MmapLock.EnterWrite();
            try
            {
                if (copy.TryCopyRegions(this))
                    child = copy;
            }
            finally
            {
                MmapLock.ExitWrite();
            }
        }
        finally
        {
            if (child is null)
                copy.Dispose();
        }

        return child is not null;
    }

    /// <summary>The sequence that <see cref="BeginProtect"/> and <see cref="EndProtect"/> advance.</summary>
    internal int ProtectSequence => Volatile.Read(ref _protectSequence);

    /// <summary>From now on who pins without a lock gives up. The mmap lock is held for writing; a full barrier.</summary>
    internal void BeginProtect() => Interlocked.Increment(ref _protectSequence);

    internal void EndProtect() => Interlocked.Increment(ref _protectSequence);

    private static Mm<TArch>? TryCreate(Arena arena)
    {
        try
        {
            return new Mm<TArch>(arena);
        }
        catch (ArenaExhaustedException)
        {
            return null;
        }
    }

    /// <summary>Fills a new address space; the parent's mmap lock is held for writing. False: no memory, and what was copied is the caller's to drop.</summary>
    private bool TryCopyRegions(Mm<TArch> parent)
    {
        MmapLock.EnterWrite();
        try
        {
            _swap = parent._swap;
            foreach (Vma<TArch> source in parent._regions)
            {
                if ((source.Flags & VmFlags.DontCopy) != 0)
                    continue;
                var copy = new Vma<TArch>(this, source.Start, source.End, VmFlags.None, source.Memory, source.MemoryOffset) { PageOffset = source.PageOffset };
                PageTable.VmFlagsInit(copy, source.Flags & ~(VmFlags.Locked | (source.Userfault is null ? VmFlags.None : UserfaultFlags)));

                // The reservation is the parent's. The flag comes back with one of the child's own, or not at all (Linux dc84bc2aba85).
                if (Defence.Holds(Defence.PatClearedFirst))
                    PageTable.UntrackPfnClear(copy);

                // Before the pages: if they fail, the whole child is taken down, and this region must be part of it.
                _regions.Add(copy);
                if ((source.Flags & VmFlags.WipeOnFork) == 0 && !PageTable.CopyPageRange(copy, source))
                    return false;
            }

            return true;
        }
        finally
        {
            MmapLock.ExitWrite();
        }
    }
}
