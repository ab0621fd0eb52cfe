namespace PteGuard;

/// <summary>The memory types of page frames: reserved for a region that maps one range of them, and flagged there (<see cref="VmFlags.Pat"/>). No-ops where the architecture keeps no track.</summary>
public static unsafe partial class PageTable
{
    /// <summary>Before frames are mapped: reserves their type if they fill the region, and otherwise asks for the type they have (<c>track_pfn_remap</c>).</summary>
    /// <param name="vma">The region; the mmap lock of its address space is held for writing.</param>
    /// <param name="protection">The protection to map with; gets the type that the frames have where nothing is reserved.</param>
    /// <param name="pfn">The first frame, in units of the architecture's pages.</param>
    /// <param name="addr">Where it is to be mapped, in bytes.</param>
    /// <param name="size">How much, in bytes.</param>
    /// <returns>False: the frames have another type, or several. Otherwise, if they fill the region, it now owns a reservation.</returns>
    /// <exception cref="InvalidOperationException">The mmap lock is not held for writing.</exception>
    public static bool TrackPfnRemap<TArch>(Vma<TArch> vma, ref Pgprot<TArch> protection, ulong pfn, ulong addr, ulong size)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ArgumentNullException.ThrowIfNull(vma);
        vma.Mm.MmapLock.AssertWriteHeld("Tracking page frames");
        if (!TArch.TracksMemTypes)
            return true;
        ulong start = pfn << TArch.PageShift;
        if (addr == vma.Start && size == vma.End - vma.Start)
        {
            if (!MemTypes.TryReserve(start, start + size, TArch.MemTypeOf(protection.Value)))
                return false;
            VmFlagsSet(vma, VmFlags.Pat);
            return true;
        }

        MemType type = MemTypes.Lookup(start);
        for (ulong offset = 1UL << TArch.PageShift; offset < size; offset += 1UL << TArch.PageShift)
        {
            if (MemTypes.Lookup(start + offset) != type)
                return false;
        }

        protection = new(TArch.WithMemType(protection.Value, type));
        return true;
    }

    /// <summary>Before a region is copied by fork: reserves for the copy what the original has, and flags it (<c>track_pfn_copy</c>, Linux dc84bc2aba85).</summary>
    /// <remarks>The copy must come without <see cref="VmFlags.Pat"/> (<see cref="UntrackPfnClear"/>): the flag is set together with the reservation, or not at all.</remarks>
    /// <param name="dstVma">The copy; the mmap lock of its address space is held for writing.</param>
    /// <param name="srcVma">The original; the mmap lock of its address space is held for writing.</param>
    /// <param name="pfn">The first frame, for <see cref="UntrackPfnCopy"/>; 0 where nothing was reserved.</param>
    /// <returns>False: nothing could be reserved, and nothing has changed.</returns>
    public static bool TrackPfnCopy<TArch>(Vma<TArch> dstVma, Vma<TArch> srcVma, out ulong pfn)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ArgumentNullException.ThrowIfNull(dstVma);
        ArgumentNullException.ThrowIfNull(srcVma);
        pfn = 0;
        if ((srcVma.Flags & VmFlags.Pat) == 0)
            return true;
        if (!TryGetFrames(srcVma, out ulong first, out Pgprot<TArch> protection))
            return false;
        ulong start = first << TArch.PageShift;
        if (!MemTypes.TryReserve(start, start + (srcVma.End - srcVma.Start), TArch.MemTypeOf(protection.Value)))
            return false;
        VmFlagsSet(dstVma, VmFlags.Pat);
        pfn = first;
        return true;
    }

    /// <summary>Undoes <see cref="TrackPfnCopy"/> after the pages could not be copied, by the frame that it gave (<c>untrack_pfn_copy</c>).</summary>
    /// <param name="dstVma">The copy; the mmap lock of its address space is held for writing.</param>
    /// <param name="pfn">The frame.</param>
    public static void UntrackPfnCopy<TArch>(Vma<TArch> dstVma, ulong pfn)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ArgumentNullException.ThrowIfNull(dstVma);
        UntrackPfn(dstVma, pfn, dstVma.End - dstVma.Start, mmWrLocked: true);
    }

    /// <summary>Frees the reservation that a region owns, if it owns one, and clears the flag (<c>untrack_pfn</c>, Linux 6.3).</summary>
    /// <param name="vma">The region.</param>
    /// <param name="pfn">The first frame, in units of the architecture's pages; 0 with a <paramref name="size"/> of 0: found from the page tables, which must still be there.</param>
    /// <param name="size">The bytes to free.</param>
    /// <param name="mmWrLocked">Whether the mmap lock is held for writing; false where the address space is going away.</param>
    public static void UntrackPfn<TArch>(Vma<TArch> vma, ulong pfn, ulong size, bool mmWrLocked)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ArgumentNullException.ThrowIfNull(vma);
        if ((vma.Flags & VmFlags.Pat) == 0)
            return;
        if (pfn == 0 && size == 0)
        {
            if (!TryGetFrames(vma, out pfn, out _))
                return;
            size = vma.End - vma.Start;
        }

        ulong start = pfn << TArch.PageShift;
        if (!MemTypes.Free(start, start + size))
            Warnings.Report($"The memory type of 0x{size:x} bytes at 0x{start:x} is freed and was not reserved.");
        if (mmWrLocked)
            VmFlagsClear(vma, VmFlags.Pat);
        else
            VmFlagsModUnlocked(vma, VmFlags.None, VmFlags.Pat);
    }

    /// <summary>Clears the flag of a region whose reservation is somebody else's (<c>untrack_pfn_clear</c>): a copy made by fork, or what a region was moved from.</summary>
    /// <remarks>Not for the parts of a region that is split: each owns its part of the reservation.</remarks>
    /// <param name="vma">The region; the mmap lock of its address space is held for writing.</param>
    public static void UntrackPfnClear<TArch>(Vma<TArch> vma)
        where TArch : unmanaged, IArchitecture<TArch>
        => VmFlagsClear(vma, VmFlags.Pat);

    /// <summary>The frame that the first entry maps, or, where that may have been copied on write, that the region was made with.</summary>
    private static bool TryGetFrames<TArch>(Vma<TArch> vma, out ulong pfn, out Pgprot<TArch> protection)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        pfn = vma.PageOffset;
        protection = vma.PageProt;
        bool found = vma.IsPrivate && pfn != 0;
        Pmd<TArch>* pmdp = MmFindPmd(vma.Mm, vma.Start);
        Pte<TArch>* ptep = null;
        PtLock ptl = default;
        if (pmdp is not null)
            ptep = PteOffsetMapLock(vma.Mm, pmdp, vma.Start, out ptl);
        if (ptep is not null)
        {
            Pte<TArch> pte = PtepGet(ptep);
            if (pte.IsPresent && pte.IsSpecial)
            {
                pfn = pte.Pfn;
                protection = new(pte.Value);
                found = true;
            }

            PteUnmapUnlock(ptep, ptl);
        }

        if (!found)
            Warnings.Report($"The region {vma} owns a reservation of a memory type, and nothing says of which frames.");
        return found;
    }
}
