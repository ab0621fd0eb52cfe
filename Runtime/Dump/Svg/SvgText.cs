using System.Globalization;

namespace PteGuard;

/// <summary>Numbers for people.</summary>
internal static class SvgText
{
    private static readonly string[] s_units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>A number of bytes, in a unit that leaves few digits.</summary>
    public static string Size(ulong bytes)
    {
        double number = bytes;
        int unit = 0;
        for (; number >= 1024 && unit < s_units.Length - 1; unit++)
            number /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{number:0.#} {s_units[unit]}");
    }

    /// <summary>A part of a whole.</summary>
    public static string Share(ulong part, ulong whole)
    {
        double percent = whole == 0 ? 0 : 100.0 * part / whole;
        return part != 0 && percent < 0.1 ? "<0.1 %" : string.Create(CultureInfo.InvariantCulture, $"{percent:0.#} %");
    }
}
