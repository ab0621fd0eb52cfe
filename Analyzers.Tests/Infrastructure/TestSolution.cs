using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace PteGuard.Analyzers.Tests;

/// <summary>A workspace with one project, for what the stock harness does not do.</summary>
internal static class TestSolution
{
    public static IReadOnlyList<Document> Create(params (string Name, string Source)[] files)
    {
        var workspace = new AdhocWorkspace();
        var id = ProjectId.CreateNewId();
        var solution = workspace.CurrentSolution.AddProject(ProjectInfo.Create(
            id,
            VersionStamp.Default,
            "Test",
            "Test",
            LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true),
            parseOptions: References.ParseOptions,
            metadataReferences: References.Framework));
        foreach (var (name, source) in files.Append(("PteGuard.Attributes.cs", References.Attributes)).Append(("TestKernel.cs", TestKernel.Source)))
            solution = solution.AddDocument(DocumentId.CreateNewId(id), name, SourceText.From(source), filePath: "/0/" + name);

        return [.. solution.GetProject(id)!.Documents];
    }

    public static async Task<ImmutableArray<Diagnostic>> DiagnosticsAsync(Project project, DiagnosticAnalyzer analyzer)
    {
        var compilation = (await project.GetCompilationAsync())!;
        return await compilation.WithAnalyzers([analyzer], project.AnalyzerOptions).GetAnalyzerDiagnosticsAsync();
    }
}
