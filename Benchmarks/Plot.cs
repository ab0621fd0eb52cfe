using System.Globalization;
using System.Numerics;
using System.Text;

namespace PteGuard.Benchmarks;

/// <summary>The table of <see cref="Sparse"/> as a picture: nanoseconds a page over the size of the range, which doubles from mark to mark.</summary>
internal static class Plot
{
    private const int Width = 720;
    private const int Height = 400;
    private const int Left = 60;
    private const int Right = 130;
    private const int Top = 40;
    private const int Bottom = 50;

    public static string Draw(IReadOnlyList<Sparse.Point> points)
    {
        double highest = points.Max(static point => Math.Max(Math.Max(point.C.Map, point.Sharp.Map), Math.Max(point.C.Protect, point.Sharp.Protect)));
        double step = highest > 50 ? 20 : highest > 20 ? 10 : 5;
        double top = Math.Ceiling(highest * 1.1 / step) * step;
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">");
        svg.AppendLine(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#fff\"/>");
        svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"22\" font-size=\"14\">Cost of a page, in nanoseconds, by the size of the range</text>");
        for (double value = 0; value <= top; value += step)
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"<path d=\"M{Left} {Y(value, top):0.#}H{Width - Right}\" stroke=\"#ddd\"/>");
            svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{Y(value, top) + 4:0.#}\" text-anchor=\"end\">{value}</text>");
        }

        foreach (Sparse.Point point in points)
            svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{X(point.Bytes, points):0.#}\" y=\"{Height - Bottom + 20}\" text-anchor=\"middle\" font-size=\"10\">{Sparse.Name(point.Bytes)}</text>");
        Curve(svg, points, "map, C#", "#c33", dashed: false, static point => point.Sharp.Map, top);
        Curve(svg, points, "map, C", "#c33", dashed: true, static point => point.C.Map, top);
        Curve(svg, points, "mprotect, C#", "#36c", dashed: false, static point => point.Sharp.Protect, top);
        Curve(svg, points, "mprotect, C", "#36c", dashed: true, static point => point.C.Protect, top);
        svg.AppendLine("</svg>");
        return svg.ToString();
    }

    private static void Curve(StringBuilder svg, IReadOnlyList<Sparse.Point> points, string name, string colour, bool dashed, Func<Sparse.Point, double> cost, double top)
    {
        IEnumerable<string> places = points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.Bytes, points):0.#},{Y(cost(point), top):0.#}"));
        svg.AppendLine(CultureInfo.InvariantCulture, $"<polyline points=\"{string.Join(' ', places)}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{(dashed ? " stroke-dasharray=\"6 4\"" : "")}/>");

        // The legend: names at the ends of curves would lie upon each other.
        int line = Top + (colour == "#c33" ? 0 : 44) + (dashed ? 20 : 0);
        svg.AppendLine(CultureInfo.InvariantCulture, $"<path d=\"M{Width - Right + 12} {line}h28\" stroke=\"{colour}\" stroke-width=\"2\"{(dashed ? " stroke-dasharray=\"6 4\"" : "")}/>");
        svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right + 46}\" y=\"{line + 4}\">{name}</text>");
    }

    private static double X(ulong bytes, IReadOnlyList<Sparse.Point> points)
    {
        int first = BitOperations.Log2(points[0].Bytes);
        int last = BitOperations.Log2(points[^1].Bytes);
        return Left + 20 + ((Width - Left - Right - 40.0) * (BitOperations.Log2(bytes) - first) / (last - first));
    }

    private static double Y(double value, double top) => Height - Bottom - ((Height - Top - Bottom) * value / top);
}
