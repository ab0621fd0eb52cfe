namespace PteGuard.Samples.Journey;

/// <summary>The dotnet commands that a user would type.</summary>
internal sealed class Dotnet(Place place)
{
    private const string Framework = "net10.0";

    // Packages packed a minute ago have the version of those packed yesterday: the journey keeps its own cache,
    // and takes everything else from the user's.
    private readonly Dictionary<string, string> _environment = new()
    {
        ["NUGET_PACKAGES"] = Path.Combine(place.Root, "packages"),
        ["RestoreFallbackFolders"] = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
        // For dotnet format, which takes no properties.
        ["PteGuardMode"] = "Warn",
        ["MSBUILDDISABLENODEREUSE"] = "1",
    };

    public void Pack(string project) =>
        Shell.Run(place.Repository, "dotnet", ["pack", project, "-c", "Release", "-o", place.Feed, "--nologo"]).OrFail($"Packing {project}");

    public void Restore(string folder) => Run(folder, "restore", "--nologo").OrFail("Restoring the packages");

    /// <summary>Builds one target framework and returns what the compiler reported.</summary>
    public IReadOnlyList<Finding> Build(string folder, string mode, bool warningsAsErrors = false)
    {
        var log = Path.Combine(folder, "obj", "findings.sarif");
        string[] strict = warningsAsErrors ? ["-warnaserror"] : [];
        Run(folder, ["build", "--nologo", "--no-restore", "--no-incremental", "-f", Framework, $"-p:PteGuardMode={mode}", $"-p:ErrorLog={log}%2Cversion=2.1", .. strict])
            .OrFail($"Building with PteGuardMode={mode}{(warningsAsErrors ? " and warnings as errors" : "")}");
        return Finding.ReadSarif(log, folder);
    }

    public string Execute(string folder) => Run(folder, "run", "--no-build", "-f", Framework).OrFail("Running the program").Output;

    public void Fix(string folder, IEnumerable<string> rules) =>
        Run(folder, ["format", "analyzers", "--no-restore", "--severity", "info", "--diagnostics", .. rules]).OrFail("Applying the fixes");

    private ShellResult Run(string folder, params string[] arguments) => Shell.Run(folder, "dotnet", arguments, _environment);
}
