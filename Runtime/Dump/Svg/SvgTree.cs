using System.Globalization;

namespace PteGuard;

/// <summary>
/// The tree of tables: a column a level, a box a table, below its parent's middle. Where there are too many to look at,
/// those that are alike are merged into one box that says how many.
/// </summary>
internal sealed class SvgTree
{
    public const double BoxWidth = 224;
    private const double BoxHeight = 62;
    private const double ColumnGap = 56;
    private const double RowGap = 12;
    private const double HeaderHeight = 40;
    private const int Bins = 64;
    private const int MostRows = 18;

    private readonly TableShape[] _shapes;
    private readonly Box _root;
    private double _rows;

    public SvgTree(TableShape[] shapes, DumpedTable root)
    {
        _shapes = shapes;
        for (int children = 12; ; children--)
        {
            _rows = 0;
            _root = Place(root, 0, children);
            if (_rows <= MostRows || children == 2)
                break;
        }
    }

    public double Width => (_shapes.Length * (BoxWidth + ColumnGap)) - ColumnGap;

    public double Height => HeaderHeight + (_rows * (BoxHeight + RowGap)) - RowGap;

    public void Write(SvgWriter svg, double left, double top)
    {
        for (int column = 0; column < _shapes.Length; column++)
        {
            TableShape shape = _shapes[column];
            double x = left + (column * (BoxWidth + ColumnGap));
            svg.Text(x, top + 12, shape.Level.Word(), 14, bold: true);
            svg.Text(x, top + 28, $"{shape.Entries} entries of {SvgText.Size(1UL << shape.Shift)}", 11, SvgPalette.Faint);
        }

        WriteEdges(svg, _root, 0, left, top + HeaderHeight);
        WriteBoxes(svg, _root, 0, left, top + HeaderHeight);
    }

    private Box Place(DumpedTable table, int column, int most)
    {
        int shown = table.Children.Count <= most ? table.Children.Count : most - 1;
        var box = new Box(table, []);
        for (int i = 0; i < shown; i++)
            box.Children.Add(Place(table.Children[i], column + 1, most));
        if (shown < table.Children.Count)
            box.Children.Add(new Box(null, []) { Row = _rows++, Merged = table.Children[shown..] });

        box.Row = box.Children.Count == 0 ? _rows++ : (box.Children[0].Row + box.Children[^1].Row) / 2;
        return box;
    }

    private static void WriteEdges(SvgWriter svg, Box box, int column, double left, double top)
    {
        foreach (Box child in box.Children)
        {
            svg.Edge(X(column, left) + BoxWidth, Y(box, top) + (BoxHeight / 2), X(column + 1, left), Y(child, top) + (BoxHeight / 2));
            WriteEdges(svg, child, column + 1, left, top);
        }
    }

    private static void WriteBoxes(SvgWriter svg, Box box, int column, double left, double top)
    {
        double x = X(column, left);
        double y = Y(box, top);
        if (box.Table is { } table)
            WriteTable(svg, table, x, y);
        else
            WriteMerged(svg, box.Merged, x, y);
        foreach (Box child in box.Children)
            WriteBoxes(svg, child, column + 1, left, top);
    }

    private static void WriteTable(SvgWriter svg, DumpedTable table, double x, double y)
    {
        svg.Rect(x, y, BoxWidth, BoxHeight, SvgPalette.Box, SvgPalette.Border, 5);
        svg.Text(x + 10, y + 18, $"0x{table.Start:x}", 12, mono: true, bold: true);
        svg.Text(x + 10, y + 35, $"{table.Used} of {table.Shape.Entries} used", 11, SvgPalette.Faint);
        svg.Text(x + BoxWidth - 10, y + 35, $"at 0x{table.Address:x}", 10, SvgPalette.Faint, mono: true, anchor: "end");
        Strip(svg, table.Slots, x + 10, y + 43, BoxWidth - 20, 10);
    }

    private static void WriteMerged(SvgWriter svg, List<DumpedTable> tables, double x, double y)
    {
        svg.Rect(x, y, BoxWidth, BoxHeight, "#ffffff", SvgPalette.Border, 5, dashed: true);
        svg.Text(x + 10, y + 18, string.Create(CultureInfo.InvariantCulture, $"… {tables.Count:N0} more {(tables.Count == 1 ? "table" : "tables")}"), 12, bold: true);
        int below = tables.Sum(static table => table.Count) - tables.Count;
        long used = tables.Sum(static table => (long)table.Used);
        string text = string.Create(CultureInfo.InvariantCulture, $"{used:N0} {(used == 1 ? "entry" : "entries")} used") + (below == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", {below:N0} tables below"));
        svg.Text(x + 10, y + 35, text, 11, SvgPalette.Faint);
        svg.Text(x + 10, y + 52, $"from 0x{tables[0].Start:x}", 11, SvgPalette.Faint, mono: true);
    }

    /// <summary>The entries of a table in a line: as bright as they are many.</summary>
    private static void Strip(SvgWriter svg, ReadOnlySpan<SlotKind> slots, double x, double y, double width, double height)
    {
        svg.Rect(x, y, width, height, SvgPalette.Empty);
        int bins = Math.Min(Bins, slots.Length);
        double step = width / bins;
        for (int bin = 0, next; bin < bins; bin = next)
        {
            (SlotKind kind, double share) = Summary(slots, bin, bins);
            next = bin + 1;
            while (next < bins && Summary(slots, next, bins) == (kind, share))
                next++;
            if (kind != SlotKind.Empty)
                svg.Rect(x + (bin * step), y, (next - bin) * step, height, SvgPalette.Colour(kind), opacity: 0.55 + (0.45 * share));
        }
    }

    private static (SlotKind Kind, double Share) Summary(ReadOnlySpan<SlotKind> slots, int bin, int bins)
    {
        ReadOnlySpan<SlotKind> part = slots[(bin * slots.Length / bins)..((bin + 1) * slots.Length / bins)];
        SlotKind most = SlotKind.Empty;
        int used = 0;
        foreach (SlotKind slot in part)
        {
            used += slot != SlotKind.Empty ? 1 : 0;
            if (SvgPalette.Rank(slot) > SvgPalette.Rank(most))
                most = slot;
        }

        // In quarters, so that neighbours that hardly differ are one.
        return (most, Math.Ceiling(4.0 * used / part.Length) / 4);
    }

    private static double X(int column, double left) => left + (column * (BoxWidth + ColumnGap));

    private static double Y(Box box, double top) => top + (box.Row * (BoxHeight + RowGap));

    private sealed record Box(DumpedTable? Table, List<Box> Children)
    {
        public double Row { get; set; }

        public List<DumpedTable> Merged { get; init; } = [];
    }
}
