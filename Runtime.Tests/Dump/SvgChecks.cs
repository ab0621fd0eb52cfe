using System.Globalization;
using System.Xml.Linq;

namespace PteGuard.Runtime.Tests;

/// <summary>What a picture must be: XML, everything inside it, boxes beside each other, text not over text.</summary>
public static class SvgChecks
{
    public static XElement Check(string text)
    {
        XElement svg = XElement.Parse(text);
        double width = Number(svg, "width");
        double height = Number(svg, "height");
        List<(double Left, double Top, double Right, double Bottom)> boxes = [];
        foreach (XElement rect in svg.Elements().Where(element => element.Name.LocalName == "rect").Skip(1))
        {
            double x = Number(rect, "x");
            double y = Number(rect, "y");
            Assert.True(x >= 0 && y >= 0 && x + Number(rect, "width") <= width && y + Number(rect, "height") <= height, rect.ToString());
            if (rect.Attribute("rx")?.Value == "5")
                boxes.Add((x, y, x + Number(rect, "width"), y + Number(rect, "height")));
        }

        List<(double Left, double Top, double Right, double Bottom)> words = [];
        foreach (XElement word in svg.Elements().Where(element => element.Name.LocalName == "text"))
        {
            // The fonts' digits are 0.6 of their size wide, where all are equally so; others run narrower on the whole.
            double size = Number(word, "font-size");
            double length = word.Value.Length * size * (word.Attribute("class") is null ? 0.55 : 0.605);
            double x = Number(word, "x") - (word.Attribute("text-anchor") is null ? 0 : length);
            double y = Number(word, "y");
            Assert.True(x >= 0 && x + length <= width && y <= height, word.ToString());
            Assert.True(size >= 10, "too small to read");
            words.Add((x, y - (0.7 * size), x + length, y));
        }

        NoOverlap(boxes);
        NoOverlap(words);
        return svg;
    }

    private static void NoOverlap(List<(double Left, double Top, double Right, double Bottom)> shapes)
    {
        for (int i = 0; i < shapes.Count; i++)
        {
            for (int j = i + 1; j < shapes.Count; j++)
            {
                bool apart = shapes[i].Right <= shapes[j].Left || shapes[j].Right <= shapes[i].Left
                    || shapes[i].Bottom <= shapes[j].Top || shapes[j].Bottom <= shapes[i].Top;
                Assert.True(apart, $"{shapes[i]} and {shapes[j]} overlap");
            }
        }
    }

    private static double Number(XElement element, string attribute)
        => double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);
}
