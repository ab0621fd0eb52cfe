namespace PteGuard;

/// <summary>A region of an address space: a range of pages with the same flags (<c>struct vm_area_struct</c>). Changed with the mmap lock held for writing.</summary>
/// <typeparam name="TArch">The architecture.</typeparam>
public sealed class Vma<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private ulong _flags;

    internal Vma(Mm<TArch> mm, ulong start, ulong end, VmFlags flags)
    {
        Mm = mm;
        Start = start;
        End = end;
        _flags = (ulong)flags;
    }

    /// <summary>The address space.</summary>
    public Mm<TArch> Mm { get; }

    /// <summary>The first virtual address, in bytes.</summary>
    public ulong Start { get; internal set; }

    /// <summary>The address after the last, in bytes.</summary>
    public ulong End { get; internal set; }

    /// <summary>What the region is and allows. Changed by <see cref="PageTable.VmFlagsSet"/> and its like only.</summary>
    [GuardedField(Set = nameof(PageTable.VmFlagsSet), Clear = nameof(PageTable.VmFlagsClear), Modify = nameof(PageTable.VmFlagsMod))]
    public VmFlags Flags => (VmFlags)Volatile.Read(ref _flags);

    /// <summary>The protection that pages of the region are first mapped with.</summary>
    public Pgprot<TArch> PageProt => Pgprot<TArch>.Of(Flags);

    /// <summary>Whether the region is still part of its address space.</summary>
    public bool IsDetached { get; internal set; }

    /// <summary>Whether an address lies in the region.</summary>
    public bool Contains(ulong addr) => addr >= Start && addr < End;

    /// <summary>The range and the flags.</summary>
    public override string ToString() => $"0x{Start:x}-0x{End:x} {Flags}";

    /// <summary>One store, so that a reader without the lock sees the flags as they were or as they are.</summary>
    internal void ChangeFlags(VmFlags set, VmFlags clear)
        => Volatile.Write(ref _flags, (_flags | (ulong)set) & ~(ulong)clear);
}
