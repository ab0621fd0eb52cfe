namespace PteGuard;

/// <summary>Pages that a handler has somewhere else in the address space.</summary>
public sealed unsafe partial class Userfault<TArch>
{
    /// <summary>Moves pages to where they are missing, without copying, and wakes who waits for them (<c>UFFDIO_MOVE</c>, Linux 6.8).</summary>
    /// <remarks>
    /// The mmap lock is held for reading, so others fault, and move in the opposite direction, meanwhile. Only pages that are the address space's alone
    /// are moved, in memory or in a swap area; a page that somebody pins in the middle of it stays where it is. A huge page is split.
    /// There are no locks of pages in this runtime, so of the kernel's protocol the trying for those is left out.
    /// </remarks>
    /// <param name="dst">Where to, in bytes, a multiple of the page size, registered for <see cref="UserfaultMode.Missing"/>.</param>
    /// <param name="src">Where from, in bytes, a multiple of the page size, in private anonymous memory.</param>
    /// <param name="length">How long, in bytes; rounded up to pages. The ranges do not overlap.</param>
    /// <returns>How it ended. Pages before the one that it ended at are moved.</returns>
    /// <exception cref="ArgumentException">An address is not aligned, a range is empty or leaves the addresses for regions, or they overlap.</exception>
    [MayBlock]
    public UserfaultResult Move(ulong dst, ulong src, ulong length)
    {
        ulong size = Mm<TArch>.CheckedLength(dst, length);
        Mm<TArch>.CheckedLength(src, length);
        if (dst < src + size && src < dst + size)
            throw new ArgumentException("The ranges must not overlap.", nameof(src));

        ulong moved = 0;
        UserfaultResult result = UserfaultResult.Succeeded;
        Mm.MmapLock.EnterRead();
        try
        {
            for (; moved < size && result == UserfaultResult.Succeeded; moved += result == UserfaultResult.Succeeded ? 1UL << TArch.PageShift : 0)
                result = TryMove(dst + moved, src + moved);
        }
        finally
        {
            Mm.MmapLock.ExitRead();
        }

        if (moved != 0)
            Queue.Wake(dst, dst + moved);
        return result;
    }

    private UserfaultResult TryMove(ulong dst, ulong src)
    {
        if (Find(dst, VmFlags.UffdMissing) is not { } to)
            return UserfaultResult.NotRegistered;
        if (Mm.FindVma(src) is not { } from)
            return UserfaultResult.NoSource;
        if (!from.IsPrivate || from.Memory is not null || (from.Flags & VmFlags.PfnMap) != 0)
            return UserfaultResult.Busy;
        return new UserfaultMove<TArch>(to, dst, from, src).Run();
    }
}
