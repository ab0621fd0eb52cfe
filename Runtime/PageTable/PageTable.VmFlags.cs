namespace PteGuard;

public static partial class PageTable
{
    /// <summary>Sets flags of a region (<c>vm_flags_set</c>, Linux 6.3).</summary>
    /// <param name="vma">The region; the mmap lock of its address space is held for writing.</param>
    /// <param name="flags">The flags to set.</param>
    /// <exception cref="InvalidOperationException">The mmap lock is not held for writing.</exception>
    public static void VmFlagsSet<TArch>(Vma<TArch> vma, VmFlags flags)
        where TArch : unmanaged, IArchitecture<TArch>
        => VmFlagsMod(vma, flags, VmFlags.None);

    /// <summary>Clears flags of a region (<c>vm_flags_clear</c>, Linux 6.3).</summary>
    /// <param name="vma">The region; the mmap lock of its address space is held for writing.</param>
    /// <param name="flags">The flags to clear.</param>
    /// <exception cref="InvalidOperationException">The mmap lock is not held for writing.</exception>
    public static void VmFlagsClear<TArch>(Vma<TArch> vma, VmFlags flags)
        where TArch : unmanaged, IArchitecture<TArch>
        => VmFlagsMod(vma, VmFlags.None, flags);

    /// <summary>Sets flags of a region, and clears others (<c>vm_flags_mod</c>, Linux 6.3). A flag in both is cleared.</summary>
    /// <param name="vma">The region; the mmap lock of its address space is held for writing.</param>
    /// <param name="set">The flags to set.</param>
    /// <param name="clear">The flags to clear.</param>
    /// <exception cref="InvalidOperationException">The mmap lock is not held for writing.</exception>
    public static void VmFlagsMod<TArch>(Vma<TArch> vma, VmFlags set, VmFlags clear)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ArgumentNullException.ThrowIfNull(vma);
        RequireWriteLocked(vma);
        vma.ChangeFlags(set, clear);
    }

    /// <summary>As <see cref="VmFlagsMod"/>, for a region that nobody else can reach: no lock is asked for (<c>__vm_flags_mod</c>, Linux 6.3).</summary>
    /// <param name="vma">A region that was taken out of its address space, or whose address space is going away.</param>
    /// <param name="set">The flags to set.</param>
    /// <param name="clear">The flags to clear.</param>
    public static void VmFlagsModUnlocked<TArch>(Vma<TArch> vma, VmFlags set, VmFlags clear)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ArgumentNullException.ThrowIfNull(vma);
        vma.ChangeFlags(set, clear);
    }

    /// <summary>Gives a region its first flags (<c>vm_flags_init</c>, Linux 6.3). No lock is asked for, since nobody can find it yet.</summary>
    /// <param name="vma">A region that is not part of its address space yet, or not any more.</param>
    /// <param name="flags">All of its flags.</param>
    /// <exception cref="InvalidOperationException">The region is part of its address space.</exception>
    public static void VmFlagsInit<TArch>(Vma<TArch> vma, VmFlags flags)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ArgumentNullException.ThrowIfNull(vma);
        if (vma.Mm.IsLinked(vma))
            throw new InvalidOperationException($"The region {vma} can be found by others: its flags are changed, not initialised.");
        vma.InitFlags(flags);
    }

    /// <summary>Gives a region all of its flags anew (<c>vm_flags_reset</c>, Linux 6.3), for readers that hold the lock.</summary>
    /// <param name="vma">The region; the caller already holds the mmap lock of its address space for writing.</param>
    /// <param name="flags">All of its flags.</param>
    /// <exception cref="InvalidOperationException">The mmap lock is not held for writing.</exception>
    public static void VmFlagsReset<TArch>(Vma<TArch> vma, VmFlags flags)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ArgumentNullException.ThrowIfNull(vma);
        RequireWriteLocked(vma);
        vma.InitFlags(flags);
    }

    /// <summary>As <see cref="VmFlagsReset"/>, in one store (<c>vm_flags_reset_once</c>, Linux 6.3): who reads without the lock sees the old flags or the new ones.</summary>
    /// <param name="vma">The region; the caller already holds the mmap lock of its address space for writing.</param>
    /// <param name="flags">All of its flags.</param>
    /// <exception cref="InvalidOperationException">The mmap lock is not held for writing.</exception>
    public static void VmFlagsResetOnce<TArch>(Vma<TArch> vma, VmFlags flags)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        ArgumentNullException.ThrowIfNull(vma);
        RequireWriteLocked(vma);
        vma.ResetFlags(flags);
    }

    private static void RequireWriteLocked<TArch>(Vma<TArch> vma)
        where TArch : unmanaged, IArchitecture<TArch>
    {
        if (CheckSwitch.IsOn && !vma.Mm.MmapLock.IsWriteHeld)
            ContractCheck.Report("PTE0017", "The flags of a region are changed without the mmap lock held for writing.", 0, null);
        vma.Mm.MmapLock.AssertWriteHeld("Changing the flags of a region");
    }
}
