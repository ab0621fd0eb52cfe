using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;

namespace PteGuard.Analyzers.Tests;

/// <summary>
/// Runs one rule, or one rule and its fix, over a snippet. Every fix runs one by one and as fix-all in
/// document, project and solution, in one iteration, and its result is compiled.
/// </summary>
internal static class Verify
{
    /// <param name="source">The snippet, with the expected reports as markup: <c>[|*p|]</c>.</param>
    /// <param name="editorConfig">Lines for the section <c>[*.cs]</c> of an .editorconfig.</param>
    /// <param name="configure">Anything else that the test needs.</param>
    public static Task AnalyzerAsync<TAnalyzer>(string source, string? editorConfig = null, Action<AnalyzerTest<DefaultVerifier>>? configure = null)
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        var test = new AnalyzerVerifierTest<TAnalyzer>();
        Prepare(test, source, editorConfig);
        configure?.Invoke(test);
        return test.RunAsync();
    }

    /// <summary>Checks what the only report says, and which other places it names.</summary>
    /// <param name="source">The snippet, with the report marked as <c>{|#0:…|}</c> and the other places, in their order, as <c>{|#1:…|}</c> and so on.</param>
    /// <param name="id">The rule's.</param>
    /// <param name="message">The whole text.</param>
    public static Task MessageAsync<TAnalyzer>(string source, string id, string message)
        where TAnalyzer : DiagnosticAnalyzer, new() =>
        AnalyzerAsync<TAnalyzer>(source, configure: test =>
        {
            var report = new DiagnosticResult(id, DiagnosticSeverity.Info).WithMessage(message);
            for (var place = 0; source.Contains($"{{|#{place}:", StringComparison.Ordinal); place++)
                report = report.WithLocation(place);

            test.ExpectedDiagnostics.Add(report);
        });

    /// <param name="source">The snippet before the fix, with markup.</param>
    /// <param name="fixedSource">The snippet after it, with markup for what is left; the same as <paramref name="source"/> if there is no fix.</param>
    /// <param name="editorConfig">Lines for the section <c>[*.cs]</c> of an .editorconfig.</param>
    /// <param name="configure">Anything else that the test needs.</param>
    public static Task FixAsync<TAnalyzer, TFix>(string source, string fixedSource, string? editorConfig = null, Action<CodeFixVerifierTest<TAnalyzer, TFix>>? configure = null)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new()
    {
        // Documents are compared by their order: the snippet comes first.
        var test = new CodeFixVerifierTest<TAnalyzer, TFix> { FixedCode = fixedSource };
        Prepare(test, source, editorConfig);
        configure?.Invoke(test);
        return test.RunAsync();
    }

    private static void Prepare(AnalyzerTest<DefaultVerifier> test, string source, string? editorConfig)
    {
        test.TestCode = source;
        test.ReferenceAssemblies = References.None;
        test.TestState.AdditionalReferences.AddRange(References.Framework);
        test.TestState.Sources.Add(("PteGuard.Attributes.cs", References.Attributes));
        test.TestState.Sources.Add(("TestKernel.cs", TestKernel.Source));
        if (test is ICodeFixTest fix)
        {
            fix.Fixed.Sources.Add(("PteGuard.Attributes.cs", References.Attributes));
            fix.Fixed.Sources.Add(("TestKernel.cs", TestKernel.Source));
        }

        if (editorConfig is not null)
            test.TestState.AnalyzerConfigFiles.Add(("/.editorconfig", "root = true\n\n[*.cs]\n" + editorConfig));
    }

    private interface ICodeFixTest
    {
        SolutionState Fixed { get; }
    }

    private sealed class AnalyzerVerifierTest<TAnalyzer> : CSharpAnalyzerTest<TAnalyzer, DefaultVerifier>
        where TAnalyzer : DiagnosticAnalyzer, new()
    {
        protected override ParseOptions CreateParseOptions() => References.ParseOptions;
    }

    /// <summary>The stock fix test, with the newest language that the tested Roslyn knows.</summary>
    public sealed class CodeFixVerifierTest<TAnalyzer, TFix> : CSharpCodeFixTest<TAnalyzer, TFix, DefaultVerifier>, ICodeFixTest
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new()
    {
        SolutionState ICodeFixTest.Fixed => FixedState;

        /// <inheritdoc/>
        protected override ParseOptions CreateParseOptions() => References.ParseOptions;
    }
}
