using PteGuard;

namespace Legacy.Shadow;

/// <summary>What the host's processor uses for one page of a process that it runs on shadow tables.</summary>
[PageTableEntry(typeof(ShadowPaging), Read = nameof(ShadowPaging.Get), Write = nameof(ShadowPaging.Set), Modify = nameof(ShadowPaging.Change))]
internal struct ShadowEntry(ulong value)
{
    private const ulong PresentBit = 1UL << 0;
    private const ulong WritableBit = 1UL << 1;
    private const ulong AccessedBit = 1UL << 5;
    private const ulong DirtyBit = 1UL << 6;

    /// <summary>The process's own entry allows writing; this one does not yet, so that the first write is seen.</summary>
    private const ulong TrappedBit = 1UL << 9;

    private ulong _value = value;

    public readonly ulong Value => _value;

    public bool Present
    {
        readonly get => (_value & PresentBit) != 0;
        set => Assign(PresentBit, value);
    }

    public bool Writable
    {
        readonly get => (_value & WritableBit) != 0;
        set => Assign(WritableBit, value);
    }

    public bool Accessed
    {
        readonly get => (_value & AccessedBit) != 0;
        set => Assign(AccessedBit, value);
    }

    public bool Dirty
    {
        readonly get => (_value & DirtyBit) != 0;
        set => Assign(DirtyBit, value);
    }

    public bool Trapped
    {
        readonly get => (_value & TrappedBit) != 0;
        set => Assign(TrappedBit, value);
    }

    public ulong Frame
    {
        readonly get => (_value & ShadowPaging.FrameMask) >> 12;
        set => _value = (_value & ~ShadowPaging.FrameMask) | (value << 12);
    }

    public static ShadowEntry Of(Pte pte) => new(0)
    {
        Frame = pte.Pfn,
        Present = true,
        Trapped = pte.IsWritable && !pte.IsDirty,
        Writable = pte.IsWritable && pte.IsDirty,
    };

    private void Assign(ulong bit, bool on) => _value = on ? _value | bit : _value & ~bit;
}

/// <summary>A reference to a table of <see cref="ShadowEntry"/>, with the number of its entries in use in the bits that hardware ignores.</summary>
[PageTableEntry(typeof(ShadowPaging), Read = nameof(ShadowPaging.GetDirectory), Write = nameof(ShadowPaging.SetDirectory))]
internal struct ShadowDirectory
{
    public ulong Value;

    public readonly bool Present => (Value & 1) != 0;

    public readonly ulong Frame => (Value & ShadowPaging.FrameMask) >> 12;

    public int Users
    {
        readonly get => (int)(Value >> 52);
        set => Value = (Value & ((1UL << 52) - 1)) | ((ulong)value << 52);
    }
}
