using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using PteGuard.Analyzers.Facts;
using PteGuard.Analyzers.Rules;

namespace PteGuard.Analyzers.Tests.Facts;

public sealed class EntryFactsTests
{
    [Fact]
    public void Facts_are_computed_once_for_a_compilation_and_its_options()
    {
        var compilation = Snippet.Compile("").Compilation;
        var options = new AnalyzerOptions([]);
        Assert.Same(Of(compilation, options), Of(compilation, options));
    }

    [Fact]
    public async Task A_compilation_that_knows_no_entry_registers_nothing()
    {
        var compilation = CSharpCompilation.Create("Plain", [CSharpSyntaxTree.ParseText("unsafe class C { ulong M(ulong* p) => *p; }")], References.Framework, new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        var analyzers = ImmutableArray.Create<DiagnosticAnalyzer>(new DirectEntryReadAnalyzer(), new DirectEntryWriteAnalyzer(), new InvalidOptionAnalyzer());
        var driver = compilation.WithAnalyzers(analyzers);
        await driver.GetAnalyzerDiagnosticsAsync();
        foreach (var analyzer in analyzers)
        {
            var telemetry = await driver.GetAnalyzerTelemetryInfoAsync(analyzer, CancellationToken.None);
            Assert.Equal(1, telemetry.CompilationStartActionsCount);
            Assert.Equal(0, telemetry.OperationBlockActionsCount + telemetry.OperationActionsCount + telemetry.SyntaxTreeActionsCount + telemetry.SyntaxNodeActionsCount);
        }
    }

    private static EntryFacts Of(Compilation compilation, AnalyzerOptions options) => EntryFacts.For(compilation, options, CancellationToken.None);
}
