using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>
/// An entry of a page fourth-level directory, as a value. Where the level below is folded into this one, the entry
/// is never empty and never bad: it is the other level's entry, which is asked under its own name.
/// </summary>
/// <typeparam name="TArch">The architecture, which decides what the bits mean.</typeparam>
[PageTableEntry(typeof(PageTable), Read = nameof(PageTable.P4dpGet), Write = nameof(PageTable.SetP4d), Modify = nameof(PageTable.P4dpModify))]
public readonly struct P4d<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private readonly ulong _value;

    /// <summary>The entry with these bits (<c>__p4d</c>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public P4d(ulong value) => _value = value;

    /// <summary>The empty entry.</summary>
    public static P4d<TArch> None => new(TArch.NoneP4d);

    /// <summary>The bits, as hardware sees them (<c>p4d_val</c>).</summary>
    public ulong Value => _value;

    /// <summary>Whether the entry is empty.</summary>
    public bool IsNone => !TArch.IsPudFolded && TArch.P4dIsNone(_value);

    /// <summary>Whether the entry refers to a table.</summary>
    public bool IsPresent => TArch.IsPudFolded || TArch.P4dIsPresent(_value);

    /// <summary>Whether the entry is malformed.</summary>
    public bool IsBad => !TArch.IsPudFolded && TArch.P4dIsBad(_value);

    /// <summary>The pud table. Undefined unless a reference to one.</summary>
    public Page Table => new(TArch.P4dTableAddress(_value) >> PhysicalMemory.FrameShift);

    /// <summary>The bits in hexadecimal, and what they mean.</summary>
    public override string ToString() => EntryText.Describe(this);
}
