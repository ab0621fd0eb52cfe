using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>
/// An entry of a page global directory, as a value. Where the level below is folded into this one, the entry
/// is never empty and never bad: it is the other level's entry, which is asked under its own name.
/// </summary>
/// <typeparam name="TArch">The architecture, which decides what the bits mean.</typeparam>
[PageTableEntry(typeof(PageTable), Read = nameof(PageTable.PgdpGet), Write = nameof(PageTable.SetPgd), Modify = nameof(PageTable.PgdpModify))]
public readonly struct Pgd<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private readonly ulong _value;

    /// <summary>The entry with these bits (<c>__pgd</c>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Pgd(ulong value) => _value = value;

    /// <summary>The empty entry.</summary>
    public static Pgd<TArch> None => new(TArch.NonePgd);

    /// <summary>The bits, as hardware sees them (<c>pgd_val</c>).</summary>
    public ulong Value => _value;

    /// <summary>Whether the entry is empty.</summary>
    public bool IsNone => !TArch.IsP4dFolded && TArch.PgdIsNone(_value);

    /// <summary>Whether the entry refers to a table.</summary>
    public bool IsPresent => TArch.IsP4dFolded || TArch.PgdIsPresent(_value);

    /// <summary>Whether the entry is malformed.</summary>
    public bool IsBad => !TArch.IsP4dFolded && TArch.PgdIsBad(_value);

    /// <summary>The p4d table. Undefined unless a reference to one.</summary>
    public Page Table => new(TArch.PgdTableAddress(_value) >> PhysicalMemory.FrameShift);

    /// <summary>The bits in hexadecimal, and what they mean.</summary>
    public override string ToString() => EntryText.Describe(this);
}
