using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace PteGuard.Benchmarks;

/// <summary>Code to analyze. Every compilation of it is new, and so are its trees: nothing of one run is left for the next.</summary>
internal sealed class Corpus
{
    private const int Count = 30;

    private static readonly MetadataReference[] s_framework = [.. Directory.GetFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System.*.dll")
        .Append(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "netstandard.dll"))
        .Where(IsManaged).Select(static file => MetadataReference.CreateFromFile(file))];

    private readonly List<string> _sources;

    private Corpus(string name, IEnumerable<string> sources)
    {
        Name = name;
        _sources = [Resource("PteGuard.Attributes.cs"), .. sources];
    }

    /// <summary>Page-table code, every method of which has something to report.</summary>
    public static Corpus Hit { get; } = new("hit", [Resource("Kernel"), .. Files("Hit", Count)]);

    /// <summary>Page-table code that is right, and as many files of ordinary code beside it.</summary>
    public static Corpus Miss { get; } = new("miss", [Resource("Kernel"), .. Files("Clean", Count), .. Files("Ordinary", Count)]);

    /// <summary>Ordinary code in a project that has no page tables.</summary>
    public static Corpus Foreign { get; } = new("no page tables", Files("Ordinary", Count));

    public string Name { get; }

    /// <summary>Methods with an annotated entry pointer, all right, twenty to a file.</summary>
    /// <param name="count">How many.</param>
    /// <param name="mappingEvery">Every how manieth of them maps a table.</param>
    public static Corpus Annotated(int count, int mappingEvery) => new("annotated", [Resource("Kernel"), .. Enumerable.Range(0, count).Chunk(20).Select(numbers => Class(
        $"Annotated_{numbers[0]}", numbers.Select(n => Numbered(Resource(n % mappingEvery == 0 ? "Mapping" : "Annotated"), n))))]);

    /// <summary>Methods of a thousand blocks, each of which maps one table.</summary>
    /// <param name="count">How many.</param>
    public static Corpus Blocks(int count) => new("blocks", [Resource("Kernel"), Class("Blocks", Enumerable.Range(0, count).Select(static n =>
        $"public static int Run{n}(Pmd* pmd, ulong addr, int n) {{ Pte* pte = Paging.PteOffsetMap(pmd, addr); if (pte == null) return 0;\n"
        + string.Concat(Enumerable.Range(0, 500).Select(static i => $"if (n == {i}) addr += {i};\n"))
        + "Paging.PteUnmap(pte); return (int)addr; }"))]);

    public CSharpCompilation Compile() => CSharpCompilation.Create(
        "Corpus",
        _sources.Select(static (source, i) => CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.Latest), $"/corpus/{i}.cs", Encoding.UTF8)),
        s_framework,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable).WithSyntaxTreeOptionsProvider(new NoOptions()));

    private static string Class(string name, IEnumerable<string> members)
        => $"using PteGuard;\npublic static unsafe class {name}\n{{\n{string.Join("\n", members)}}}\n";

    private static IEnumerable<string> Files(string shape, int count) => Enumerable.Range(0, count).Select(n => Numbered(Resource(shape), n));

    private static string Numbered(string source, int number) => source.Replace("$N", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(Corpus).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    /// <summary>An .editorconfig that says nothing. The compiler always has one, and there are analyzers that fail without.</summary>
    private sealed class NoOptions : SyntaxTreeOptionsProvider
    {
        public override GeneratedKind IsGenerated(SyntaxTree tree, CancellationToken cancellationToken) => GeneratedKind.Unknown;

        public override bool TryGetDiagnosticValue(SyntaxTree tree, string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity)
            => TryGetGlobalDiagnosticValue(diagnosticId, cancellationToken, out severity);

        public override bool TryGetGlobalDiagnosticValue(string diagnosticId, CancellationToken cancellationToken, out ReportDiagnostic severity)
        {
            severity = ReportDiagnostic.Default;
            return false;
        }
    }

    private static bool IsManaged(string file)
    {
        using var reader = new System.Reflection.PortableExecutable.PEReader(File.OpenRead(file));
        return reader.HasMetadata;
    }
}
