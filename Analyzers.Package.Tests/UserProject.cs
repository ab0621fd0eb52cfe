namespace PteGuard.Package.Tests;

/// <summary>A project of a user, who references a package and knows nothing else of us.</summary>
public sealed class UserProject
{
    private readonly PackedPackages _packages;
    private readonly IReadOnlyDictionary<string, string> _environment;

    internal UserProject(string folder, PackedPackages packages, IReadOnlyDictionary<string, string> environment)
    {
        Folder = folder;
        _packages = packages;
        _environment = environment;
    }

    public string Folder { get; }

    private string Name => Path.GetFileName(Folder);

    public UserProject Add(string file, string text)
    {
        File.WriteAllText(Path.Combine(Folder, file), text);
        return this;
    }

    /// <summary>Writes the project file: the package, and whatever else the user states.</summary>
    public UserProject References(string package, string framework = "net10.0", string properties = "", string items = "", string attributes = "")
    {
        var target = framework.Contains(';', StringComparison.Ordinal) ? "TargetFrameworks" : "TargetFramework";
        return Add($"{Name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <{target}>{framework}</{target}>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{package}" Version="{_packages.Version}" {attributes} />
                {items}
              </ItemGroup>
            </Project>
            """);
    }

    internal ShellResult Dotnet(params string[] arguments) => Shell.Dotnet(Folder, _environment, arguments);

    internal ShellResult Build(params string[] arguments) => Dotnet(["build", "--nologo", "-v", "q", "--no-incremental", .. arguments]);
}
