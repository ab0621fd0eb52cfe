using System.Globalization;

namespace PteGuard;

/// <summary>The address space: a line a region, as wide as the picture whatever the region's size, with what is mapped in it.</summary>
internal sealed class SvgMap
{
    private const double RowHeight = 40;
    private const double GapHeight = 20;
    private const double LabelWidth = 290;
    private const double NumberWidth = 190;
    private const int MostRows = 16;

    private readonly List<(DumpedRegion Region, bool IsRegion)> _rows = [];
    private readonly PageTableDump _dump;
    private readonly int _left;

    public SvgMap(PageTableDump dump)
    {
        _dump = dump;
        foreach (DumpedRegion region in dump.Regions)
            _rows.Add((region, true));
        foreach (DumpedRange range in dump.Ranges)
        {
            if (dump.Regions.Any(region => range.Start >= region.Start && range.Start < region.End))
                continue;
            if (_rows.Count != 0 && _rows[^1] is { IsRegion: false } last && last.Region.End == range.Start)
                _rows[^1] = (last.Region with { End = range.End }, false);
            else
                _rows.Add((new(range.Start, range.End, VmFlags.None), false));
        }

        _rows.Sort(static (a, b) => a.Region.Start.CompareTo(b.Region.Start));
        if (_rows.Count > MostRows)
        {
            _left = _rows.Count - MostRows;
            _rows.RemoveRange(MostRows, _left);
        }
    }

    public double Height => 34 + (_rows.Count * RowHeight) + (Gaps() * GapHeight) + (_left > 0 || _rows.Count == 0 ? GapHeight : 0);

    public void Write(SvgWriter svg, double left, double top, double width)
    {
        svg.Text(left, top + 14, "Address space", 14, bold: true);
        double y = top + 34;
        for (int i = 0; i < _rows.Count; i++)
        {
            if (i != 0 && _rows[i].Region.Start != _rows[i - 1].Region.End)
            {
                svg.Text(left + LabelWidth, y + 8, $"⋮  {SvgText.Size(_rows[i].Region.Start - _rows[i - 1].Region.End)} unused", 11, SvgPalette.Faint);
                y += GapHeight;
            }

            Row(svg, _rows[i].Region, _rows[i].IsRegion, left, y, width);
            y += RowHeight;
        }

        if (_left > 0)
            svg.Text(left, y + 8, string.Create(CultureInfo.InvariantCulture, $"… {_left:N0} more"), 12, SvgPalette.Faint);
        else if (_rows.Count == 0)
            svg.Text(left, y + 8, "No region, and nothing mapped.", 12, SvgPalette.Faint);
    }

    private void Row(SvgWriter svg, DumpedRegion region, bool isRegion, double left, double y, double width)
    {
        svg.Text(left, y + 9, $"0x{region.Start:x}-0x{region.End:x}", 11, mono: true);
        svg.Text(left, y + 24, isRegion ? $"{SvgText.Size(region.End - region.Start)}  {region.Flags}" : "no region", 11, SvgPalette.Faint);
        double x = left + LabelWidth;
        double bar = width - LabelWidth - NumberWidth;
        svg.Rect(x, y, bar, 24, SvgPalette.Empty, SvgPalette.Border, 3);
        (ulong mapped, ulong other) = Bins(svg, region, x, y + 1, bar, 22);
        svg.Text(left + width, y + 9, $"{SvgText.Size(mapped)} mapped ({SvgText.Share(mapped, region.End - region.Start)})", 11, anchor: "end");
        if (other != 0)
            svg.Text(left + width, y + 24, $"{SvgText.Size(other)} not in memory", 11, SvgPalette.Faint, anchor: "end");
    }

    /// <summary>One pixel shows the most conspicuous of what lies in it, so the picture does not grow with the tables.</summary>
    private (ulong Mapped, ulong Other) Bins(SvgWriter svg, DumpedRegion region, double x, double y, double width, double height)
    {
        var bins = new SlotKind[(int)width];
        double scale = bins.Length / (double)(region.End - region.Start);
        ulong mapped = 0;
        ulong other = 0;
        foreach (DumpedRange range in _dump.Ranges)
        {
            if (range.Start < region.Start || range.Start >= region.End)
                continue;
            SlotKind kind = SvgPalette.KindOf(range.Attributes);
            if (range.Attributes.IsInMemory())
                mapped += range.Size;
            else
                other += range.Size;
            int first = Math.Min((int)((range.Start - region.Start) * scale), bins.Length - 2);
            int last = Math.Clamp((int)Math.Ceiling((range.End - region.Start) * scale), first + 2, bins.Length);
            for (int bin = first; bin < last; bin++)
            {
                if (SvgPalette.Rank(kind) > SvgPalette.Rank(bins[bin]))
                    bins[bin] = kind;
            }
        }

        for (int bin = 0, next; bin < bins.Length; bin = next)
        {
            next = bin + 1;
            while (next < bins.Length && bins[next] == bins[bin])
                next++;
            if (bins[bin] != SlotKind.Empty)
                svg.Rect(x + bin, y, next - bin, height, SvgPalette.Colour(bins[bin]));
        }

        return (mapped, other);
    }

    private int Gaps()
    {
        int gaps = 0;
        for (int i = 1; i < _rows.Count; i++)
            gaps += _rows[i].Region.Start != _rows[i - 1].Region.End ? 1 : 0;
        return gaps;
    }
}
