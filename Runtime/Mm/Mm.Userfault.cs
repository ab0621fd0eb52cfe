namespace PteGuard;

public sealed unsafe partial class Mm<TArch>
{
    private const VmFlags UserfaultFlags = VmFlags.UffdMissing | VmFlags.UffdWp;

    /// <summary>Has the faults of a range handled by the program (<c>userfaultfd</c> with <c>UFFDIO_REGISTER</c>).</summary>
    /// <remarks>Takes the mmap lock for writing. Huge pages are not faulted in or collapsed there; those that are there stay.</remarks>
    /// <param name="addr">Where, in bytes, a multiple of the page size.</param>
    /// <param name="length">How long, in bytes; rounded up to pages. Private anonymous memory without a hole, which nobody registered.</param>
    /// <param name="mode">What the handler is asked about.</param>
    /// <returns>What handlers wait on and answer with. Disposing it ends the registration; until then faults wait.</returns>
    /// <exception cref="ArgumentException">No mode, or another; the address is not aligned; the range is empty, has a hole, is not private anonymous memory, or is registered.</exception>
    /// <exception cref="NotSupportedException">Entries of the architecture have no mark for write protection (x86 with PAE, RISC-V, s390).</exception>
    [MayBlock]
    public Userfault<TArch> UserfaultRegister(ulong addr, ulong length, UserfaultMode mode)
    {
        if (mode == UserfaultMode.None || (mode & ~(UserfaultMode.Missing | UserfaultMode.WriteProtect)) != 0)
            throw new ArgumentException($"A handler is asked about missing pages, write protection or both, not {mode}.", nameof(mode));
        if ((mode & UserfaultMode.WriteProtect) != 0 && !UserfaultMarks.IsSupported<TArch>())
            throw new NotSupportedException($"Entries of {TArch.Name} have no mark for write protection by a handler.");
        ulong end = addr + CheckedLength(addr, length);
        MmapLock.EnterWrite();
        try
        {
            ObjectDisposedException.ThrowIf(_pgd is null, this);
            RequireNoHole(addr, end);
            for (int i = FirstEndingAfter(addr); i < _regions.Count && _regions[i].Start < end; i++)
                RequireRegistrable(_regions[i]);
            SplitAt(addr);
            SplitAt(end);
            var userfault = new Userfault<TArch>(this, mode);
            VmFlags flags = ((mode & UserfaultMode.Missing) != 0 ? VmFlags.UffdMissing : VmFlags.None)
                | ((mode & UserfaultMode.WriteProtect) != 0 ? VmFlags.UffdWp : VmFlags.None);
            for (int i = FirstEndingAfter(addr); i < _regions.Count && _regions[i].Start < end; i++)
            {
                PageTable.VmFlagsMod(_regions[i], flags, UserfaultFlags & ~flags);
                _regions[i].Userfault = userfault;
            }

            MergeAround(addr, end);
            return userfault;
        }
        finally
        {
            MmapLock.ExitWrite();
        }
    }

    /// <summary>Ends every registration with an object. Who waits is not woken yet.</summary>
    [MayBlock]
    internal void Unregister(Userfault<TArch> userfault)
    {
        MmapLock.EnterWrite();
        try
        {
            foreach (Vma<TArch> vma in _regions)
            {
                if (vma.Userfault == userfault)
                    Unregister(vma);
            }

            MergeAround(0, TArch.TaskSize);
        }
        finally
        {
            MmapLock.ExitWrite();
        }
    }

    private static void Unregister(Vma<TArch> vma)
    {
        // Nobody is left who would allow these pages to be written. Taking marks away needs no memory.
        if ((vma.Flags & VmFlags.UffdWp) != 0)
            UserfaultMarks.TryChange(vma, vma.Start, vma.End, protect: false);
        PageTable.VmFlagsClear(vma, UserfaultFlags);
        vma.Userfault = null;
    }

    private static void RequireRegistrable(Vma<TArch> vma)
    {
        if (vma.Userfault is not null)
            throw new ArgumentException($"The region {vma} is registered already.");
        if (!vma.IsPrivate || vma.Memory is not null || (vma.Flags & VmFlags.PfnMap) != 0)
            throw new ArgumentException($"The region {vma} is not private anonymous memory.");
    }
}
