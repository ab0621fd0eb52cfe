using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Testing;
using Microsoft.CodeAnalysis.Text;
using PteGuard.Analyzers.Facts;

namespace PteGuard.Analyzers.Tests;

/// <summary>A compilation of one snippet with the test kernel, for tests below the level of a rule.</summary>
internal sealed class Snippet
{
    private static readonly CSharpCompilation s_kernel = CSharpCompilation.Create(
        "Snippet",
        [CSharpSyntaxTree.ParseText(References.Attributes, References.ParseOptions), CSharpSyntaxTree.ParseText(TestKernel.Source, References.ParseOptions)],
        References.Framework,
        new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));

    private Snippet(CSharpCompilation compilation, SyntaxTree tree, EntryFacts facts, ImmutableDictionary<string, ImmutableArray<TextSpan>> marks)
    {
        Compilation = compilation;
        Tree = tree;
        Facts = facts;
        Marks = marks;
    }

    public CSharpCompilation Compilation { get; }

    public SyntaxTree Tree { get; }

    public EntryFacts Facts { get; }

    public ImmutableDictionary<string, ImmutableArray<TextSpan>> Marks { get; }

    public static Snippet Compile(string markup, Dictionary<string, string>? options = null)
    {
        TestFileMarkupParser.GetSpans(markup, out var source, out ImmutableDictionary<string, ImmutableArray<TextSpan>> marks);
        var tree = CSharpSyntaxTree.ParseText(source, References.ParseOptions);
        var compilation = s_kernel.AddSyntaxTrees(tree);
        var analyzerOptions = new AnalyzerOptions([], new OneFileOptions(options ?? []));
        return new(compilation, tree, EntryFacts.For(compilation, analyzerOptions, CancellationToken.None), marks);
    }

    /// <summary>The first method by that name, and the topmost operation of its body.</summary>
    public (IMethodBodyOperation Body, IMethodSymbol Symbol) Method(string name)
    {
        var declaration = Tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().First(method => method.Identifier.ValueText == name);
        var model = Compilation.GetSemanticModel(Tree);
        return ((IMethodBodyOperation)model.GetOperation(declaration)!, model.GetDeclaredSymbol(declaration)!);
    }

    private sealed class OneFileOptions(Dictionary<string, string> options) : AnalyzerConfigOptionsProvider
    {
        private readonly Keys _keys = new(options);

        public override AnalyzerConfigOptions GlobalOptions => _keys;

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => _keys;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => _keys;
    }

    private sealed class Keys(Dictionary<string, string> options) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) => options.TryGetValue(key, out value);
    }
}
