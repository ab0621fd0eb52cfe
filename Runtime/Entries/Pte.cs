using System.Runtime.CompilerServices;

namespace PteGuard;

/// <summary>
/// A page-table entry of the lowest level, as a value: a snapshot, which nothing changes any more. What is
/// behind a <c>Pte&lt;TArch&gt;*</c> changes at any moment, and is read and written by <see cref="PageTable"/> only.
/// </summary>
/// <remarks>
/// There is no <c>==</c>: whether an entry is unchanged is for <see cref="PageTable.PteSame"/> to say, since
/// private bits of the architecture do not count. Questions about accessed, dirty, writable, special and the frame mean
/// something only if the entry <see cref="IsPresent"/>.
/// </remarks>
/// <typeparam name="TArch">The architecture, which decides what the bits mean.</typeparam>
[PageTableEntry(typeof(PageTable), Read = nameof(PageTable.PtepGet), Write = nameof(PageTable.SetPte),
    Modify = nameof(PageTable.PtepModify), ReadLockless = nameof(PageTable.PtepGetLockless))]
public readonly partial struct Pte<TArch>
    where TArch : unmanaged, IArchitecture<TArch>
{
    private readonly ulong _value;

    /// <summary>The entry with these bits (<c>__pte</c>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Pte(ulong value) => _value = value;

    /// <summary>The empty entry (not zero bits on every architecture).</summary>
    public static Pte<TArch> None => new(TArch.NonePte);

    /// <summary>The bits, as hardware sees them (<c>pte_val</c>).</summary>
    public ulong Value => _value;

    /// <summary>The page frame number, in units of the architecture's pages. Undefined unless present.</summary>
    public ulong Pfn => TArch.PtePfn(_value);

    /// <summary>The page that the entry maps. Undefined unless present, and null to nobody if <see cref="IsSpecial"/>.</summary>
    public Page Page => new(Pfn << (TArch.PageShift - PhysicalMemory.FrameShift));

    /// <summary>Whether the entry is empty. Seen without the table's lock, this proves nothing: entries are empty for a moment while their protection changes.</summary>
    public bool IsNone => TArch.PteIsNone(_value);

    /// <summary>Whether the entry maps a page, which it may do without letting it be accessed.</summary>
    public bool IsPresent => TArch.PteIsPresent(_value);

    /// <summary>Whether the entry maps a page and forbids every access to it.</summary>
    public bool IsProtNone => TArch.PteIsProtNone(_value);

    /// <summary>Whether the page was accessed since the mark was last cleared.</summary>
    public bool IsYoung => TArch.PteIsYoung(_value);

    /// <summary>Whether the page was written since the mark was last cleared.</summary>
    public bool IsDirty => TArch.PteIsDirty(_value);

    /// <summary>Whether the page may be written.</summary>
    public bool IsWritable => TArch.PteIsWritable(_value);

    /// <summary>Whether instructions may be fetched from the page.</summary>
    public bool IsExecutable => TArch.PteIsExecutable(_value);

    /// <summary>Whether the page is not to be counted: there is no descriptor behind it, or it is not to be touched.</summary>
    public bool IsSpecial => TArch.PteIsSpecial(_value);

    /// <summary>Whether the page was written since soft-dirty marks were last cleared; true on architectures without them never.</summary>
    public bool IsSoftDirty => TArch.PteIsSoftDirty(_value);

    /// <summary>Whether userfaultfd write-protects the page.</summary>
    public bool IsUffdWp => TArch.PteIsUffdWp(_value);

    /// <summary>A copy that is marked accessed.</summary>
    public Pte<TArch> MkYoung() => new(TArch.PteMkYoung(_value));

    /// <summary>A copy that is marked not accessed.</summary>
    public Pte<TArch> MkOld() => new(TArch.PteMkOld(_value));

    /// <summary>A copy that is marked dirty.</summary>
    public Pte<TArch> MkDirty() => new(TArch.PteMkDirty(_value));

    /// <summary>A copy that is marked clean.</summary>
    public Pte<TArch> MkClean() => new(TArch.PteMkClean(_value));

    /// <summary>A copy that may be written.</summary>
    public Pte<TArch> MkWrite() => new(TArch.PteMkWrite(_value));

    /// <summary>A copy that may not be written, and is as dirty as before.</summary>
    public Pte<TArch> Wrprotect() => new(TArch.PteWrprotect(_value));

    /// <summary>A copy whose page is not to be counted.</summary>
    public Pte<TArch> MkSpecial() => new(TArch.PteMkSpecial(_value));

    /// <summary>A copy that is marked soft-dirty.</summary>
    public Pte<TArch> MkSoftDirty() => new(TArch.PteMkSoftDirty(_value));

    /// <summary>A copy that is not marked soft-dirty.</summary>
    public Pte<TArch> ClearSoftDirty() => new(TArch.PteClearSoftDirty(_value));

    /// <summary>A copy that userfaultfd write-protects, and that may not be written.</summary>
    public Pte<TArch> MkUffdWp() => new(TArch.PteMkUffdWp(_value));

    /// <summary>A copy that userfaultfd does not write-protect; it still may not be written.</summary>
    public Pte<TArch> ClearUffdWp() => new(TArch.PteClearUffdWp(_value));

    /// <summary>A copy with another protection and the same page, accessed, dirty and software marks (<c>pte_modify</c>).</summary>
    public Pte<TArch> Modify(Pgprot<TArch> protection) => new(TArch.PteModify(_value, protection.Value));

    /// <summary>The bits in hexadecimal, and what they mean.</summary>
    public override string ToString() => EntryText.Describe(this);
}
