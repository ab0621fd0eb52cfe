namespace PteGuard.Mutation;

/// <summary>Where things are.</summary>
internal static class Folders
{
    public const string MutatedAssembly = "PteGuard.Analyzers.dll";

    public static string Root { get; } = FindRoot();

    public static string Results { get; } = Path.Combine(Root, "artifacts", "mutation");

    /// <summary>A copy of this program, with the tests and with the mutated analyzers.</summary>
    public static string Host { get; } = Path.Combine(Results, "host");

    public static string StrykerReport { get; } = Path.Combine(Results, "stryker", "reports", "mutation-report.json");

    public static string Coverage { get; } = Path.Combine(Results, "coverage.txt");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "PteGuard.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"{Environment.CurrentDirectory} is not in the repository: there is no PteGuard.sln above it.");
    }
}
