using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PteGuard.Runtime.Tests;

/// <summary>The runtime's own code, as the compiler sees it: which member calls which, and in which file each is.</summary>
internal sealed class RuntimeSources
{
    private readonly Dictionary<ISymbol, HashSet<ISymbol>> _uses = new(SymbolEqualityComparer.Default);
    private readonly string _root;

    public RuntimeSources()
    {
        string repository = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(repository, "PteGuard.sln")))
            repository = Path.GetDirectoryName(repository) ?? throw new InvalidOperationException("The tests run outside the repository.");
        _root = Path.Combine(repository, "Runtime");

        var options = new CSharpParseOptions(LanguageVersion.Preview, preprocessorSymbols: ["PTEGUARD_RUNTIME", "DEBUG", "NET8_0_OR_GREATER"]);
        string[] files = [.. Directory.GetFiles(_root, "*.cs", SearchOption.AllDirectories).Where(static file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))];
        SyntaxTree[] trees =
        [
            .. files.Append(Path.Combine(repository, "Analyzers.Package", "contract", "PteGuard.Attributes.cs")).Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), options, file)),
            CSharpSyntaxTree.ParseText("global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading;", options),
        ];
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(static path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create("runtime", trees, references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        foreach (SyntaxTree tree in trees)
            Collect(compilation.GetSemanticModel(tree));
    }

    public IEnumerable<ISymbol> Members => _uses.Keys;

    /// <summary>What a member uses directly.</summary>
    public IReadOnlyCollection<ISymbol> UsedBy(ISymbol member) => _uses[member];

    /// <summary>The folder and file of a member, from the runtime's root: <c>Mm/Zap.cs</c>; null: it is not the runtime's.</summary>
    public string? FileOf(ISymbol member)
        => member.Locations.FirstOrDefault(static location => location.IsInSource)?.SourceTree?.FilePath is { } path && path.StartsWith(_root, StringComparison.Ordinal)
            ? Path.GetRelativePath(_root, path).Replace('\\', '/')
            : null;

    /// <summary>Everything that some members use, directly or not.</summary>
    public HashSet<ISymbol> ReachableFrom(IEnumerable<ISymbol> members)
    {
        var reached = new HashSet<ISymbol>(members, SymbolEqualityComparer.Default);
        var pending = new Stack<ISymbol>(reached);
        while (pending.TryPop(out ISymbol? member))
        {
            foreach (ISymbol used in _uses.GetValueOrDefault(member) ?? [])
            {
                if (reached.Add(used))
                    pending.Push(used);
            }
        }

        return reached;
    }

    private void Collect(SemanticModel model)
    {
        foreach (MemberDeclarationSyntax declaration in model.SyntaxTree.GetRoot().DescendantNodes().OfType<MemberDeclarationSyntax>())
        {
            if (declaration is BaseTypeDeclarationSyntax or BaseNamespaceDeclarationSyntax || model.GetDeclaredSymbol(declaration) is not { } member)
                continue;
            HashSet<ISymbol> uses = _uses[member] = new(SymbolEqualityComparer.Default);
            foreach (SimpleNameSyntax name in declaration.DescendantNodes(static node => node is not AttributeListSyntax).OfType<SimpleNameSyntax>())
            {
                if (!IsInNameOf(name) && model.GetSymbolInfo(name).Symbol?.OriginalDefinition is IMethodSymbol or IPropertySymbol)
                    uses.Add(model.GetSymbolInfo(name).Symbol!.OriginalDefinition);
            }
        }
    }

    private static bool IsInNameOf(SimpleNameSyntax name)
        => name.Ancestors().OfType<InvocationExpressionSyntax>().Any(static call => call.Expression is IdentifierNameSyntax { Identifier.ValueText: "nameof" });
}
