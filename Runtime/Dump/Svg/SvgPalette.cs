namespace PteGuard;

/// <summary>The colours of the pictures: dark text on white, and kinds that differ in lightness too, for who does not see the hues.</summary>
internal static class SvgPalette
{
    public const string Text = "#1f2933";
    public const string Faint = "#616e7c";
    public const string Line = "#9aa5b1";
    public const string Border = "#52606d";
    public const string Box = "#f7f9fb";
    public const string Empty = "#e4e7eb";

    /// <summary>From the least to the most conspicuous: where several share a pixel, the last wins.</summary>
    public static readonly (SlotKind Kind, string Colour, string Name)[] Kinds =
    [
        (SlotKind.Table, "#6b8cae", "table"),
        (SlotKind.ReadOnly, "#9bd3ae", "page, read-only"),
        (SlotKind.Writable, "#2f9e62", "page, writable"),
        (SlotKind.NoAccess, "#a8a29e", "page without access"),
        (SlotKind.Huge, "#e8963a", "huge page"),
        (SlotKind.Swap, "#7c5cbf", "not in memory: swap, migration, marker"),
        (SlotKind.Bad, "#c62f2f", "malformed"),
    ];

    public static string Colour(SlotKind kind)
    {
        foreach ((SlotKind Kind, string Colour, string Name) known in Kinds)
        {
            if (known.Kind == kind)
                return known.Colour;
        }

        return Empty;
    }

    public static int Rank(SlotKind kind) => Array.FindIndex(Kinds, known => known.Kind == kind);

    public static SlotKind KindOf(PageAttributes attributes)
        => (attributes & PageAttributes.Bad) != 0 ? SlotKind.Bad
            : !attributes.IsInMemory() ? SlotKind.Swap
            : (attributes & PageAttributes.NoAccess) != 0 ? SlotKind.NoAccess
            : (attributes & PageAttributes.Huge) != 0 ? SlotKind.Huge
            : (attributes & PageAttributes.Write) != 0 ? SlotKind.Writable
            : SlotKind.ReadOnly;
}
