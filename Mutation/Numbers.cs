using System.Globalization;

namespace PteGuard.Mutation;

/// <summary>Numbers in what processes tell each other, the same in each country.</summary>
internal static class Numbers
{
    public static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    public static double Real(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    public static string Text(double number) => number.ToString("0.0", CultureInfo.InvariantCulture);
}
