using System.IO.Compression;

namespace PteGuard.Package.Tests;

/// <summary>Both packages, packed once for all tests, in a folder that serves as a NuGet source.</summary>
public sealed class PackedPackages : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("pteguard-").FullName;
    private readonly Dictionary<string, string> _environment;
    private int _projects;

    public PackedPackages()
    {
        _environment = new Dictionary<string, string>
        {
            // The version says nothing of what is in the package, so its cache must not outlive the test.
            ["NUGET_PACKAGES"] = Path.Combine(_root, "packages"),
            ["RestoreFallbackFolders"] = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
                ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
            ["DOTNET_CLI_UI_LANGUAGE"] = "en",
            ["MSBUILDDISABLENODEREUSE"] = "1",
        };
        foreach (var project in new[] { "Analyzers.Package", "Runtime" })
            Shell.Dotnet(Repository.Root, new Dictionary<string, string>(), "pack", project, "-c", "Release", "-o", Feed, "--nologo").Succeeded();

        File.WriteAllText(Path.Combine(_root, "nuget.config"), """
            <configuration>
              <packageSources>
                <add key="pteguard" value="feed" />
              </packageSources>
            </configuration>
            """);
    }

    public string Version { get; } = typeof(Analyzers.PteGuardAnalyzer).Assembly.GetName().Version!.ToString(3);

    private string Feed => Path.Combine(_root, "feed");

    public ZipArchive Open(string id) => ZipFile.OpenRead(Path.Combine(Feed, $"{id}.{Version}.nupkg"));

    /// <summary>A new project outside the repository, as a user makes one.</summary>
    public UserProject NewProject() => new(Directory.CreateDirectory(Path.Combine(_root, $"project{++_projects}")).FullName, this, _environment);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}

/// <summary>The tests that share the packed packages.</summary>
[CollectionDefinition(nameof(PackedPackages))]
public sealed class PackedPackagesGroup : ICollectionFixture<PackedPackages>;
