using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace PteGuard.Benchmarks;

/// <summary>An analyzer that has Roslyn build the control-flow graph of every body and does nothing with it.</summary>
#pragma warning disable RS1036, RS1038, RS1041 // It is measured, not shipped.
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class EveryGraph() : MeasuredAnalyzer("BENCH0002")
{
    protected override void Register(AnalysisContext context) => context.RegisterOperationBlockAction(static block =>
    {
        foreach (IOperation body in block.OperationBlocks)
            block.GetControlFlowGraph(body);
    });
}
