using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers;

namespace PteGuard.Benchmarks;

/// <summary>The analyzers of one package, as the compiler would load them.</summary>
internal sealed record AnalyzerPackage(string Name, ImmutableArray<DiagnosticAnalyzer> Analyzers)
{
    /// <summary>Ours, whatever they are by now.</summary>
    public static AnalyzerPackage Ours { get; } = new("PteGuard.Analyzers", In([typeof(PteGuardAnalyzer).Assembly]));

    /// <summary>The rules that are on by default, which are those that run.</summary>
    public int Rules => Analyzers.SelectMany(static analyzer => analyzer.SupportedDiagnostics).Where(static rule => rule.IsEnabledByDefault).Select(static rule => rule.Id).Distinct().Count();

    /// <summary>The packages to compare with, from where NuGet has put them.</summary>
    public static IEnumerable<AnalyzerPackage> Rivals()
    {
        string folders = typeof(AnalyzerPackage).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static a => a.Key == "Rivals").Value!;
        foreach (string folder in folders.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] files = Directory.GetFiles(Newest(Path.Combine(folder, "analyzers")), "*.dll");
            var context = new Context(files);
            string name = string.Join(" ", folder.Split('/')[^2..]);
            yield return new AnalyzerPackage(name, In(files.Select(context.LoadFromAssemblyPath)));
        }
    }

    /// <summary>A package may have a folder for each compiler: <c>roslyn4.8</c>, <c>roslyn5.0</c>.</summary>
    private static string Newest(string analyzers)
    {
        var folders = Directory.GetFiles(analyzers, "*.dll", SearchOption.AllDirectories)
            .Select(static file => Path.GetDirectoryName(file)!)
            .Where(static folder => Path.GetFileName(folder) is "cs" or "analyzers" or "dotnet")
            .Distinct();
        return folders.OrderBy(Compiler).Last(static folder => Compiler(folder) <= typeof(Compilation).Assembly.GetName().Version);

        static Version Compiler(string folder)
        {
            const string Prefix = "roslyn";
            string? part = folder.Split(Path.DirectorySeparatorChar).LastOrDefault(static part => part.StartsWith(Prefix, StringComparison.Ordinal));
            return Version.TryParse(part?[Prefix.Length..], out Version? version) ? version : new Version(0, 0);
        }
    }

    private static ImmutableArray<DiagnosticAnalyzer> In(IEnumerable<Assembly> assemblies) =>
    [
        .. from type in assemblies.SelectMany(Types)
           where !type.IsAbstract && type.IsSubclassOf(typeof(DiagnosticAnalyzer))
               && type.GetCustomAttribute<DiagnosticAnalyzerAttribute>() is { } attribute && attribute.Languages.Contains(LanguageNames.CSharp)
           let analyzer = (DiagnosticAnalyzer)Activator.CreateInstance(type)!
           orderby analyzer.SupportedDiagnostics.Select(static rule => rule.Id).Min(StringComparer.Ordinal), type.FullName
           select analyzer,
    ];

    /// <summary>Fixes need an editor's assemblies, which are not here: such types are passed over.</summary>
    private static Type[] Types(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            return [.. e.Types.OfType<Type>()];
        }
    }

    private sealed class Context(string[] files) : AssemblyLoadContext
    {
        protected override Assembly? Load(AssemblyName assemblyName)
            => files.FirstOrDefault(file => Path.GetFileNameWithoutExtension(file) == assemblyName.Name) is { } file ? LoadFromAssemblyPath(file) : null;
    }
}
