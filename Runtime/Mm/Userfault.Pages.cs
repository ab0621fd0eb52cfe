using static PteGuard.PageTable;

namespace PteGuard;

/// <summary>Pages that a handler puts where they were missing.</summary>
public sealed unsafe partial class Userfault<TArch>
{
    /// <summary>Puts pages with these contents where nothing is mapped, and wakes who waits for them (<c>UFFDIO_COPY</c>).</summary>
    /// <remarks>The pages are filled before any lock is taken, and whoever sees an entry sees its page filled.</remarks>
    /// <param name="addr">Where, in bytes, a multiple of the page size, registered for <see cref="UserfaultMode.Missing"/>.</param>
    /// <param name="source">The contents, in bytes: a multiple of the page size.</param>
    /// <param name="writeProtect">Whether they may not be written yet (<c>UFFDIO_COPY_MODE_WP</c>), in a range that is registered for that, too. Otherwise a mark that stands there is taken away.</param>
    /// <returns>Whether it is done: not where there is a page, or no memory, or the registration has ended. Pages before that one are in place.</returns>
    /// <exception cref="ArgumentException">The address is not aligned, or the contents are none or not whole pages; or write protection was not registered for.</exception>
    [MayBlock]
    public UserfaultResult Copy(ulong addr, ReadOnlySpan<byte> source, bool writeProtect = false)
    {
        int size = 1 << TArch.PageShift;
        Mm<TArch>.CheckedLength(addr, (ulong)source.Length);
        if (source.Length % size != 0)
            throw new ArgumentException($"The contents must be pages of {size} bytes, not {source.Length} bytes.", nameof(source));
        if (writeProtect && (Mode & UserfaultMode.WriteProtect) == 0)
            throw new ArgumentException("The range is not registered for write protection.", nameof(writeProtect));

        for (; source.Length != 0; source = source[size..], addr += (ulong)size)
        {
            UserfaultResult result = TryPut(addr, source[..size], writeProtect);
            if (result != UserfaultResult.Succeeded)
                return result;
        }

        return UserfaultResult.Succeeded;
    }

    /// <summary>Puts a page of zeroes where nothing is mapped, and wakes who waits for it (<c>UFFDIO_ZEROPAGE</c>). The page is the range's own, and may be written at once.</summary>
    /// <param name="addr">Where, in bytes, a multiple of the page size, registered for <see cref="UserfaultMode.Missing"/>.</param>
    /// <returns>As <see cref="Copy"/>.</returns>
    /// <exception cref="ArgumentException">The address is not aligned, or is none that regions may have.</exception>
    [MayBlock]
    public UserfaultResult ZeroPage(ulong addr)
    {
        Mm<TArch>.CheckedLength(addr, 1UL << TArch.PageShift);
        return TryPut(addr, [], writeProtect: false);
    }

    /// <summary>Forbids writing to pages, or allows it again and wakes who waits for that (<c>UFFDIO_WRITEPROTECT</c>).</summary>
    /// <remarks>
    /// Pages that are in a swap area are marked there, and where there is no page a marker keeps the place (<c>UFFD_FEATURE_WP_UNPOPULATED</c>, Linux 6.4). A
    /// huge page is split. What was allowed again is writable after the next fault.
    /// </remarks>
    /// <param name="addr">Where, in bytes, a multiple of the page size, registered for <see cref="UserfaultMode.WriteProtect"/>.</param>
    /// <param name="length">How long, in bytes; rounded up to pages.</param>
    /// <param name="protect">Whether writing is forbidden.</param>
    /// <returns><see cref="UserfaultResult.NotRegistered"/>, and nothing done, where a part of the range is not; <see cref="UserfaultResult.NoMemory"/> where there is none for a table with markers.</returns>
    /// <exception cref="ArgumentException">The address is not aligned, the range is empty or leaves the addresses for regions.</exception>
    [MayBlock]
    public UserfaultResult WriteProtect(ulong addr, ulong length, bool protect)
    {
        ulong end = addr + Mm<TArch>.CheckedLength(addr, length);
        Mm.MmapLock.EnterRead();
        try
        {
            if (!Covers(addr, end, VmFlags.UffdWp))
                return UserfaultResult.NotRegistered;
            for (ulong start = addr; start < end;)
            {
                Vma<TArch> vma = Find(start, VmFlags.UffdWp)!;
                ulong next = Math.Min(vma.End, end);
                if (!UserfaultMarks.TryChange(vma, start, next, protect))
                    return UserfaultResult.NoMemory;
                start = next;
            }
        }
        finally
        {
            Mm.MmapLock.ExitRead();
        }

        if (!protect)
            Queue.Wake(addr, end);
        return UserfaultResult.Succeeded;
    }

    private UserfaultResult TryPut(ulong addr, ReadOnlySpan<byte> contents, bool writeProtect)
    {
        if (!Mm.Arena.TryAllocPage(out Page page, TArch.PageShift - PhysicalMemory.FrameShift))
            return UserfaultResult.NoMemory;
        contents.CopyTo(new Span<byte>(page.Pointer, 1 << TArch.PageShift));
        UserfaultResult result;
        Mm.MmapLock.EnterRead();
        try
        {
            result = Find(addr, VmFlags.UffdMissing) is { } vma ? TryInstall(vma, addr, page, writeProtect) : UserfaultResult.NotRegistered;
        }
        finally
        {
            Mm.MmapLock.ExitRead();
        }

        if (result == UserfaultResult.Succeeded)
            Queue.Wake(addr, addr + (1UL << TArch.PageShift));
        else
            page.Put();
        return result;
    }

    private static UserfaultResult TryInstall(Vma<TArch> vma, ulong addr, Page page, bool writeProtect)
    {
        Pmd<TArch>* pmdp = PmdAllocWalk(vma.Mm, addr);
        if (pmdp is null)
            return UserfaultResult.NoMemory;
        page.SetAnonExclusive();
        Pte<TArch> entry = MkPte(page, vma.PageProt).MkYoung().MkDirty();
        if ((vma.Flags & VmFlags.Write) != 0)
            entry = entry.MkWrite();
        entry = WriteTracking.OfNewPage(entry);
        while (true)
        {
            if (!PteAlloc(vma.Mm, pmdp))
                return UserfaultResult.NoMemory;
            Pte<TArch>* ptep = PteOffsetMapLock(vma.Mm, pmdp, addr, out PtLock ptl);
            if (ptep is null)
            {
                // An empty table may have been taken away, and then there is room for another.
                if (PmdpGetLockless(pmdp).IsNone)
                    continue;
                return UserfaultResult.Exists;
            }

            bool vacant = UserfaultMarks.IsVacant(PtepGet(ptep));
            if (vacant)
                SetPteAt(vma.Mm, addr, ptep, writeProtect ? entry.MkUffdWp() : entry);
            PteUnmapUnlock(ptep, ptl);
            return vacant ? UserfaultResult.Succeeded : UserfaultResult.Exists;
        }
    }
}
