using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace PteGuard.Benchmarks;

/// <summary>An analyzer that looks at every call and does nothing: what it costs is the binding that any rule has to pay for.</summary>
#pragma warning disable RS1036, RS1038, RS1041, RS2008 // It is measured, not shipped.
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class EmptyInvocation : DiagnosticAnalyzer
{
    private static readonly DiagnosticDescriptor s_nothing = new("BENCH0001", "Nothing", "Nothing", "Benchmark", DiagnosticSeverity.Warning, isEnabledByDefault: true);

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [s_nothing];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterOperationAction(static _ => { }, OperationKind.Invocation);
    }
}
