using System.Collections.Immutable;
using System.Runtime.Loader;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using PteGuard.Agreement.Tests.Programs;
using PteGuard.Agreement.Tests.Running;

namespace PteGuard.Agreement.Tests.Compiling;

/// <summary>Methods of one class in one compilation.</summary>
internal sealed class Batch
{
    private const string Head = """
        using System;
        using System.Runtime.CompilerServices;
        using PteGuard;
        using PteGuard.Agreement.Tests.Running;
        using static PteGuard.PageTable;
        using Pte = PteGuard.Pte<PteGuard.X86_64>;

        public static unsafe class Programs
        {
            static Pte* Find(World w) => PteOffsetMap(w.Pmd(), World.Addr + 7);
            static Pte* FindLocked(World w, out PtLock ptl) => PteOffsetMapLock(w.Mm, w.Pmd(), World.Addr + 7, out ptl);
            static ulong Peek(Pte* ptep) => PtepGet(ptep).Value;
            static bool IsMissing(Pte* ptep) => ptep == null;
            static void Done(Pte* ptep) => PteUnmap(ptep);
            [UnmapsEntry] static void End(Pte* ptep) => PteUnmap(ptep);


        """;

    private static readonly ImmutableArray<MetadataReference> s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => Path.GetFileName(file) is "System.Private.CoreLib.dll" or "System.Runtime.dll" or "System.Threading.dll" or "System.Collections.dll" or "System.Runtime.InteropServices.dll" or "System.Memory.dll")
            .Append(typeof(PageTable).Assembly.Location)
            .Append(typeof(World).Assembly.Location)
            .Select(file => MetadataReference.CreateFromFile(file)),
    ];

    private static readonly CSharpCompilationOptions s_options = new(
        OutputKind.DynamicallyLinkedLibrary,
        allowUnsafe: true,
        optimizationLevel: OptimizationLevel.Release,
        concurrentBuild: false,
        reportSuppressedDiagnostics: false,
        specificDiagnosticOptions: Rules.Ids.Select(id => KeyValuePair.Create(id, ReportDiagnostic.Warn)));

    private static readonly CSharpCompilation s_empty = CSharpCompilation.Create("Batch", null, s_references, s_options);

    private Batch(CSharpCompilation compilation, SyntaxTree tree)
    {
        Compilation = compilation;
        Tree = tree;
    }

    public CSharpCompilation Compilation { get; }

    public SyntaxTree Tree { get; }

    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.Latest, DocumentationMode.None);

    /// <summary>The batch with method <c>P0</c>, <c>P1</c>, … for each program.</summary>
    public static Batch Of(IReadOnlyList<PageProgram> programs, bool probed) =>
        Of(programs.Select((program, i) => Renderer.Render(program, Name(i), probed)));

    public static Batch Of(IEnumerable<string> methods) => Parse(new StringBuilder(Head).AppendJoin('\n', methods).Append("}\n").ToString());

    public static Batch Parse(string source)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(SourceText.From(source), ParseOptions, "Programs.cs");
        return new(s_empty.AddSyntaxTrees(tree), tree);
    }

    public static string Name(int index) => FormattableString.Invariant($"P{index}");

    /// <summary>A project that holds the batch, for the fixes.</summary>
    public Document ToDocument()
    {
        var workspace = new AdhocWorkspace();
        var id = ProjectId.CreateNewId();
        Solution solution = workspace.CurrentSolution
            .AddProject(ProjectInfo.Create(id, VersionStamp.Default, "Batch", "Batch", LanguageNames.CSharp, compilationOptions: s_options, parseOptions: ParseOptions, metadataReferences: s_references));
        var document = DocumentId.CreateNewId(id);
        return solution.AddDocument(document, "Programs.cs", Tree.GetText(), filePath: "Programs.cs").GetDocument(document)!;
    }

    /// <summary>The methods that the compiler refuses: a mistake may leave a variable unassigned, or a label missing.</summary>
    public HashSet<string> FindRefused() =>
        [.. Compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => MethodAt(d.Location) ?? throw new InvalidOperationException(d.ToString()))];

    public string? MethodAt(Location location) => Methods.At(Tree, location.SourceSpan.Start);

    /// <summary>Loads the batch; what it returns is called until the context is unloaded.</summary>
    public IReadOnlyList<Func<World, int, int>> Load(AssemblyLoadContext context, int count)
    {
        using var image = new MemoryStream();
        var emitted = Compilation.Emit(image);
        if (!emitted.Success)
            throw new InvalidOperationException(string.Join('\n', emitted.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        image.Position = 0;
        Type type = context.LoadFromStream(image).GetType("Programs")!;
        return [.. Enumerable.Range(0, count).Select(i => type.GetMethod(Name(i))!.CreateDelegate<Func<World, int, int>>())];
    }
}
