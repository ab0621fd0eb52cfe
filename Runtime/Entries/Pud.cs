using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>
/// An entry of a page upper directory, as a value. Where the level below is folded into this one, the entry
/// is never empty and never bad: it is the other level's entry, which is asked under its own name.
/// </summary>
/// <typeparam name="TArch">The architecture, which decides what the bits mean.</typeparam>
[PageTableEntry(typeof(PageTable), Read = nameof(PageTable.PudpGet), Write = nameof(PageTable.SetPud), Modify = nameof(PageTable.PudpModify))]
public readonly struct Pud<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private readonly ulong _value;

    /// <summary>The entry with these bits (<c>__pud</c>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Pud(ulong value) => _value = value;

    /// <summary>The empty entry.</summary>
    public static Pud<TArch> None => new(TArch.NonePud);

    /// <summary>The bits, as hardware sees them (<c>pud_val</c>).</summary>
    public ulong Value => _value;

    /// <summary>Whether the entry is empty.</summary>
    public bool IsNone => !TArch.IsPmdFolded && TArch.PudIsNone(_value);

    /// <summary>Whether the entry refers to a table or to memory.</summary>
    public bool IsPresent => TArch.IsPmdFolded || TArch.PudIsPresent(_value);

    /// <summary>Whether the entry is malformed. Asked after the questions for huge entries.</summary>
    public bool IsBad => !TArch.IsPmdFolded && TArch.PudIsBad(_value);

    /// <summary>Whether the entry maps memory itself. Means something only if present.</summary>
    public bool IsLeaf => !TArch.IsPmdFolded && TArch.PudIsLeaf(_value);

    /// <summary>Whether the entry maps a transparent huge page.</summary>
    public bool IsTransHuge => !TArch.IsPmdFolded && TArch.PudIsTransHuge(_value);

    /// <summary>Whether the entry maps device memory. Means something only if present.</summary>
    public bool IsDevmap => !TArch.IsPmdFolded && TArch.PudIsDevmap(_value);

    /// <summary>The frame of the huge page, in units of the architecture's pages. Undefined unless a present leaf.</summary>
    public ulong Pfn => TArch.PudPfn(_value);

    /// <summary>The pmd table. Undefined unless a reference to one.</summary>
    public Page Table => new(TArch.PudTableAddress(_value) >> PhysicalMemory.FrameShift);

    /// <summary>The bits in hexadecimal, and what they mean.</summary>
    public override string ToString() => EntryText.Describe(this);
}
