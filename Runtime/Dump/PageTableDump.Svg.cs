namespace PteGuard;

public sealed partial class PageTableDump
{
    /// <summary>
    /// Draws the dump: the tree of tables, a column a level, each table with its used entries; and the regions, with what is mapped in
    /// them. Tables and regions beyond what can be looked at are merged into one box or line that says how many.
    /// </summary>
    /// <param name="writer">Where to, as SVG 1.1; neither flushed nor closed.</param>
    public void ToSvg(TextWriter writer)
    {
        const double margin = 28;
        const double header = 62;
        ArgumentNullException.ThrowIfNull(writer);
        var tree = new SvgTree(_shapes, _root);
        var map = new SvgMap(this);
        double content = Math.Max(tree.Width, 1000);
        double width = content + (2 * margin);
        double mapTop = header + margin + tree.Height + 36;
        double legendTop = mapTop + map.Height + 24;
        var svg = new SvgWriter(writer);
        svg.Begin(width, legendTop + 44);
        svg.Title($"Page tables, {this}");
        svg.Text(margin, margin + 12, $"Page tables: {Architecture}", 19, bold: true);
        string tables = TableCount == 1 ? "1 table" : $"{TableCount} tables";
        svg.Text(margin, margin + 32, $"{tables}, {(Regions.Count == 1 ? "1 region" : $"{Regions.Count} regions")}, pages of {SvgText.Size((ulong)PageSize)}", 12, SvgPalette.Faint);
        tree.Write(svg, margin, header + 20);
        map.Write(svg, margin, mapTop, content);
        Legend(svg, margin, legendTop);
        svg.End();
    }

    private static void Legend(SvgWriter svg, double x, double y)
    {
        foreach ((SlotKind Kind, string Colour, string Name) kind in SvgPalette.Kinds)
        {
            svg.Rect(x, y, 12, 12, kind.Colour, SvgPalette.Border, 2);
            svg.Text(x + 18, y + 10.5, kind.Name, 11.5);
            x += 40 + (kind.Name.Length * 6.6);
        }
    }
}
