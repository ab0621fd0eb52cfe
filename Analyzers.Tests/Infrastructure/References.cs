using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Testing;

namespace PteGuard.Analyzers.Tests;

/// <summary>What snippets are compiled with: the reference assemblies of the framework that the tests themselves target.</summary>
internal static class References
{
    /// <summary>No package to download: the reference assemblies are on disk already.</summary>
    public static readonly ReferenceAssemblies None = new("net");

    public static readonly ImmutableArray<MetadataReference> Framework = FindFramework();

    public static readonly string Attributes = ReadAttributes();

    /// <summary>Preview: C# 12 for Roslyn 4.8, and whatever comes after C# 14 for the newest.</summary>
    public static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Preview, DocumentationMode.Diagnose,
#if NEWEST_ROSLYN
        preprocessorSymbols: ["NEWEST_ROSLYN"]);
#else
        preprocessorSymbols: []);
#endif

    private static ImmutableArray<MetadataReference> FindFramework()
    {
        var pack = typeof(References).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "ReferencePack").Value!;
        var folder = Directory.GetDirectories(Path.Combine(pack, "ref")).Single();
        return [.. Directory.GetFiles(folder, "*.dll").Select(file => MetadataReference.CreateFromFile(file))];
    }

    private static string ReadAttributes()
    {
        using var reader = new StreamReader(typeof(References).Assembly.GetManifestResourceStream("PteGuard.Attributes.cs")!);
        return reader.ReadToEnd();
    }
}
