using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace PteGuard.Benchmarks;

/// <summary>An analyzer that looks at every call and does nothing: what it costs is the binding that any rule has to pay for.</summary>
#pragma warning disable RS1036, RS1038, RS1041 // It is measured, not shipped.
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class EmptyInvocation() : MeasuredAnalyzer("BENCH0001")
{
    protected override void Register(AnalysisContext context) => context.RegisterOperationAction(static _ => { }, OperationKind.Invocation);
}
