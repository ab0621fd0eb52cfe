using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace PteGuard.Package.Tests;

[Collection(nameof(PackedPackages))]
public sealed class PackageContentTests(PackedPackages packages)
{
    [Fact]
    public void The_analyzer_package_holds_two_assemblies_and_no_dependency()
    {
        using var package = packages.Open("PteGuard.Analyzers");

        Assert.Equal(
            [
                "README.md",
                "analyzers/dotnet/cs/PteGuard.Analyzers.dll",
                "analyzers/dotnet/cs/PteGuard.CodeFixes.dll",
                "build/PteGuard.Analyzers.targets",
                "configuration/PteGuard.Error.globalconfig",
                "configuration/PteGuard.Off.globalconfig",
                "configuration/PteGuard.Strict.globalconfig",
                "contract/PteGuard.Attributes.cs",
            ],
            Files(package));
        var metadata = Metadata(package);
        Assert.Equal("true", Value(metadata, "developmentDependency"));
        Assert.Null(metadata.Elements().SingleOrDefault(e => e.Name.LocalName == "dependencies"));
    }

    [Fact]
    public void The_runtime_package_depends_on_exactly_its_own_analyzers()
    {
        using var package = packages.Open("PteGuard");

        Assert.Equal(
            [
                "README.md",
                "build/PteGuard.props",
                "build/PteGuard.targets",
                "lib/net10.0/PteGuard.dll",
                "lib/net10.0/PteGuard.xml",
                "lib/net8.0/PteGuard.dll",
                "lib/net8.0/PteGuard.xml",
            ],
            Files(package));
        var dependencies = Metadata(package).Descendants().Where(e => e.Name.LocalName == "dependency").ToList();
        Assert.Equal(2, dependencies.Count);
        Assert.All(dependencies, dependency =>
        {
            Assert.Equal("PteGuard.Analyzers", (string?)dependency.Attribute("id"));
            Assert.Equal($"[{packages.Version}]", (string?)dependency.Attribute("version"));
            Assert.Equal("All", (string?)dependency.Attribute("include"));
        });
    }

    [Theory]
    [InlineData("PteGuard.Analyzers")]
    [InlineData("PteGuard")]
    public void A_package_says_its_licence_readme_and_repository(string id)
    {
        using var package = packages.Open(id);
        var metadata = Metadata(package);

        Assert.Equal("MIT", Value(metadata, "license"));
        Assert.Equal("README.md", Value(metadata, "readme"));
        var repository = metadata.Elements().Single(e => e.Name.LocalName == "repository");
        Assert.Matches("^[0-9a-f]{40}$", (string?)repository.Attribute("commit"));
    }

    [Theory]
    [InlineData("PteGuard.Analyzers.dll")]
    [InlineData("PteGuard.CodeFixes.dll")]
    public void An_analyzer_assembly_references_only_what_every_compiler_has(string assembly)
    {
        using var package = packages.Open("PteGuard.Analyzers");
        using var stream = package.GetEntry("analyzers/dotnet/cs/" + assembly)!.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        memory.Position = 0;
        using var pe = new PEReader(memory);
        var reader = pe.GetMetadataReader();

        var references = reader.AssemblyReferences.Select(handle => reader.GetAssemblyReference(handle)).Select(r => (Name: reader.GetString(r.Name), r.Version)).ToList();

        Assert.All(references, r => Assert.True(
            r.Name is "netstandard" or "PteGuard.Analyzers"
            || (r.Name is "System.Collections.Immutable" or "System.Reflection.Metadata" && r.Version.Major <= 7)
            || (r.Name is "System.Memory" or "System.Buffers" or "System.Runtime.CompilerServices.Unsafe")
            || (r.Name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) && r.Version == new Version(4, 8, 0, 0)),
            $"{assembly} references {r.Name} {r.Version}"));
    }

    private static List<string> Files(ZipArchive package) =>
    [
        .. package.Entries
            .Select(e => e.FullName)
            .Where(name => !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal)
                && name != "[Content_Types].xml" && !name.EndsWith(".nuspec", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private static XElement Metadata(ZipArchive package)
    {
        using var stream = package.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(stream).Root!.Elements().Single();
    }

    private static string? Value(XElement metadata, string name) => metadata.Elements().SingleOrDefault(e => e.Name.LocalName == name)?.Value;
}
