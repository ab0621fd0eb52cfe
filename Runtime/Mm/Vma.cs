namespace PteGuard;

/// <summary>A region of an address space: a range of pages with the same flags (<c>struct vm_area_struct</c>). Changed with the mmap lock held for writing.</summary>
/// <typeparam name="TArch">The architecture.</typeparam>
public sealed class Vma<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private ulong _flags;
    private bool _isDetached;

    internal Vma(Mm<TArch> mm, ulong start, ulong end, VmFlags flags, SharedMemory? memory = null, ulong offset = 0)
    {
        Mm = mm;
        Start = start;
        End = end;
        _flags = (ulong)flags;
        Memory = memory;
        MemoryOffset = offset;
        memory?.Acquire();
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
    public bool IsDetached
    {
        get => _isDetached;
        internal set
        {
            if (value && !_isDetached)
                Memory?.Release();
            _isDetached = value;
        }
    }

    /// <summary>The memory that the region maps, and which it keeps while it is part of its address space; null: the region's memory is anonymous.</summary>
    public SharedMemory? Memory { get; }

    /// <summary>Where in <see cref="Memory"/> the region starts, in bytes.</summary>
    public ulong MemoryOffset { get; }

    /// <summary>For a private region of page frames: the first frame, in units of the architecture's pages (<c>vm_pgoff</c>).</summary>
    internal ulong PageOffset { get; set; }

    /// <summary>Who handles faults of the region; null: the runtime. Changed with the mmap lock held for writing.</summary>
    internal Userfault<TArch>? Userfault { get; set; }

    /// <summary>Whether writing to the region gives the writer a page of its own (<c>is_cow_mapping</c>).</summary>
    internal bool IsPrivate => (Flags & VmFlags.Shared) == 0;

    /// <summary>Whether an address lies in the region.</summary>
    public bool Contains(ulong addr) => addr >= Start && addr < End;

    /// <summary>The index of the page of <see cref="Memory"/> that belongs at an address of the region.</summary>
    internal ulong MemoryIndex(ulong addr) => OffsetOf(addr) >> TArch.PageShift;

    /// <summary>Where in <see cref="Memory"/> an address of the region lies, in bytes.</summary>
    internal ulong OffsetOf(ulong addr) => MemoryOffset + (addr - Start);

    /// <summary>Whether the region above can become one with this one.</summary>
    internal bool IsContinuedBy(Vma<TArch> upper)
        => End == upper.Start && Flags == upper.Flags && (Flags & VmFlags.PfnMap) == 0 && Memory == upper.Memory && Userfault == upper.Userfault && (Memory is null || OffsetOf(End) == upper.MemoryOffset);

    /// <summary>The range and the flags.</summary>
    public override string ToString() => $"0x{Start:x}-0x{End:x} {Flags}";

    /// <summary>All flags anew, for when no reader is without the lock.</summary>
    internal void InitFlags(VmFlags flags) => _flags = (ulong)flags;

    /// <summary>All flags anew, in one store.</summary>
    internal void ResetFlags(VmFlags flags) => Volatile.Write(ref _flags, (ulong)flags);

    /// <summary>One store, so that a reader without the lock sees the flags as they were or as they are.</summary>
    internal void ChangeFlags(VmFlags set, VmFlags clear)
        => Volatile.Write(ref _flags, (_flags | (ulong)set) & ~(ulong)clear);
}
