namespace PteGuard;

/// <summary>What an entry says about the memory that it maps, whatever the architecture.</summary>
[Flags]
public enum PageAttributes
{
    /// <summary>An accessible page that may be read only.</summary>
    None = 0,

    /// <summary>May be written.</summary>
    Write = 0x1,

    /// <summary>May be executed.</summary>
    Exec = 0x2,

    /// <summary>Was accessed.</summary>
    Young = 0x4,

    /// <summary>Was written.</summary>
    Dirty = 0x8,

    /// <summary>Was written since the soft marks were cleared.</summary>
    SoftDirty = 0x10,

    /// <summary>Write-protected by userfaultfd.</summary>
    UffdWp = 0x20,

    /// <summary>Not counted.</summary>
    Special = 0x40,

    /// <summary>A leaf above the lowest level.</summary>
    Huge = 0x80,

    /// <summary>Mapped, but hardware lets nobody access it: without any access right, or being split.</summary>
    NoAccess = 0x100,

    /// <summary>In a swap area, not in memory.</summary>
    Swap = 0x200,

    /// <summary>A swap entry that is nobody else's.</summary>
    Exclusive = 0x400,

    /// <summary>On the move.</summary>
    Migration = 0x800,

    /// <summary>Broken.</summary>
    HwPoison = 0x1000,

    /// <summary>No page, but a mark where one would be.</summary>
    Marker = 0x2000,

    /// <summary>Nothing that the architecture knows.</summary>
    Bad = 0x4000,
}

/// <summary>Attributes in words: those of the dump's text and JSON, which do not change.</summary>
internal static class PageAttributeWords
{
    private static readonly (PageAttributes Attribute, string Word)[] s_words =
    [
        (PageAttributes.NoAccess, "no-access"), (PageAttributes.Write, "write"), (PageAttributes.Exec, "exec"),
        (PageAttributes.Huge, "huge"), (PageAttributes.Young, "young"), (PageAttributes.Dirty, "dirty"),
        (PageAttributes.SoftDirty, "soft-dirty"), (PageAttributes.UffdWp, "uffd-wp"), (PageAttributes.Special, "special"),
        (PageAttributes.Swap, "swap"), (PageAttributes.Exclusive, "exclusive"), (PageAttributes.Migration, "migration"),
        (PageAttributes.HwPoison, "hwpoison"), (PageAttributes.Marker, "marker"), (PageAttributes.Bad, "bad"),
    ];

    private const PageAttributes NotInMemory = PageAttributes.Swap | PageAttributes.Migration | PageAttributes.HwPoison | PageAttributes.Marker | PageAttributes.Bad;

    public static bool IsInMemory(this PageAttributes attributes) => (attributes & NotInMemory) == 0;

    public static IEnumerable<string> Words(this PageAttributes attributes)
    {
        if (attributes.IsInMemory() && (attributes & PageAttributes.NoAccess) == 0)
            yield return "read";
        foreach ((PageAttributes attribute, string word) in s_words)
        {
            if ((attributes & attribute) != 0)
                yield return word;
        }
    }

    public static string Word(this TableLevel level) => level switch
    {
        TableLevel.Pte => "pte",
        TableLevel.Pmd => "pmd",
        TableLevel.Pud => "pud",
        TableLevel.P4d => "p4d",
        _ => "pgd",
    };
}
