using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>
/// An entry of a page middle directory, as a value: empty, a reference to a pte table, a huge page, or a
/// migration entry of one. Which of them, <see cref="PageTable.PteOffsetMap"/> finds out from one snapshot.
/// </summary>
/// <remarks>
/// The order of questions matters: empty, migration, huge, device, and only then <see cref="IsBad"/>, since all of
/// those are bad page tables too. There is no <c>==</c>: see <see cref="PageTable.PmdSame"/>.
/// </remarks>
/// <typeparam name="TArch">The architecture, which decides what the bits mean.</typeparam>
[PageTableEntry(typeof(PageTable), Read = nameof(PageTable.PmdpGet), Write = nameof(PageTable.SetPmd),
    Modify = nameof(PageTable.PmdpModify), ReadLockless = nameof(PageTable.PmdpGetLockless))]
public readonly struct Pmd<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private readonly ulong _value;

    /// <summary>The entry with these bits (<c>__pmd</c>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Pmd(ulong value) => _value = value;

    /// <summary>The empty entry.</summary>
    public static Pmd<TArch> None => new(TArch.NonePmd);

    /// <summary>The bits, as hardware sees them (<c>pmd_val</c>).</summary>
    public ulong Value => _value;

    /// <summary>Whether the entry is empty.</summary>
    public bool IsNone => TArch.PmdIsNone(_value);

    /// <summary>Whether the entry refers to a table or to memory; true too for a huge entry that is being split.</summary>
    public bool IsPresent => TArch.PmdIsPresent(_value);

    /// <summary>Whether the entry maps memory itself. Means something only if present.</summary>
    public bool IsLeaf => TArch.PmdIsLeaf(_value);

    /// <summary>Whether the entry maps a transparent huge page, being split or not.</summary>
    public bool IsTransHuge => TArch.PmdIsTransHuge(_value);

    /// <summary>Whether the entry maps device memory. Means something only if present.</summary>
    public bool IsDevmap => TArch.PmdIsDevmap(_value);

    /// <summary>Whether the entry is neither empty nor present (<c>is_swap_pmd</c>).</summary>
    public bool IsSwap => !IsNone && !IsPresent;

    /// <summary>Whether the huge page is being moved (<c>is_pmd_migration_entry</c>).</summary>
    public bool IsMigration => IsSwap && ToSwpEntry().IsMigration;

    /// <summary>Whether the entry is anything but a well-formed reference to a table. To be asked last: empty, huge and migration entries are bad tables too.</summary>
    public bool IsBad => TArch.PmdIsBad(_value);

    /// <summary>The frame of the huge page, in units of the architecture's pages. Undefined unless a present leaf.</summary>
    public ulong Pfn => TArch.PmdPfn(_value);

    /// <summary>The huge page. Undefined unless a present leaf.</summary>
    public Page Page => new(Pfn << (TArch.PageShift - PhysicalMemory.FrameShift));

    /// <summary>The pte table. Undefined unless a reference to one.</summary>
    public Pgtable Table => new(TArch.PmdTableAddress(_value));

    /// <summary>Whether the huge page was accessed.</summary>
    public bool IsYoung => TArch.PteIsYoung(TArch.PmdToPte(_value));

    /// <summary>Whether the huge page was written.</summary>
    public bool IsDirty => TArch.PteIsDirty(TArch.PmdToPte(_value));

    /// <summary>Whether the huge page may be written.</summary>
    public bool IsWritable => TArch.PteIsWritable(TArch.PmdToPte(_value));

    /// <summary>Whether the huge page is mapped without letting it be accessed.</summary>
    public bool IsProtNone => TArch.PteIsProtNone(TArch.PmdToPte(_value));

    /// <summary>The entry that maps a huge page (<c>pfn_pmd</c> with <c>pmd_mkhuge</c>).</summary>
    /// <param name="pfn">The frame, in units of the architecture's pages, aligned to the huge page.</param>
    /// <param name="protection">The protection.</param>
    public static Pmd<TArch> MkHuge(ulong pfn, Pgprot<TArch> protection)
    {
        if ((pfn & ((1UL << (TArch.PmdShift - TArch.PageShift)) - 1)) != 0)
            Throw.NotAligned(nameof(pfn), pfn, 1UL << (TArch.PmdShift - TArch.PageShift));
        return new(TArch.MakeHugePmd(pfn, protection.Value));
    }

    /// <summary>The non-present entry of a swap entry: of a huge page that is being moved.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The offset does not fit, or leaves an entry that looks empty, as one can that is not aligned to the huge page.</exception>
    public static Pmd<TArch> FromSwpEntry(SwpEntry entry)
    {
        ulong word = TArch.SwapToPmd(Pte<TArch>.SwapWord(entry));
        if (TArch.PmdIsNone(word))
            throw new ArgumentOutOfRangeException(nameof(entry), entry.Offset, $"The pmd would be empty on {TArch.Name}.");
        return new(word);
    }

    /// <summary>The swap entry of a non-present entry.</summary>
    public SwpEntry ToSwpEntry()
    {
        ulong entry = TArch.PmdToSwap(_value);
        return new(TArch.SwapType(entry), TArch.SwapOffset(entry));
    }

    /// <summary>A copy of a huge entry that is marked accessed.</summary>
    public Pmd<TArch> MkYoung() => new(TArch.PteToPmd(TArch.PteMkYoung(TArch.PmdToPte(_value))));

    /// <summary>A copy of a huge entry that is marked not accessed.</summary>
    public Pmd<TArch> MkOld() => new(TArch.PteToPmd(TArch.PteMkOld(TArch.PmdToPte(_value))));

    /// <summary>A copy of a huge entry that is marked dirty.</summary>
    public Pmd<TArch> MkDirty() => new(TArch.PteToPmd(TArch.PteMkDirty(TArch.PmdToPte(_value))));

    /// <summary>A copy of a huge entry that is marked clean.</summary>
    public Pmd<TArch> MkClean() => new(TArch.PteToPmd(TArch.PteMkClean(TArch.PmdToPte(_value))));

    /// <summary>A copy of a huge entry that may be written.</summary>
    public Pmd<TArch> MkWrite() => new(TArch.PteToPmd(TArch.PteMkWrite(TArch.PmdToPte(_value))));

    /// <summary>A copy of a huge entry that may not be written, and is as dirty as before.</summary>
    public Pmd<TArch> Wrprotect() => new(TArch.PteToPmd(TArch.PteWrprotect(TArch.PmdToPte(_value))));

    /// <summary>A copy of a present huge entry that hardware does not use, and walkers still see as huge (<c>pmd_mkinvalid</c>).</summary>
    public Pmd<TArch> MkInvalid() => new(TArch.PmdMkInvalid(_value));

    /// <summary>A copy of a huge entry with another protection (<c>pmd_modify</c>).</summary>
    public Pmd<TArch> Modify(Pgprot<TArch> protection) => new(TArch.PmdModify(_value, protection.Value));

    /// <summary>The bits in hexadecimal, and what they mean.</summary>
    public override string ToString() => EntryText.Describe(this);
}
