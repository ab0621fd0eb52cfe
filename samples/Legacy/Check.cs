namespace Legacy;

/// <summary>What the program expects of its own results.</summary>
internal static class Check
{
    private static readonly List<string> s_failures = [];
    private static int s_made;

    public static void That(bool holds, string what)
    {
        s_made++;
        if (!holds)
            s_failures.Add(what);
    }

    public static void Equal<T>(T expected, T actual, string what)
        => That(EqualityComparer<T>.Default.Equals(expected, actual), $"{what}: {actual} instead of {expected}");

    /// <summary>Prints the outcome; returns the exit code.</summary>
    public static int Summarize()
    {
        foreach (string failure in s_failures)
            Console.WriteLine($"FAILED  {failure}");
        Console.WriteLine($"{s_made} checks, {s_failures.Count} failed");
        return s_failures.Count == 0 ? 0 : 1;
    }
}
