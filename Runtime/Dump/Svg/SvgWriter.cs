using System.Globalization;
using System.Security;

namespace PteGuard;

/// <summary>The few shapes that the pictures are made of.</summary>
internal sealed class SvgWriter(TextWriter writer)
{
    public void Begin(double width, double height)
    {
        Line($"""<svg xmlns="http://www.w3.org/2000/svg" width="{width:0.#}" height="{height:0.#}" viewBox="0 0 {width:0.#} {height:0.#}">""");
        Line($"<style>text{{font-family:'Segoe UI','Helvetica Neue','DejaVu Sans',Arial,sans-serif}}.m{{font-family:'Cascadia Mono',Menlo,'DejaVu Sans Mono',Consolas,monospace}}</style>");
        Line($"""<rect width="100%" height="100%" fill="#ffffff"/>""");
    }

    public void End() => Line($"</svg>");

    public void Title(string text) => Line($"<title>{SecurityElement.Escape(text)}</title>");

    public void Text(double x, double y, string text, double size = 12, string colour = SvgPalette.Text, bool mono = false, bool bold = false, string anchor = "start")
    {
        string style = (mono ? " class=\"m\"" : "") + (bold ? " font-weight=\"600\"" : "") + (anchor == "start" ? "" : $" text-anchor=\"{anchor}\"");
        Line($"""<text x="{x:0.#}" y="{y:0.#}" font-size="{size:0.#}" fill="{colour}"{style}>{SecurityElement.Escape(text)}</text>""");
    }

    public void Rect(double x, double y, double width, double height, string fill, string? stroke = null, double radius = 0, double opacity = 1, bool dashed = false)
    {
        string style = (stroke is null ? "" : $" stroke=\"{stroke}\"") + (radius == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" rx=\"{radius:0.#}\""))
            + (opacity == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" fill-opacity=\"{opacity:0.##}\"")) + (dashed ? " stroke-dasharray=\"4 3\"" : "");
        Line($"""<rect x="{x:0.##}" y="{y:0.#}" width="{width:0.##}" height="{height:0.#}" fill="{fill}"{style}/>""");
    }

    /// <summary>A curve that leaves one box to the right and comes to another from the left.</summary>
    public void Edge(double x1, double y1, double x2, double y2)
    {
        double middle = (x1 + x2) / 2;
        Line($"""<path d="M{x1:0.#} {y1:0.#}C{middle:0.#} {y1:0.#} {middle:0.#} {y2:0.#} {x2:0.#} {y2:0.#}" fill="none" stroke="{SvgPalette.Line}" stroke-width="1.3"/>""");
    }

    /// <summary>Numbers as SVG wants them, whatever the culture.</summary>
    private void Line(FormattableString line)
    {
        writer.Write(line.ToString(CultureInfo.InvariantCulture));
        writer.Write('\n');
    }
}
